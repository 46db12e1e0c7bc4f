"""A custody holder's consent for the case of these tests."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from tests.plans.cases import CaseWorld
from tovholder.access.decision import yes
from tovholder.citizens.models import Adult, Consent
from tovholder.citizens.services.children import add_adult
from tovholder.citizens.services.consents import ConsentTexts, give_consent


def consent_to(case: CaseWorld, name: str) -> Consent:
    """The mother consents that the persona's organisation is told."""
    anna, decision = case.user("anna"), yes("triager")
    mother = add_adult(
        by=anna, decision=decision, child=case.child, standing=Adult.Standing.CUSTODY, name="Mor Prøvesen"
    )
    return give_consent(
        by=anna,
        decision=decision,
        child=case.child,
        giver=mother,
        organisations=[case.people[name].person.organisation],
        texts=ConsentTexts(kinds="Trivsel", purpose="Fritid"),
        form=Consent.Form.WRITTEN,
        given=timezone.localdate() - timedelta(days=3),
    )
