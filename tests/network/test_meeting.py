"""The meeting itself: the door, the form, the efforts, the approval, the follow-up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from tests.network.conftest import CHILD, GROUND, WORDS, everybody, fresh, prepare
from tovholder.access.decision import Refused
from tovholder.accounts.models import User
from tovholder.audit.models import Event
from tovholder.citizens.models import Adult
from tovholder.concerns.models import Concern
from tovholder.forums.models import Forum
from tovholder.meetings import policy
from tovholder.meetings.models import (
    CaseText,
    Disclosure,
    FamilyMember,
    FamilyVoice,
    Meeting,
    NetworkMeeting,
    Participation,
)
from tovholder.meetings.services import family
from tovholder.meetings.services import network as calling
from tovholder.meetings.services import network_efforts as efforts
from tovholder.meetings.services import network_meeting as running
from tovholder.meetings.services import network_minutes as minutes
from tovholder.meetings.services import network_people as people
from tovholder.plans.models import Agreement, CaseAgreement
from tovholder.plans.services import case_agreements as plans


def reads(user: User, network: NetworkMeeting) -> bool:
    return bool(policy.may_read_case(User.objects.get(pk=user.pk), calling.case_of(network)))


def soon(days: int = 14) -> Any:
    return timezone.localdate() + timedelta(days=days)


def write(network: NetworkMeeting, by: User, key: str, text: str, base: int = 0) -> CaseText:
    return running.save_field(by=by, network=network, key=key, text=text, base_version=base)


def fill(network: NetworkMeeting, by: User) -> None:
    for field in running.read_fields(calling.case_of(network), network):
        if field.kind == "long_text" and not field.text:
            write(network, by, field.key, f"Tekst om {field.key}.")
        elif field.kind == "choice" and not field.text:
            write(network, by, field.key, field.choices[0])


def effort(words: str, who: User | None, due: Any = None) -> efforts.EffortText:
    return efforts.EffortText(words, who.person if who is not None else None, due, "")


def test_the_name_is_opened_to_those_at_the_table_only(
    called: NetworkMeeting, erik: User, dina: User
) -> None:
    assert not reads(dina, called)
    running.start(by=erik, network=called, **everybody(called))
    assert reads(dina, called)
    told = Disclosure.objects.values_list("ground", flat=True)
    assert sorted(told) == ["own_case", "participation", "participation"]
    assert Event.objects.filter(action="case_item.opened", ground="participation").count() == 1


def test_who_was_asked_and_did_not_come_reads_nothing(
    called: NetworkMeeting, erik: User, dina: User, bo: User
) -> None:
    people.add_professional(by=erik, network=called, person=bo.person)
    people.tell_family(by=erik, network=called, on=timezone.localdate())
    calling.call(by=erik, network=fresh(called), lacks=people.lacks(fresh(called)))
    here = everybody(called)
    here["people"].remove(called.meeting.participations.get(person=bo.person).pk)
    running.start(by=erik, network=called, **here)
    assert not reads(bo, called)
    assert reads(dina, called)


def test_without_family_it_does_not_begin(called: NetworkMeeting, erik: User) -> None:
    with pytest.raises(Refused) as refused:
        running.start(by=erik, network=called, people=everybody(called)["people"], family=[])
    assert refused.value.decision.code == "family_not_present"
    assert Meeting.every.get().status == "planned"
    assert not Disclosure.objects.exists()


def test_without_the_authority_somebody_chooses_a_development_meeting(
    called: NetworkMeeting, erik: User
) -> None:
    mine = [called.meeting.participations.get(person=erik.person).pk]
    members = everybody(called)["family"]
    with pytest.raises(Refused) as refused:
        running.start(by=erik, network=called, people=mine, family=members)
    assert refused.value.decision.code == "authority_missing"
    running.start(by=erik, network=called, people=mine, family=members, as_development=True)
    assert fresh(called).meeting.title.startswith("Udviklingsmøde")


def test_who_comes_late_is_asked_of_at_the_door(
    begun: NetworkMeeting, erik: User, carla: User, dina: User
) -> None:
    late = begun.meeting.participations.create(person=carla.person, part="guest")
    here = everybody(begun)
    with pytest.raises(Refused):
        running.set_present(by=erik, network=begun, **here)
    late.refresh_from_db()
    assert late.attended is None
    here["people"] = [pk for pk in here["people"] if pk != late.pk]
    running.set_present(by=erik, network=begun, people=here["people"], family=[])  # who leaves may leave
    assert not begun.meeting.family.filter(attended=True).exists()


def test_two_writers_lose_nothing(begun: NetworkMeeting, erik: User) -> None:
    first = write(begun, erik, "baggrund", "Ene tekst")
    assert first.version == 1
    with pytest.raises(running.FieldConflictError) as conflict:
        write(begun, erik, "baggrund", "Anden tekst", base=0)
    assert (conflict.value.mine, conflict.value.text) == ("Anden tekst", "Ene tekst")
    assert write(begun, erik, "baggrund", "Ene tekst", base=0).version == 1  # the same again is no conflict
    assert b"Ene tekst" not in bytes(CaseText.objects.get().text)


@pytest.mark.parametrize(
    ("key", "text"),
    [("findes-ikke", "x"), ("indsatser", "x"), ("naeste-moede", "i morgen"), ("baggrund", "010203-1234")],
)
def test_a_field_takes_only_what_it_is_for(begun: NetworkMeeting, erik: User, key: str, text: str) -> None:
    with pytest.raises(ValidationError):
        write(begun, erik, key, text)
    assert not CaseText.objects.exclude(text=None).exists()


def test_only_the_chair_and_minute_taker_write(begun: NetworkMeeting, dina: User, anna: User) -> None:
    for other in (dina, anna):
        with pytest.raises(Refused):
            write(begun, other, "baggrund", "x")


def test_efforts_carry_the_code_in_clear_and_their_words_sealed(
    begun: NetworkMeeting, erik: User, dina: User
) -> None:
    row = efforts.add_effort(by=erik, network=begun, effort=effort("Kvistine går i klub", dina, soon()))
    agreement = Agreement.every.get()
    assert (agreement.what, agreement.level) == (str(begun.concern), "named")
    assert not Agreement.objects.exists()
    assert b"klub" not in bytes(row.words)


def test_efforts_are_in_order_of_priority(begun: NetworkMeeting, erik: User) -> None:
    rows = [efforts.add_effort(by=erik, network=begun, effort=effort(w, erik, soon())) for w in "abc"]
    efforts.move_effort(by=erik, network=begun, row=rows[2], up=True)
    efforts.move_effort(by=erik, network=begun, row=rows[0], up=True)  # the first stays the first
    _old, new = efforts.efforts(calling.case_of(begun), begun)
    assert [(each.priority, each.words.text) for each in new] == [(1, "a"), (2, "c"), (3, "b")]


def test_approval_waits_for_all_that_the_rules_ask(begun: NetworkMeeting, erik: User, dina: User) -> None:
    row = efforts.add_effort(by=erik, network=begun, effort=effort("Klub", None))
    running.finish(by=erik, network=begun)
    said = " ".join(minutes.approval_lacks(fresh(begun), calling.case_of(begun)))
    assert "mangler ansvarlig og frist" in said
    assert "familiens oplevelse" in said
    assert "Barnets eget syn" in said
    fill(fresh(begun), erik)
    with pytest.raises(ValidationError, match="ansvarlig"):
        minutes.approve(by=erik, network=begun)
    efforts.change_effort(by=erik, network=begun, row=row, effort=effort("Klub", dina, soon()))
    minutes.approve(by=erik, network=begun)
    with pytest.raises(Refused):
        write(begun, erik, "baggrund", "Efterpå", base=1)
    with pytest.raises(Refused):
        efforts.add_effort(by=erik, network=begun, effort=effort("Mere", dina, soon()))


def test_the_familys_own_words_count_as_their_experience(begun: NetworkMeeting, erik: User) -> None:
    running.finish(by=erik, network=begun)
    fill(fresh(begun), erik)
    text = CaseText.objects.get(key="skema-familiens-oplevelse")
    write(begun, erik, "familiens-oplevelse", "", base=text.version)
    assert len(minutes.approval_lacks(fresh(begun), calling.case_of(begun))) == 1
    member = begun.meeting.family.get()
    family.write(token=family.token_of(member), text="Vi blev hørt.")
    assert minutes.approval_lacks(fresh(begun), calling.case_of(begun)) == []


@pytest.fixture
def approved(begun: NetworkMeeting, erik: User, dina: User) -> NetworkMeeting:
    efforts.add_effort(by=erik, network=begun, effort=effort("Klub om tirsdagen", dina, soon()))
    efforts.add_effort(by=erik, network=begun, effort=effort("Ugentlig samtale", erik, soon()))
    fill(begun, erik)
    running.finish(by=erik, network=begun)
    minutes.approve(by=erik, network=begun)
    return fresh(begun)


def test_participants_read_for_the_municipalitys_days(
    approved: NetworkMeeting, dina: User, erik: User
) -> None:
    assert reads(dina, approved)
    Disclosure.objects.update(reads_until=timezone.now() - timedelta(minutes=1))
    assert not reads(dina, approved)
    assert reads(erik, approved)  # on the case team


def test_what_is_approved_stays_as_it_was(approved: NetworkMeeting, dina: User) -> None:
    before = minutes.record_of(calling.case_of(approved), approved)
    dina.person.name = "Et andet navn"
    dina.person.save()
    Agreement.every.update(due_on=soon(99))
    assert minutes.record_of(calling.case_of(approved), approved) == before
    assert [each["priority"] for each in before.new] == ["1", "2"]
    assert before.family == ["Forælder"]


def test_a_follow_up_asks_the_same_people_and_takes_up_each_effort(
    approved: NetworkMeeting, erik: User, dina: User, mother: Adult, concern: Concern
) -> None:
    following = minutes.follow_up(by=erik, network=approved)
    assert following.form is not None
    assert following.form.key == "opfoelgning"
    assert {row.person for row in following.meeting.participations.all()} == {erik.person, dina.person}
    assert following.meeting.family.get().adult == mother
    with pytest.raises(Refused):
        minutes.follow_up(by=erik, network=approved)
    _hold(following, erik)
    old, new = efforts.efforts(calling.case_of(following), fresh(following))
    assert [each.words.text for each in old] == ["Klub om tirsdagen", "Ugentlig samtale"]
    assert new == []
    first, second = CaseAgreement.objects.order_by("priority")
    fill(fresh(following), erik)
    running.finish(by=erik, network=following)
    with pytest.raises(ValidationError, match="fortsætter, ændres eller stopper"):
        minutes.approve(by=erik, network=following)
    with pytest.raises(ValidationError):
        efforts.choose(by=erik, network=following, row=first, choice="stop")
    efforts.choose(by=erik, network=following, row=first, choice="continue")
    efforts.choose(
        by=erik, network=following, row=second, choice="change", reason="For sjældent",
        instead=effort("Samtale to gange om ugen", erik, soon()),
    )  # fmt: skip
    minutes.approve(by=erik, network=following)
    said = minutes.record_of(calling.case_of(following), fresh(following))
    assert [(each["words"], each["status"], each["reason"]) for each in said.old] == [
        ("Klub om tirsdagen", "Fortsætter", ""),
        ("Ugentlig samtale", "Ændres", "For sjældent"),
    ]
    assert [each["words"] for each in said.new] == ["Samtale to gange om ugen"]
    stopped = Agreement.every.get(status="changed")
    assert "sjældent" not in stopped.reason  # the why is sealed


def _hold(network: NetworkMeeting, erik: User) -> None:
    today = timezone.localdate()
    starts = timezone.now().replace(microsecond=0) + timedelta(days=30)
    network = fresh(network)
    calling.write_duties(
        by=erik, network=network, initiator_leads=True, leader_talked_on=None, chair=erik.person,
        minute_taker=erik.person,
    )  # fmt: skip
    calling.write_ground(by=erik, network=network, ground=GROUND)
    calling.write_time(
        by=erik, network=network, starts_at=starts, ends_at=starts + timedelta(hours=1), place="Skolen",
        online_url="",
    )  # fmt: skip
    people.tell_family(by=erik, network=network, on=today)
    calling.call(by=erik, network=network, lacks=people.lacks(fresh(network)))
    running.start(by=erik, network=network, **everybody(network))


def test_triagers_close_the_case_with_its_outcome(
    approved: NetworkMeeting, anna: User, erik: User, concern: Concern
) -> None:
    with pytest.raises(Refused):
        minutes.close_case(by=erik, network=approved, outcome="Det går godt.")
    minutes.close_case(by=anna, network=approved, outcome="Det går godt.")
    concern.refresh_from_db()
    assert concern.status == "closed"


def test_the_form_as_a_document_carries_the_code_and_no_child(
    approved: NetworkMeeting, client_for: Any, erik: User, dina: User, bo: User
) -> None:
    case = calling.case_of(approved)
    document = minutes.document(case, approved)
    assert str(approved.concern) in document.title
    assert CHILD.split()[0] not in str(document)
    assert WORDS not in str(document)
    before = Event.objects.filter(action="network.read").count()
    answer = client_for(dina).get(f"/netvaerksmoeder/{approved.meeting_id}/skema.pdf")
    assert answer.content.startswith(b"%PDF")
    assert approved.concern.code in answer.headers["Content-Disposition"]
    answer = client_for(dina).get(f"/netvaerksmoeder/{approved.meeting_id}/skema.docx")
    assert answer.content[:2] == b"PK"
    assert Event.objects.filter(action="network.read").count() == before + 2
    assert client_for(bo).get(f"/netvaerksmoeder/{approved.meeting_id}/skema.pdf").status_code == 404


def test_a_second_meeting_after_the_whole_course(
    approved: NetworkMeeting, erik: User, dina: User, mother: Adult
) -> None:
    """Another first meeting about the same case may be called: it is not the follow-up."""
    again = calling.begin(by=erik, concern=approved.concern)
    prepare(again, erik, dina, mother)
    assert FamilyMember.objects.count() == 2
    assert not FamilyVoice.objects.exists()


def test_an_effort_is_corrected_for_covered_people_only(
    begun: NetworkMeeting, erik: User, frida: User
) -> None:
    """Whoever gets an effort reads its words and the case code: asked of the rules when it is corrected, too."""
    Participation.objects.create(meeting=begun.meeting, person=frida.person)
    made = efforts.add_effort(by=erik, network=begun, effort=effort("Ring hjem", None))
    with pytest.raises(ValidationError) as refused:
        efforts.change_effort(by=erik, network=begun, row=made, effort=effort("Ring hjem", frida))
    assert "responsible" in refused.value.message_dict
    assert CaseAgreement.objects.get(pk=made.pk).agreement.responsible is None


def test_an_effort_that_is_done_meanwhile_stands_as_it_was_done(begun: NetworkMeeting, erik: User) -> None:
    made = efforts.add_effort(by=erik, network=begun, effort=effort("Ring hjem", erik))
    plans.done(by=erik, case=made)
    with pytest.raises(Refused):
        efforts.change_effort(by=erik, network=begun, row=made, effort=effort("Ring til skolen", erik))
    with pytest.raises(Refused):
        efforts.remove_effort(by=erik, network=begun, row=made)


def test_who_writes_at_the_meeting_reads_no_effort_that_is_no_part_of_it(
    begun: NetworkMeeting, anna: User, erik: User, dina: User, forum: Forum, client_for: Any
) -> None:
    """Dina takes the minutes and does not work on the case: what was done and closed elsewhere is not hers to open."""
    Meeting.every.filter(pk=begun.meeting_id).update(minute_taker=dina.person)
    made = plans.make_case_agreement(
        by=anna, concern=begun.concern, forum=forum, words="Hemmelig indsats fra før", responsible=anna.person,
        due_on=timezone.localdate(),
    )  # fmt: skip
    plans.done(by=anna, case=made)
    at = timezone.now() - timedelta(days=9)
    Agreement.every.filter(pk=made.agreement_id).update(closed_at=at)
    client = client_for(dina)
    for page in ("network:effort", "network:choose"):
        assert client.get(reverse(page, args=[begun.meeting_id, made.pk])).status_code == 404
    own = efforts.add_effort(by=dina, network=begun, effort=effort("Ring hjem", None))
    assert client.get(reverse("network:effort", args=[begun.meeting_id, own.pk])).status_code == 200


def test_an_effort_from_before_is_chosen_of_and_not_corrected(
    begun: NetworkMeeting, anna: User, erik: User, forum: Forum, client_for: Any
) -> None:
    made = plans.make_case_agreement(
        by=anna, concern=begun.concern, forum=forum, words="Fra før", responsible=anna.person,
        due_on=timezone.localdate(),
    )  # fmt: skip
    client = client_for(erik)
    assert client.get(reverse("network:effort", args=[begun.meeting_id, made.pk])).status_code == 404
    assert client.get(reverse("network:choose", args=[begun.meeting_id, made.pk])).status_code == 200


def test_the_page_says_who_may_not_have_an_effort(
    begun: NetworkMeeting, erik: User, frida: User, client_for: Any
) -> None:
    Participation.objects.create(meeting=begun.meeting, person=frida.person)
    made = efforts.add_effort(by=erik, network=begun, effort=effort("Ring hjem", None))
    client, wanted = client_for(erik), {"words": "Ring hjem", "responsible": frida.person.pk}
    said = client.post(reverse("network:effort", args=[begun.meeting_id, made.pk]), wanted)
    assert said.status_code == 422
    assert "hvis et samtykke nævner" in said.content.decode()
    new = {"do": "indsats", **{f"ny-{name}": value for name, value in wanted.items()}}
    said = client.post(reverse("network:save", args=[begun.meeting_id]), new)
    assert "hvis et samtykke nævner" in said.content.decode()
    assert CaseAgreement.objects.count() == 1


def test_what_the_service_says_of_no_field_stands_on_the_page(
    begun: NetworkMeeting, erik: User, dina: User, client_for: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_given: Any) -> None:
        raise ValidationError("Det kan ikke skrives nu.")

    monkeypatch.setattr(efforts, "add_effort", refuse)
    new = {"do": "indsats", "ny-words": "Ring hjem", "ny-responsible": dina.person.pk, "ny-due_on": soon()}
    said = client_for(erik).post(reverse("network:save", args=[begun.meeting_id]), new)
    assert "Det kan ikke skrives nu." in said.content.decode()
