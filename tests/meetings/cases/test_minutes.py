"""One source, several minutes: for the covered, for the network, for the family; and advice that goes back."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from tests.factories import AgendaItemFactory, MeetingFactory, ParticipationFactory
from tests.meetings.cases.conftest import NAME, give_name, guest
from tests.meetings.cases.test_room import consent_to
from tovholder.access.decision import Refused, yes
from tovholder.citizens.services.consents import withdraw_consent
from tovholder.citizens.services.safe import Safe
from tovholder.concerns.models import Category, ConcernStatus, Entry
from tovholder.meetings.models import AgendaItem, CaseItem, CaseText, ConcernItem, Disclosure
from tovholder.meetings.nav import concern_actions
from tovholder.meetings.queries import items_visible_to
from tovholder.meetings.services import cases_writing, minutes, releasing, running
from tovholder.meetings.services.cases_writing import CaseFacts, CaseTextConflictError
from tovholder.outbox.models import OutgoingMail
from tovholder.plans.models import Agreement, CaseAgreement
from tovholder.search.models import Entry as Found

SAID = "Vi taler med familien om fritid"


@pytest.fixture
def written(opened, people):
    cases_writing.save_case_text(by=people["anna"], case_item=opened, text=SAID, base_version=0)
    cases_writing.note_facts(
        by=people["anna"], case_item=opened, facts=CaseFacts(child_view="Jeg vil helst spille fodbold igen.")
    )
    cases_writing.agree(
        by=people["anna"], case_item=opened, words="Ring til klubben på tirsdag",
        responsible=people["dina"].person, due_on=timezone.localdate() + timedelta(days=7),
    )  # fmt: skip
    return opened


def hold(meeting, people):
    return running.finish(
        by=people["anna"], meeting=meeting, unfinished_items={i.pk: "done" for i in meeting.items.all()}
    )


@pytest.fixture
def approved(written, meeting, people):
    held = hold(meeting, people)
    minutes.approve(by=people["bo"], meeting=held)
    written.refresh_from_db()
    return written


def test_who_the_rules_leave_out_gets_no_agreement(opened, people):
    """Frida comes from a club that no consent names."""
    with pytest.raises(ValidationError) as refused:
        cases_writing.agree(
            by=people["anna"], case_item=opened, words="Ring til klubben",
            responsible=people["frida"].person, due_on=timezone.localdate() + timedelta(days=7),
        )  # fmt: skip
    assert "samtykke" in refused.value.message_dict["responsible"][0]
    assert not CaseAgreement.objects.exists()


def test_after_a_decision_that_ends_the_case_the_typed_agreement_stands_in_the_form(
    opened, people, client_for
):
    cases_writing.decide(by=people["anna"], case_item=opened, decision=CaseItem.Decision.REFER)
    answer = client_for(people["anna"]).post(
        reverse("meetings:case_agree", args=[opened.meeting_id, opened.pk]),
        {"words": "Ring til klubben", "responsible": people["dina"].person.pk, "due_on": "2031-01-01"},
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Beslutningen har afsluttet sagen" in page
    assert "Ring til klubben" in page
    assert not CaseAgreement.objects.exists()


def test_two_who_write_get_both_texts(written, people):
    with pytest.raises(CaseTextConflictError) as conflict:
        cases_writing.save_case_text(by=people["anna"], case_item=written, text="Andet", base_version=0)
    assert conflict.value.text == SAID
    assert (
        cases_writing.save_case_text(
            by=people["anna"], case_item=written, text="Andet", base_version=1
        ).version
        == 2
    )


def test_the_script_hears_of_a_conflict_in_json(written, meeting, people, client_for):
    url = reverse("meetings:case_text", args=[meeting.pk, written.pk])
    answer = client_for(people["anna"]).post(
        url, {"text": "x", "version": "0"}, HTTP_ACCEPT="application/json"
    )
    assert answer.status_code == 409
    assert answer.json()["text"] == SAID
    plain = client_for(people["anna"]).post(url, {"text": "Min egen", "version": "0"})
    assert plain.status_code == 409
    assert "Min egen" in plain.content.decode()
    assert SAID in plain.content.decode()


def test_nothing_of_a_case_stands_in_clear(written):
    for row in CaseText.objects.all():
        assert SAID.encode() not in bytes(row.text or b"")
    agreement = Agreement.every.get(level="named")
    assert agreement.what == str(written.concern)
    assert b"klubben" not in bytes(CaseAgreement.objects.get().words)
    assert not Found.objects.filter(body__contains="fritid").exists()


def test_either_the_childs_view_or_why_not(opened, people):
    with pytest.raises(ValidationError):
        cases_writing.note_facts(
            by=people["anna"], case_item=opened, facts=CaseFacts(child_view="Ja", no_child_view="Nej")
        )


def test_the_duty_to_inform_has_a_day_from_the_opening(opened):
    assert opened.information_due_on == timezone.localdate() + timedelta(days=30)


def test_approval_freezes_and_lets_the_told_read_for_their_days(approved, people):
    ends = Disclosure.objects.filter(case_item=approved).values_list("reads_until", flat=True)
    assert {(each.date() - timezone.localdate()).days for each in ends} <= {29, 30}
    assert approved.status == CaseItem.Status.DONE
    with pytest.raises(Refused) as refused:
        cases_writing.save_case_text(by=people["anna"], case_item=approved, text="Nyt", base_version=1)
    assert refused.value.decision.code == "minutes_approved"
    cases_writing.add_note(by=people["anna"], case_item=approved, text="Det var onsdag.")
    assert approved.texts.filter(key__startswith="tilfoejelse-").count() == 1


def test_who_approves_without_part_in_the_case_is_neither_stopped_nor_told(
    approved, meeting, people, client_for
):
    page = client_for(people["bo"]).get(reverse("meetings:after", args=[meeting.pk])).content.decode()
    assert str(approved.concern) not in page
    assert SAID not in page


def test_the_networks_minutes_hold_no_trace_and_no_gap(approved, meeting, people, client_for):
    bo = client_for(people["bo"])
    for name in ("minutes_word", "agenda_word"):
        with ZipFile(BytesIO(bo.get(reverse(f"meetings:{name}", args=[meeting.pk])).content)) as paper:
            text = "".join(paper.read(each).decode("utf-8", "replace") for each in paper.namelist())
        assert str(approved.concern) not in text
        assert NAME not in text
        assert SAID not in text
    meeting.refresh_from_db()
    frozen = str(meeting.minutes_record.frozen)
    assert str(approved.concern) not in frozen
    assert "klubben" not in frozen
    for letter in OutgoingMail.objects.all():
        assert NAME not in letter.body + letter.subject
        assert SAID not in letter.body
    for path in ("/soeg/?q=Sofus", "/soeg/?q=fritid", "/aftaler/", f"/moeder/{meeting.pk}/storskaerm/"):
        body = bo.get(path).content.decode()
        assert NAME not in body
        assert SAID not in body
    assert NAME not in client_for(people["anna"]).get(f"/moeder/{meeting.pk}/storskaerm/").content.decode()


def test_the_covered_get_the_minutes_of_the_case_as_pdf(approved, meeting, people, client_for):
    answer = client_for(people["dina"]).get(reverse("meetings:case_pdf", args=[meeting.pk, approved.pk]))
    assert answer.content.startswith(b"%PDF")
    assert b"/StructTreeRoot" in answer.content
    assert approved.concern.code in answer.headers["Content-Disposition"]
    assert (
        client_for(people["bo"]).get(reverse("meetings:case_pdf", args=[meeting.pk, approved.pk])).status_code
        == 404
    )


def test_a_consent_withdrawn_before_approval_gives_no_days(written, meeting, people, named, client_for):
    given = consent_to(people, named, people["frida"])
    guest(people["anna"], meeting, people["frida"])
    withdraw_consent(by=people["anna"], decision=yes("triager"), consent=given, on=timezone.localdate())
    minutes.approve(by=people["bo"], meeting=hold(meeting, people))
    row = Disclosure.objects.get(person=people["frida"].person)
    assert row.reads_until <= timezone.now()


# ---- the family
def test_the_chair_releases_for_one_child_and_not_the_childs_own_words(approved, meeting, people, named):
    child = named.children.get()
    release = releasing.release_to_family
    with pytest.raises(Refused):
        release(by=people["dina"], case_item=approved, child_id=child.pk, text="Vi ringer")
    with pytest.raises(ValidationError):
        release(
            by=people["anna"], case_item=approved, child_id=child.pk,
            text="Han sagde: jeg vil helst spille fodbold igen.",
        )  # fmt: skip
    releasing.set_child_agrees(by=people["anna"], case_item=approved, agrees=True)
    release(
        by=people["anna"], case_item=approved, child_id=child.pk,
        text="Han sagde: jeg vil helst spille fodbold igen.",
    )  # fmt: skip
    row = CaseText.objects.get(key=f"familie-{child.pk}")
    assert "fodbold" in Safe.of([row]).read(row, "text").text
    with pytest.raises(Refused):
        release(by=people["anna"], case_item=approved, child_id=child.pk + 99, text="Vi ringer")


def test_nothing_is_released_to_a_family_under_suspicion(approved, people, named):
    named.categories.add(
        Category.objects.create(key="vold", name="Vold", suspicion="suspected_violence_by_family")
    )
    with pytest.raises(Refused) as refused:
        releasing.release_to_family(
            by=people["anna"], case_item=approved, child_id=named.children.get().pk, text="Vi ringer"
        )
    assert refused.value.decision.code == "family_under_suspicion"


# ---- without a name


def test_it_stands_on_the_agenda_in_its_own_words(taken_up, concern, people, client_for, planned):
    concern.refresh_from_db()
    assert concern.status == ConcernStatus.ON_AGENDA
    assert taken_up.level == "anonymous"
    page = client_for(people["bo"]).get(reverse("meetings:before", args=[planned.pk])).content.decode()
    assert "En elev, der er alene" in page
    assert "Han er meget alene" not in page
    assert str(concern) not in page


def test_the_form_does_not_fill_itself_from_the_sealed_texts(concern, planned, people, client_for):
    url = reverse("meetings:case_take_up", args=[concern.code])
    page = client_for(people["anna"]).get(url)
    assert "Han er meget alene" not in page.content.decode()
    assert client_for(people["bo"]).get(url).status_code == 404
    data = {"meeting": planned.pk, "heading": "En elev", "question": "Råd?", "minutes": 10}
    assert client_for(people["anna"]).post(url, data).status_code == 302
    assert ConcernItem.objects.get().item.heading == "En elev"
    assert client_for(people["anna"]).post(url, data).status_code == 422


def test_what_points_to_a_child_is_stopped_on_the_way_to_the_agenda(concern, planned, people, client_for):
    url, client = reverse("meetings:case_take_up", args=[concern.code]), client_for(people["anna"])
    data = {"meeting": planned.pk, "heading": "Sofie Marie Jensen i 6.b", "minutes": 10}
    page = client.post(url, data | {"question": "Hun bor på Nørregade 14, ring 20 30 40 50."})
    assert page.status_code == 422
    assert {"heading", "question"} <= set(page.context["form"].errors)
    assert 'name="heading-vagt-' in page.content.decode()
    assert not ConcernItem.objects.exists()


def test_details_that_together_point_to_a_child_reach_the_agenda_by_a_yes_only(
    concern, planned, people, client_for
):
    url, client = reverse("meetings:case_take_up", args=[concern.code]), client_for(people["anna"])
    data = {"meeting": planned.pk, "heading": "En elev", "minutes": 10}
    data["question"] = "En syrisk dreng på 13 år, som går til boksning."
    page = client.post(url, data)
    assert page.status_code == 422
    assert "genkendeligt: alder, nationalitet" in page.content.decode()
    assert client.post(url, data | {"confirmed": "on"}).status_code == 302
    assert ConcernItem.objects.get().item.question == data["question"]


def test_the_page_of_the_concern_offers_the_way(concern, people):
    assert [each.url for each in concern_actions(people["anna"], concern)] == [
        f"/moeder/bekymring/{concern.code}/uden-navn/"
    ]
    assert concern_actions(people["bo"], concern) == []
    assert concern_actions(people["erik"], concern) == []


def test_the_advice_goes_back_at_approval_and_the_raiser_is_told_by_code(taken_up, concern, planned, people):
    running.start(by=people["anna"], meeting=planned)
    planned.refresh_from_db()
    AgendaItem.objects.filter(pk=taken_up.pk).update(text="Prøv en makker i klassen")
    minutes.approve(by=people["bo"], meeting=hold(planned, people))
    concern.refresh_from_db()
    assert concern.status == ConcernStatus.ADVISED
    entry = concern.entries.get(kind=Entry.Kind.ADVICE)
    assert Safe.of([entry]).read(entry, "text").text == "Prøv en makker i klassen"
    letter = OutgoingMail.objects.get(to=people["erik"].email)
    assert str(concern) in letter.subject
    assert "makker" not in letter.body
    assert mail.outbox == []


def test_what_was_put_off_brings_its_advice_home_too(taken_up, concern, planned, forum, people):
    later = MeetingFactory(lead_forum=forum, starts_at=planned.starts_at + timedelta(days=7))
    AgendaItemFactory(meeting=later, level="anonymous", deferred_from=taken_up, text="Spørg klubben")
    running.start(by=people["bo"], meeting=later)
    later.refresh_from_db()
    minutes.approve(
        by=people["bo"],
        meeting=running.finish(
            by=people["bo"], meeting=later, unfinished_items={i.pk: "done" for i in later.items.all()}
        ),
    )
    assert concern.entries.filter(kind=Entry.Kind.ADVICE).count() == 1


def test_when_it_gets_a_name_the_anonymous_words_leave_the_agenda(
    taken_up, concern, planned, people, client_for
):
    AgendaItemFactory(meeting=planned, position=9, heading="Eventuelt")
    give_name(concern, people)
    assert not AgendaItem.objects.filter(pk=taken_up.pk).exists()
    assert not Found.objects.filter(title__contains="alene").exists()
    row = CaseItem.objects.get(concern=concern)
    assert row.status == CaseItem.Status.PLANNED
    assert "En elev, der er alene" in Safe.of([row]).read(row, "anonymous_wording").text
    positions = list(planned.items.order_by("position").values_list("position", flat=True))
    assert positions == list(range(1, len(positions) + 1))


def test_when_it_gets_a_name_who_came_for_it_alone_does_not_read_the_rest(taken_up, concern, planned, people):
    AgendaItemFactory(meeting=planned, level="anonymous", heading="Noget andet")
    outsider = people["hans"]
    ParticipationFactory(meeting=planned, person=outsider.person, part="guest", only_item=taken_up)
    give_name(concern, people)
    assert {item.heading for item in items_visible_to(outsider, planned)} == {"Anonymt punkt"}


def test_what_stood_without_a_name_is_read_as_it_was_written(taken_up, concern, planned, people, client_for):
    give_name(concern, people)
    row = CaseItem.objects.get(concern=concern)
    page = client_for(people["anna"]).get(reverse("meetings:case", args=[planned.pk, row.pk]))
    text = page.content.decode()
    assert "Punktet, som det stod uden navn" in text
    assert "En elev, der er alene<br><br>Hvad gør vi?" in text
    assert "heading" not in page.context["view"].own["anonymous_wording"].text


def test_frozen_minutes_keep_the_anonymous_words(taken_up, concern, planned, people):
    running.start(by=people["anna"], meeting=planned)
    planned.refresh_from_db()
    held = hold(planned, people)
    minutes.approve(by=people["bo"], meeting=held)
    give_name(concern, people)
    assert AgendaItem.objects.filter(pk=taken_up.pk).exists()
    held.minutes_record.refresh_from_db()
    assert "En elev, der er alene" in str(held.minutes_record.frozen)


@pytest.mark.parametrize("told", ["child_view", "no_child_view", "nothing", "no action"])
def test_a_case_ends_with_the_childs_view_or_why_not(opened, meeting, people, client_for, told):
    anna = client_for(people["anna"])
    page, lacks = reverse("meetings:case", args=[meeting.pk, opened.pk]), "Barnets egen mening mangler"
    if told == "no action":
        CaseItem.objects.filter(pk=opened.pk).update(decision="close")
    elif told != "nothing":
        facts = CaseFacts(**{told: "Han vil helst være hjemme."})
        cases_writing.note_facts(by=people["anna"], case_item=opened, facts=facts)
    assert (lacks in anna.get(page).content.decode()) == (told == "nothing")
    ended = anna.post(reverse("meetings:case_finish", args=[meeting.pk, opened.pk]))
    opened.refresh_from_db()
    if told == "nothing":
        assert ended.status_code == 422
        assert "Skriv barnets egen mening" in ended.content.decode()
        assert opened.status == "opened"
    else:
        assert (ended.status_code, opened.status) == (302, "done")
