"""The words of the form that is printed and signed. Nobody's name stands in it: it is written on the paper."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tovholder.documents.shapes import PaperDocument, PaperField


def blank_form(municipality: str) -> PaperDocument:
    """Return the consent form as a document."""
    return PaperDocument(
        municipality=municipality,
        title=_("Samtykke til at dele oplysninger"),
        text=_(
            "Formularen bruges, når fagfolk gerne vil tale sammen om et barn eller en ung med nogen, der "
            "ellers ikke må få noget at vide. Det er frivilligt at sige ja."
        ),
        fields=[
            PaperField(label=_("Barnets eller den unges navn")),
            PaperField(label=_("Født den")),
            PaperField(label=_("Hvem må få oplysninger?"), lines=3, hint=_("Skriv hver organisation.")),
            PaperField(label=_("Hvilke oplysninger må de få?"), lines=2),
            PaperField(label=_("Hvad skal oplysningerne bruges til?"), lines=2),
            PaperField(label=_("Samtykket gælder til og med den")),
        ],
        declaration=_(
            "Jeg giver samtykke til, at de nævnte må få de nævnte oplysninger til det nævnte formål. "
            "Jeg kan altid trække samtykket tilbage ved at sige det til den, jeg har talt med. "
            "Det, der allerede er delt, kan ikke tages tilbage."
        ),
        signatures=[
            _("Forældremyndighedsindehaver"),
            _("Forældremyndighedsindehaver"),
            _("Den unge selv, når den unge er fyldt 15 år"),
        ],
    )
