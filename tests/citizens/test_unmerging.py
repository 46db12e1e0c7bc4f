"""Two records laid together by mistake are parted again: everything goes back, or it is refused and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.concerns.child_world import CaseWorld, make_case
from tests.factories import OrganisationFactory
from tovholder.access.decision import Refused, no, yes
from tovholder.accounts.models import User
from tovholder.audit.models import Event
from tovholder.citizens.identity import Identity
from tovholder.citizens.keys.models import DataKey
from tovholder.citizens.models import Adult, Child, ChildMerge, Consent, MergeUndo
from tovholder.citizens.services import children as service
from tovholder.citizens.services import unmerging
from tovholder.citizens.services.consents import ConsentTexts, give_consent
from tovholder.citizens.services.kin import identify_adult, kin_of, token_of
from tovholder.citizens.services.merging import AdultAnswers
from tovholder.citizens.services.safe import Safe
from tovholder.concerns.models import ConcernRules
from tovholder.concerns.services import children as cases

pytestmark = pytest.mark.django_db
ALLOWED = yes("triager")
ONE = Identity("Sofie Hemmelig", date(2013, 3, 4), cpr="040313-1234", address="Skjultvej 7")
TWO = Identity("Sophie Hemmelig", date(2013, 3, 5), address="Andenvej 2", protected_address=True)


def state(child: Child) -> dict[str, Any]:
    """All that is known of a child, in clear, with what hangs on it."""
    fresh = Child.objects.get(pk=child.pk)
    safe = Safe.of([fresh])
    adults, consents = [], []
    for adult in Adult.objects.filter(child=fresh).order_by("pk"):
        adult.child = fresh
        texts = tuple(safe.read(adult, name).text for name in ("name", "contact"))
        adults.append((adult.pk, adult.standing, texts, bytes(adult.identity or b"")))
    for consent in Consent.objects.filter(child=fresh).order_by("pk"):
        consent.child = fresh
        consents.append((consent.pk, consent.giver_id, safe.read(consent, "purpose").text))
    return {
        "texts": {name: safe.read(fresh, name).text for name in unmerging.IDENTITY},
        "erased": fresh.erased_at,
        "merged_into": fresh.merged_into_id,
        "tokens": {bytes(each.token) for each in fresh.tokens.all()},
        "adults": adults,
        "consents": consents,
        "links": sorted(fresh.concern_links.values_list("concern", flat=True)),
    }


def consent_by(by: User, child: Child, giver: Adult) -> Consent:
    return give_consent(
        by=by, decision=ALLOWED, child=child, giver=giver, organisations=[OrganisationFactory(key="fc")],
        texts=ConsentTexts("trivsel", "støtte i klubben"), form="oral", given=date(2026, 1, 1),
    )  # fmt: skip


class Two:
    """Two cases about what is one child: the mother is in both, the father in the second only."""

    def __init__(self, anna: User, erik: User) -> None:
        self.anna = anna
        self.first, self.second = make_case(anna, erik, ONE), make_case(anna, erik, TWO)
        self.kept, self.gone = self.first.child, self.second.child
        self.mother = self._adult(self.first, "Mor Hemmelig")
        self.mother_again = self._adult(self.second, "Mor H.")
        self.father = self._adult(self.second, "Far Hemmelig")
        identify_adult(by=anna, decision=ALLOWED, adult=self.mother_again, cpr="0101801234")
        self.consent = consent_by(anna, self.gone, self.mother_again)
        self.own = consent_by(anna, self.kept, self.mother)
        self.before = (state(self.kept), state(self.gone))

    def _adult(self, case: CaseWorld, name: str) -> Adult:
        return cases.write_adult(
            by=self.anna, concern=case.concern, child=case.child, adult=None, standing="custody", name=name, contact="20102012"
        )  # fmt: skip

    @property
    def answers(self) -> AdultAnswers:
        return AdultAnswers({self.father.pk: "no_custody"}, {self.mother_again.pk: self.mother.pk})

    def lay_together(self) -> unmerging.MergeUndo:
        cases.merge(
            by=self.anna, concern=self.first.concern, kept=self.kept, gone=self.gone, answers=self.answers
        )
        return MergeUndo.objects.get()


@pytest.fixture
def two(anna: User, erik: User) -> Two:
    return Two(anna, erik)


def test_everything_goes_back_to_where_it_was_with_its_history(
    two: Two, anna: User, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        undo = two.lay_together()
    assert Consent.objects.get(pk=two.consent.pk).giver == two.mother
    assert [each.adult_id for each in kin_of(token_of("0101801234"))] == [two.mother.pk]
    assert state(two.gone)["erased"] is not None
    assert service.finish_erasures() == 0  # the key is kept as long as the two can be parted
    unmerging.part_children(by=anna, decision=ALLOWED, undo=undo)
    assert (state(two.kept), state(two.gone)) == two.before
    assert [each.adult_id for each in kin_of(token_of("0101801234"))] == [two.mother_again.pk]
    merge = ChildMerge.objects.get()
    assert (merge.undone_by, merge.undone_at is not None) == (anna.audit_key, True)
    assert not MergeUndo.objects.exists()
    event = Event.objects.get(action="child.parted")
    assert (event.object_id, event.details["gone"]) == (str(two.kept.pk), two.gone.pk)
    # And once more: a second mistake is as good as the first.
    unmerging.part_children(by=anna, decision=ALLOWED, undo=two.lay_together())
    assert (state(two.kept), state(two.gone)) == two.before
    assert ChildMerge.objects.count() == 2


def test_what_was_corrected_in_between_stays_corrected(two: Two, anna: User) -> None:
    undo = two.lay_together()
    father = Adult.objects.get(pk=two.father.pk)
    service.change_adult(by=anna, decision=ALLOWED, adult=father, standing="foster", name="Far Nytnavn")
    unmerging.part_children(by=anna, decision=ALLOWED, undo=undo)
    names = {pk: texts[0] for pk, _standing, texts, _identity in state(two.gone)["adults"]}
    assert names[two.father.pk] == "Far Nytnavn"


@pytest.mark.parametrize("new", ["consent", "adult", "case", "erased row"])
def test_nothing_is_parted_when_something_new_hangs_on_the_child(
    two: Two, anna: User, erik: User, new: str
) -> None:
    undo = two.lay_together()
    if new == "consent":
        consent_by(anna, two.kept, two.mother)
    elif new == "adult":
        service.add_adult(by=anna, decision=ALLOWED, child=two.kept, standing="foster", name="Ny Plejemor")
    elif new == "case":
        other = make_case(anna, erik, level="anonymous")
        cases.lay_known_child_on(by=anna, concern=other.concern, child=two.kept, part="subject")
    else:
        Consent.objects.filter(pk=two.own.pk).delete()
    now = (state(two.kept), state(two.gone))
    with pytest.raises(Refused) as refused:
        unmerging.part_children(by=anna, decision=ALLOWED, undo=undo)
    assert refused.value.decision.code == "undo_new"
    assert (state(two.kept), state(two.gone)) == now
    assert unmerging.may_be_parted(undo).code == "undo_new"


def test_who_may_not_and_what_is_gone(two: Two, anna: User, erik: User) -> None:
    undo = two.lay_together()
    with pytest.raises(Refused):
        unmerging.part_children(by=erik, decision=no("not_triager", ""), undo=undo)
    with pytest.raises(Refused):
        cases.part(by=erik, concern=two.first.concern, child=two.kept)
    MergeUndo.objects.update(text=b"x" * 40)
    assert unmerging.may_be_parted(MergeUndo.objects.get()).code == "undo_damaged"
    Child.objects.filter(pk=two.kept.pk).update(erased_at=timezone.now())
    assert unmerging.may_be_parted(MergeUndo.objects.get()).code == "undo_gone"


def test_when_the_days_are_over_the_key_goes(two: Two, anna: User) -> None:
    undo = two.lay_together()
    assert undo.until - timezone.now() > timedelta(days=13)
    assert unmerging.forget_due() == 0
    MergeUndo.objects.update(until=timezone.now())
    assert unmerging.latest_undo(two.kept) is None
    with pytest.raises(Refused):
        cases.part(by=anna, concern=two.first.concern, child=two.kept)
    assert unmerging.forget_due() == 1
    assert service.finish_erasures() == 1
    assert not DataKey.objects.filter(pk=two.gone.key).exists()


def test_a_child_that_is_erased_takes_the_way_back_with_it(
    two: Two, anna: User, django_capture_on_commit_callbacks: Any
) -> None:
    two.lay_together()
    with django_capture_on_commit_callbacks(execute=True):
        service.erase_child(by=anna, decision=ALLOWED, child=two.kept)
    assert not MergeUndo.objects.exists()
    assert not DataKey.objects.filter(pk__in=[two.kept.key, two.gone.key]).exists()


def test_what_can_be_had_once_is_lost_and_that_is_said_before(
    anna: User, erik: User, client_for: Callable[[User], Client], django_capture_on_commit_callbacks: Any
) -> None:
    world = make_case(anna, erik, ONE, TWO)
    kept, gone = (link.child for link in world.links)
    assert cases.can_be_undone(kept, gone) == 0
    page = client_for(anna).get(world.child_path("saml", gone.code)).content.decode()
    assert "Det kan ikke fortrydes" in page
    with django_capture_on_commit_callbacks(execute=True):
        cases.merge(by=anna, concern=world.concern, kept=kept, gone=gone, answers=AdultAnswers())
    assert not MergeUndo.objects.exists()
    assert not DataKey.objects.filter(pk=gone.key).exists()


def test_the_municipality_says_for_how_long(two: Two) -> None:
    ConcernRules.objects.create(key="standard", merge_undo_days=0)
    assert cases.can_be_undone(two.kept, two.gone) == 0
    cases.merge(by=two.anna, concern=two.first.concern, kept=two.kept, gone=two.gone, answers=two.answers)
    assert not MergeUndo.objects.exists()


def test_the_way_back_holds_nothing_in_clear(two: Two) -> None:
    two.lay_together()
    row = MergeUndo.objects.values().get()
    for secret in (b"Sophie", b"Andenvej", b"Mor H.", b"20102012"):
        assert secret not in bytes(row["text"])


def test_by_the_pages(two: Two, anna: User, erik: User, client_for: Callable[[User], Client]) -> None:
    client = client_for(anna)
    page = client.get(two.first.child_path("saml", two.gone.code)).content.decode()
    assert "De kan skilles igen i 14 dage" in page
    path = two.first.child_path("skil")
    assert client.get(path).status_code == 404
    two.lay_together()
    assert path in client.get(two.first.child_path()).content.decode()
    assert "Skil de to oprettelser igen?" in client.get(path).content.decode()
    assert client_for(erik).get(path).status_code == 404
    told = client.post(path, follow=True).content.decode()
    assert f"De to er skilt igen. Den anden er {two.gone.code}." in told
    assert (state(two.kept), state(two.gone)) == two.before
    two.lay_together()
    consent_by(anna, two.kept, two.mother)
    assert "Der er kommet noget nyt" in client.get(path, follow=True).content.decode()
    assert "Der er kommet noget nyt" in client.post(path, follow=True).content.decode()
