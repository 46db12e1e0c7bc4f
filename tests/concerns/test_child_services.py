"""The children of a concern: who may lay them on, who is told of doubles, the case team, withdrawal, erasure, prompts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from tests.concerns.child_world import SOFIE, CaseWorld, a_consent, make_case, make_triager, sharing_kind
from tests.factories import DistrictFactory
from tovholder.access.decision import Refused
from tovholder.access.sharing import Kind
from tovholder.accounts.models import User
from tovholder.audit.models import Event
from tovholder.citizens.identity import Identity
from tovholder.citizens.keys.models import DataKey
from tovholder.citizens.models import Child
from tovholder.citizens.services.safe import Safe
from tovholder.concerns import policy, queries
from tovholder.concerns.models import (
    AbsenceReading,
    Category,
    Concern,
    ConcernChild,
    ConcernStatus,
    Entry,
    Factor,
)
from tovholder.concerns.policy import Part
from tovholder.concerns.services import (
    access_log,
    asking,
    children,
    consenting,
    course,
    erasing,
    forgetting,
    naming,
    rewriting,
    seats,
)
from tovholder.concerns.services.prompting import child_prompts
from tovholder.concerns.services.seats import SeatGround
from tovholder.concerns.wording import factors_json

GROUND = SeatGround("rpl115", "crime_prevention", "forebygge", "skal kende navnet")


@pytest.fixture
def world(anna: User, erik: User) -> CaseWorld:
    return make_case(anna, erik)


def test_laying_a_child_on_makes_an_anonymous_concern_named(anna: User, erik: User) -> None:
    world = make_case(anna, erik, level="anonymous")
    link = children.register_child(by=anna, concern=world.concern, identity=SOFIE, part="victim")
    world.concern.refresh_from_db()
    assert (world.concern.level, world.concern.named_at is None) == ("named", False)
    assert (link.part, link.information.due_on) == ("victim", timezone.localdate() + timedelta(days=30))
    assert Entry.objects.filter(concern=world.concern, kind="named").exists()


def test_who_raised_it_may_not_look_up_nor_lay_on_afterwards(world: CaseWorld) -> None:
    calls: list[Any] = [
        lambda: children.register_child(by=world.erik, concern=world.concern, identity=SOFIE),
        lambda: children.look_up(by=world.erik, concern=world.concern, identity=SOFIE),
        lambda: children.show_children_of(by=world.erik, concern=world.concern, purpose="case"),
        lambda: children.merge(by=world.erik, concern=world.concern, kept=world.child, gone=world.child, answers=children.AdultAnswers()),
        lambda: erasing.erase_child(by=world.erik, child=world.child),
        lambda: seats.join_case_team(by=world.erik, concern=world.concern, person=world.erik.person, ground=GROUND),
        lambda: access_log.child_log(by=world.erik, concern=world.concern, child=world.child),
        lambda: consenting.show(by=world.erik, concern=world.concern, child=world.child),
    ]  # fmt: skip
    for call in calls:
        with pytest.raises(Refused):
            call()
    assert Child.objects.count() == 1


def test_a_possible_double_is_told_to_triagers_only(world: CaseWorld, dina: User) -> None:
    sharing_kind(dina.person.organisation, Kind.SOCIAL_AUTHORITY)
    seats.join_case_team(by=world.anna, concern=world.concern, person=dina.person, ground=GROUND)
    twin = children.register_child(by=dina, concern=world.concern, identity=replace(SOFIE, cpr="")).child
    shown = {
        user: children.show_children_of(by=user, concern=world.concern, purpose="case")
        for user in (world.anna, dina)
    }
    assert [each.doubles for each in shown[world.anna]] == [(twin,), (world.child,)]
    assert [each.doubles for each in shown[dina]] == [(), ()]
    hits = children.look_up(
        by=world.anna, concern=world.concern, identity=Identity("", date.min, "0403131234")
    )
    assert [hit.code for hit in hits] == [world.child.code]
    assert Event.objects.filter(action="child.found", purpose="triage").count() == 1


def test_merging_moves_concerns_lines_and_absence(world: CaseWorld, anna: User) -> None:
    other = make_case(anna, world.erik, replace(SOFIE, name="Sophie Hemmelig"))
    course.write_entry(by=anna, concern=other.concern, kind="note", text="Om Sophie", child=other.child)
    absence = AbsenceReading(child=other.child, quarter=date(2026, 1, 1), by="x", at=timezone.now())
    Safe.of([absence]).write(absence, percent="14")
    absence.save()
    children.merge(
        by=anna, concern=world.concern, kept=world.child, gone=other.child, answers=children.AdultAnswers()
    )
    assert set(world.child.concerns.all()) == {world.concern, other.concern}
    moved = AbsenceReading.objects.select_related("child").get()
    assert (moved.child, str(Safe.of([moved]).read(moved, "percent"))) == (world.child, "14")
    assert Entry.objects.get(text__isnull=False).child == world.child
    assert Child.objects.get(pk=other.child.pk).name is None


def test_both_on_one_concern_are_one_there_afterwards(anna: User, erik: User) -> None:
    world = make_case(anna, erik, SOFIE, SOFIE)
    kept, gone = (link.child for link in world.links)
    children.merge(by=anna, concern=world.concern, kept=kept, gone=gone, answers=children.AdultAnswers())
    assert [link.child for link in ConcernChild.objects.all()] == [kept]


# ---- the case team
def test_a_seat_is_not_given_to_who_could_not_use_it(world: CaseWorld, grethe: User, dina: User) -> None:
    for user in (grethe, dina):
        sharing_kind(user.person.organisation, Kind.SOCIAL_AUTHORITY)
    dina.is_active = False
    dina.save()
    for user, said in ((grethe, "rolle må ikke læse"), (dina, "ikke et login")):
        assert seats.assess_seat(world.concern, user.person, GROUND).allowed
        with pytest.raises(ValidationError, match=said):
            seats.join_case_team(by=world.anna, concern=world.concern, person=user.person, ground=GROUND)
    assert not world.concern.case_team.exists()


@pytest.mark.parametrize(
    ("kind", "ground", "code"),
    [
        (Kind.SOCIAL_AUTHORITY, GROUND, "rpl115"),
        (Kind.SOCIAL_AUTHORITY, replace(GROUND, necessity=" "), "necessity_missing"),
        (Kind.SOCIAL_AUTHORITY, replace(GROUND, purpose_code="wellbeing"), "basis_purpose_mismatch"),
        (Kind.ASSOCIATION, GROUND, "party_outside_rpl115"),
        (Kind.ASSOCIATION, replace(GROUND, basis="consent"), "consent_missing"),
        (Kind.POLICE, replace(GROUND, basis="early_cooperation", purpose_code="wellbeing"), "party_outside_early_cooperation"),
        (Kind.SCHOOL, replace(GROUND, basis="participation", purpose_code="wellbeing"), "family_not_told"),
        (Kind.SCHOOL, replace(GROUND, basis="participation", purpose_code="wellbeing", family_takes_part=True), "participation"),
    ],
)  # fmt: skip
def test_a_seat_asks_the_sharing_rules(world: CaseWorld, dina: User, kind: Kind, ground: SeatGround, code: str) -> None:  # fmt: skip
    sharing_kind(dina.person.organisation, kind)
    answer = seats.assess_seat(world.concern, dina.person, ground)
    assert answer.assessment.code == code
    if answer.allowed:
        seats.join_case_team(by=world.anna, concern=world.concern, person=dina.person, ground=ground)
        assert policy.may_read(dina, world.concern, Part.ALL)
        return
    with pytest.raises(Refused):
        seats.join_case_team(by=world.anna, concern=world.concern, person=dina.person, ground=ground)
    assert not policy.may_read(dina, world.concern, Part.ALL)


def test_a_grown_young_person_takes_part_without_parents(anna: User, erik: User, dina: User) -> None:
    born = timezone.localdate().replace(month=1, day=1)
    world = make_case(anna, erik, Identity("Sofie Hemmelig", born.replace(year=born.year - 19)))
    sharing_kind(dina.person.organisation, Kind.SCHOOL)
    ground = replace(GROUND, basis="participation", purpose_code="wellbeing", family_takes_part=True)
    assert seats.assess_seat(world.concern, dina.person, ground).allowed


def test_nobody_is_covered_where_there_is_no_child(anna: User, erik: User) -> None:
    world = make_case(anna, erik, level="anonymous")
    assert not seats.assess_seat(world.concern, anna.person, GROUND).allowed


@pytest.mark.parametrize("way", ["withdrawn", "expired"])
def test_a_consent_that_ends_closes_the_seats_it_opened(world: CaseWorld, frida: User, way: str) -> None:
    club = frida.person.organisation
    sharing_kind(club, Kind.ASSOCIATION)
    consent = a_consent(world, club, expires=timezone.localdate())
    by_consent = replace(GROUND, basis="consent", necessity="")
    seats.join_case_team(by=world.anna, concern=world.concern, person=frida.person, ground=by_consent)
    assert policy.may_read(frida, world.concern, Part.ALL)
    assert seats.close_expired() == 0
    if way == "withdrawn":
        today = timezone.localdate()
        foreseen = consenting.foresee_withdrawn(
            by=world.anna, concern=world.concern, consent=consent, on=today
        )
        assert [each.now.person_id for each in foreseen.losses] == [frida.person.pk]
        assert policy.may_read(frida, world.concern, Part.ALL)
        assert consenting.withdraw(by=world.anna, concern=world.concern, consent=consent, on=today) == 1
        assert "consent_withdrawn" in {each.code for each in child_prompts(world.concern)}
        line = Entry.objects.filter(concern=world.concern, kind="note").get()
        assert "samtykke" in str(Safe.of([line]).read(line, "text")).lower()
    else:
        consent.expires = timezone.localdate() - timedelta(days=1)
        consent.save()
        assert seats.close_expired() == 1
    assert not policy.may_read(frida, world.concern, Part.ALL)
    assert not queries.visible_to(frida, Part.ALL).exists()


def test_a_second_consent_keeps_the_seat(world: CaseWorld, frida: User) -> None:
    sharing_kind(frida.person.organisation, Kind.ASSOCIATION)
    first, _second = (a_consent(world, frida.person.organisation) for _n in range(2))
    ground = replace(GROUND, basis="consent", necessity="")
    seats.join_case_team(by=world.anna, concern=world.concern, person=frida.person, ground=ground)
    today = timezone.localdate()
    assert consenting.foresee_withdrawn(by=world.anna, concern=world.concern, consent=first, on=today).nobody
    assert consenting.withdraw(by=world.anna, concern=world.concern, consent=first, on=today) == 0
    assert policy.may_read(frida, world.concern, Part.ALL)


# ---- prompts
def codes(world: CaseWorld) -> list[str]:
    return [each.code for each in child_prompts(world.concern)]


def test_the_information_duty_is_asked_about_until_it_is_answered(world: CaseWorld) -> None:
    assert codes(world) == ["information_due"]
    answer = {"by": world.anna, "link": world.link}
    for wrong in ({"given_on": None, "exception": " "}, {"given_on": date(2026, 1, 1), "exception": "x"},
                  {"given_on": timezone.localdate() + timedelta(days=1), "exception": ""}):  # fmt: skip
        with pytest.raises(ValidationError):
            children.answer_information(**answer, **wrong)
    duty = children.answer_information(**answer, given_on=None, exception="Barnet skal beskyttes")
    assert b"beskyttes" not in bytes(duty.exception)
    world.link.refresh_from_db()
    assert codes(world) == []


def test_where_the_family_is_suspected_nobody_is_led_to_tell_it(world: CaseWorld) -> None:
    category = Category.objects.create(key="vold", name="Vold", suspicion="suspected_violence_by_family")
    world.concern.categories.add(category)
    (prompt,) = child_prompts(world.concern)
    assert "intet at vide" in prompt.text
    assert "Fortæl det" not in prompt.todo


def test_age_and_consents_are_reminded_of(anna: User, erik: User, frida: User) -> None:
    today = timezone.localdate()
    world = make_case(anna, erik, Identity("Ib Hemmelig", today.replace(day=1, year=today.year - 10)))
    club = frida.person.organisation
    a_consent(world, club)
    children.write_adult(
        by=anna, concern=world.concern, child=world.child, adult=None, standing="custody", name="Far", contact=""
    )  # fmt: skip
    assert {"party_rights", "second_custody_holder_missing"} < set(codes(world))


def test_where_the_family_is_suspected_nobody_is_led_to_ask_it_for_a_consent(
    anna: User, erik: User, frida: User
) -> None:
    today = timezone.localdate()
    world = make_case(anna, erik, Identity("Ib Hemmelig", today - timedelta(days=15 * 366)))
    consent = a_consent(world, frida.person.organisation)
    category = Category.objects.create(key="vold", name="Vold", suspicion="suspected_violence_by_family")
    world.concern.categories.add(category)
    (missing,) = [each for each in child_prompts(world.concern) if each.code == "own_consent_missing"]
    assert missing.todo == "Spørg ikke familien, før myndigheden siger til."
    consent.withdrawn = today
    consent.save()
    (gone,) = [each for each in child_prompts(world.concern) if each.code == "consent_withdrawn"]
    assert "tal med familien" not in gone.todo


def test_a_young_person_is_asked_too(anna: User, erik: User, frida: User) -> None:
    today = timezone.localdate()
    born = today - timedelta(days=15 * 366)
    world = make_case(anna, erik, Identity("Ib Hemmelig", born))
    consent = a_consent(world, frida.person.organisation)
    assert "own_consent_missing" in codes(world)
    consent.given = today - timedelta(days=300)
    consent.save()
    assert "consent_from_before" in codes(world)
    consent.given = today - timedelta(days=370)
    consent.save()
    assert "consent_review_due" in codes(world)


# ---- erasure
def test_a_concern_about_several_is_written_anew_first(
    anna: User, erik: User, django_capture_on_commit_callbacks: Any
) -> None:
    world = make_case(anna, erik, SOFIE, Identity("Ib Anden", date(2012, 1, 1)))
    course.write_entry(by=anna, concern=world.concern, kind="note", text="Kun om Sofie", child=world.child)
    with pytest.raises(ValidationError):
        erasing.erase_child(by=anna, child=world.child)
    texts = rewriting.texts_to_rewrite(by=anna, concern=world.concern)
    assert str(texts["seen"]) == "Kommer sultent i skole"
    with pytest.raises(ValidationError):
        rewriting.rewrite(by=anna, link=world.link, texts={"seen": " "})
    rewriting.rewrite(by=anna, link=world.link, texts={"seen": "Ib er sulten"})
    with django_capture_on_commit_callbacks(execute=True):
        erasing.erase_child(by=anna, child=world.child)
    concern = Concern.objects.get()
    assert str(Safe.of([concern]).read(concern, "seen")) == "Ib er sulten"
    assert not Entry.objects.filter(child=world.child, text__isnull=False).exists()
    assert not DataKey.objects.filter(pk=world.child.key).exists()
    assert DataKey.objects.filter(pk=concern.key).exists()
    shown = children.show_children_of(by=anna, concern=concern, purpose="case")
    assert [str(each.view.name) for each in shown] == ["Ib Anden"]


def test_own_factors_questions_and_answers_are_written_anew_too(anna: User, erik: User) -> None:
    world = make_case(anna, erik, SOFIE, Identity("Ib Anden", date(2012, 1, 1)))
    key = Factor.objects.create(key="ven", name="En ven", side="protective").key
    concern = Concern.objects.get()
    written = Safe.of([concern]).write(concern, factors=factors_json(["Sofies bror"], [key, "Sofie synger"]))
    concern.save(update_fields=written)
    question = asking.ask(by=anna, concern=concern, to_person=erik.person, text="Kender du Sofie?")
    asking.answer(by=erik, question=question, text="Ja, Sofie går i 6. a")
    texts = rewriting.texts_to_rewrite(by=anna, concern=concern)
    assert {str(texts[name]) for name in ("own_risk", "own_protective")} == {"Sofies bror", "Sofie synger"}
    assert "Sofie går" in str(texts[f"answer_{question.pk}"])
    anew = {name: "" if "Sofie" in str(text) else str(text) for name, text in texts.items()}
    rewriting.rewrite(by=anna, link=world.link, texts=anew)
    left = rewriting.texts_to_rewrite(by=anna, concern=Concern.objects.get())
    assert "Sofie" not in " ".join(map(str, left.values()))
    assert key in str(Safe.of([concern]).read(Concern.objects.get(), "factors"))
    course.write_entry(by=anna, concern=concern, kind="note", text="Sofie igen")
    with pytest.raises(ValidationError):  # written since: looked at once more
        erasing.erase_child(by=anna, child=world.child)


def test_nobody_comes_onto_the_team_of_a_case_that_has_ended(world: CaseWorld) -> None:
    course.set_status(by=world.anna, concern=world.concern, status="closed", reason="Der var ro igen")
    told = {"person": world.anna.person, "basis": "rpl115", "necessity": "Kender ham"}
    with pytest.raises(ValidationError) as refused:
        naming.add_to_case_team(by=world.anna, concern=Concern.objects.get(), **told)
    assert refused.value.message_dict == {"person": ["Sagen er afsluttet. Genåbn den først."]}


def test_a_concern_about_the_child_alone_goes_with_it(
    world: CaseWorld, django_capture_on_commit_callbacks: Any
) -> None:
    before = Concern.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        erasing.erase_child(by=world.anna, child=world.child)
    assert not DataKey.objects.filter(use__in=["child", "concern"]).exists()
    assert Safe.of([before]).read(before, "seen").fault == "erased"
    assert not queries.visible_to(world.anna).exists()
    assert not policy.may_read(world.anna, Concern.objects.get())


def test_a_crash_after_the_commit_leaves_no_key_behind(world: CaseWorld) -> None:
    erasing.erase_child(by=world.anna, child=world.child)  # nothing runs on commit inside a test
    assert erasing.finish_erasures() == 1
    assert not DataKey.objects.filter(use="concern").exists()


def test_a_child_that_others_work_with_is_not_erased_by_one_district(world: CaseWorld, bo: User) -> None:
    elsewhere = DistrictFactory(key="oest", name="Øst")
    other = make_case(world.anna, world.erik)
    Concern.objects.filter(pk=other.concern.pk).update(district=elsewhere)
    ConcernChild.objects.create(concern=other.concern, child=world.child)
    make_triager(bo, elsewhere)
    with pytest.raises(Refused):
        erasing.erase_child(by=world.anna, child=world.child)
    assert Child.objects.get(pk=world.child.pk).erased_at is None


# ---- forgetting
def test_an_anonymous_concern_is_forgotten_after_its_months(
    anna: User, erik: User, django_capture_on_commit_callbacks: Any
) -> None:
    old, young, named = (
        make_case(anna, erik, level=level).concern for level in ("anonymous", "anonymous", "named")
    )
    long_ago = timezone.now() - timedelta(days=370)
    Concern.objects.filter(pk__in=[old.pk, named.pk]).update(raised_at=long_ago, status_at=long_ago)
    with django_capture_on_commit_callbacks(execute=True):
        assert forgetting.forget_old() == 1
        assert forgetting.forget_old() == 0
    assert not DataKey.objects.filter(pk=old.key).exists()
    assert DataKey.objects.filter(pk__in=[young.key, named.key]).count() == 2
    assert Concern.objects.get(pk=old.pk).seen is None


def test_the_log_of_a_child_names_no_staff(world: CaseWorld) -> None:
    children.show_children_of(by=world.anna, concern=world.concern, purpose="case")
    lines = access_log.child_log(by=world.anna, concern=world.concern, child=world.child)
    assert [(line.what, line.purpose, line.ground) for line in lines] == [
        ("Barnets oplysninger blev set", "Arbejde i sagen", "Modtager sager i distriktet")
    ]
    assert Event.objects.filter(action="child.log_made", object_id=str(world.child.pk)).exists()
    assert world.concern.status == ConcernStatus.NEW
