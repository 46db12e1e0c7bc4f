"""The words of the form that is printed and signed: blank, or with what has been typed of a consent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from tovholder.documents.shapes import PaperDocument, PaperField
from tovholder.ui.templatetags.ui import dkdate


@dataclass(frozen=True, slots=True)
class Typed:
    """What is known of a consent before it is signed; what is empty is written on the paper. The case goes by its code."""

    case: str = ""
    child: str = ""
    organisations: Sequence[str] = ()
    kinds: str = ""
    purpose: str = ""
    expires: date | None = None
    review: date | None = None


def consent_form(municipality: str, typed: Typed | None = None) -> PaperDocument:
    """Return the consent form as a document; without `typed` nobody's name stands in it."""
    told = typed or Typed()
    last_day = dkdate(told.expires) if told.expires else ""
    fields = [
        PaperField(label=_("Barnets eller den unges navn"), value=told.child),
        PaperField(label=_("Født den")),
        PaperField(
            label=_("Hvem må få oplysninger?"), lines=3, hint=_("Skriv hver organisation."),
            value=", ".join(told.organisations),
        ),
        PaperField(label=_("Hvilke oplysninger må de få?"), lines=2, value=told.kinds),
        PaperField(label=_("Hvad skal oplysningerne bruges til?"), lines=2, value=told.purpose),
        PaperField(label=_("Samtykket gælder til og med den"), value=last_day),
    ]  # fmt: skip
    if told.review:
        fields.append(PaperField(label=_("Vi spørger jer igen senest den"), value=dkdate(told.review)))
    return PaperDocument(
        municipality=municipality,
        title=_("Samtykke til at dele oplysninger"),
        text=_(
            "Formularen bruges, når fagfolk gerne vil tale sammen om et barn eller en ung med nogen, der "
            "ellers ikke må få noget at vide. Det er frivilligt at sige ja."
        ),
        fields=fields,
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
        case=told.case,
    )
