"""The pages of a running meeting: who gets in, what a tap changes, what the big screen never shows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import (
    AgreementFactory,
    ForumFactory,
    ParticipationFactory,
)
from tovholder.meetings.models import (
    AgendaItem,
    Meeting,
    MeetingStatus,
    Outcome,
    Participation,
    Topic,
)
from tovholder.meetings.services import capturing, running, writing
from tovholder.plans.models import Agreement
from tovholder.ui.templatetags.ui import dkdate

HTMX = {"HTTP_HX_REQUEST": "true"}
SCRIPT = {"HTTP_ACCEPT": "application/json"}


def url(name: str, meeting: Meeting, *more) -> str:
    return reverse(f"meetings:{name}", args=[meeting.pk, *more])


def at(meeting: Meeting, position: int) -> AgendaItem:
    return meeting.items.get(position=position)


def html(response) -> str:
    return response.content.decode()


def test_the_meeting_begins_with_one_button(page, planned):
    planned.starts_at = timezone.now() + timedelta(hours=23)
    planned.save()
    assert "Vil du begynde nu?" not in html(page.get(url("run", planned)))
    assert "Begynd mødet" in html(page.get(url("run", planned)))
    response = page.post(url("start", planned), follow=True)
    assert "Snus i udskolingen" in html(response)
    assert "Punkt 1 af 3" in html(response)
    planned.refresh_from_db()
    assert planned.status == MeetingStatus.RUNNING


def test_a_meeting_begun_before_its_day_asks_once(page, planned):
    shown = html(page.get(url("run", planned)))
    assert f"Mødet er først {dkdate(planned.starts_at)}. Vil du begynde nu?" in shown
    assert 'name="early"' in shown
    asked = html(page.post(url("start", planned), follow=True))
    assert "Sæt kryds, hvis I vil begynde nu." in asked
    planned.refresh_from_db()
    assert planned.status == MeetingStatus.PLANNED
    page.post(url("start", planned), {"early": "1"})
    planned.refresh_from_db()
    assert planned.status == MeetingStatus.RUNNING


def test_a_meeting_taken_up_again_asks_nothing(page, meeting, anna):
    running.finish(
        by=anna, meeting=meeting, unfinished_items={i.pk: running.DONE for i in meeting.items.all()}
    )
    page.post(url("start", meeting))
    meeting.refresh_from_db()
    assert meeting.status == MeetingStatus.RUNNING


@pytest.mark.parametrize("persona", ["bo", "carla", "grethe"])
def test_who_may_see_but_not_write_is_refused_with_the_reason(persona, personas, client_for, meeting):
    response = client_for(personas[persona]).get(url("run", meeting))
    assert response.status_code == 403
    assert "referent" in html(response)


@pytest.mark.parametrize("persona", ["dina", "erik", "hans", "ida", "lise", "frida"])
def test_who_may_not_know_of_it_finds_nothing(persona, personas, client_for, meeting):
    client = client_for(personas[persona])
    for name in ("run", "after", "projector", "minutes_pdf"):
        assert client.get(url(name, meeting)).status_code == 404, name


def test_the_page_of_an_item_shows_ring_progress_and_attendance(page, meeting):
    body = html(page.get(url("run_item", meeting, at(meeting, 1).pk)))
    assert "min tilbage af 10" in body
    assert "Til stede: 0 af 3" in body
    assert body.count('aria-current="step"') == 1


def test_next_saves_the_text_ticks_the_item_and_opens_the_next(page, meeting):
    one, two = at(meeting, 1), at(meeting, 2)
    response = page.post(
        url("move", meeting),
        {"to": two.pk, "item": one.pk, "text": "Skrevet uden script", "version": 0, "done": "1"},
    )
    assert response.url == url("run_item", meeting, two.pk)
    one.refresh_from_db()
    meeting.refresh_from_db()
    assert (one.text, one.done_at is not None, meeting.current_item) == ("Skrevet uden script", True, two)


def test_back_does_not_tick_the_item_off(page, meeting, anna):
    one, two = at(meeting, 1), at(meeting, 2)
    running.go_to_item(by=anna, meeting=meeting, item=two)
    page.post(
        url("move", meeting) + "?tilbage",
        {"to": one.pk, "item": two.pk, "text": "", "version": 0, "done": "1"},
    )
    two.refresh_from_db()
    assert two.done_at is None


def test_next_stops_at_a_conflict_and_shows_both_texts(page, meeting, anna):
    one, two = at(meeting, 1), at(meeting, 2)
    writing.save_text(by=anna, item=one, text="Den andens tekst", base_version=0)
    response = page.post(
        url("move", meeting), {"to": two.pk, "item": one.pk, "text": "Min tekst", "version": 0}
    )
    assert response.status_code == 409
    assert "Den andens tekst" in html(response)
    assert "Min tekst" in html(response)
    page.post(url("save_text", meeting, one.pk), {"text": "Min tekst", "version": 1, "join": "both"})
    one.refresh_from_db()
    assert one.text == "Den andens tekst\n\nMin tekst"


@pytest.mark.parametrize("to", ["", "x", "999999999", "-1"])
def test_a_forged_item_is_not_found(page, meeting, to):
    assert page.post(url("move", meeting), {"to": to}).status_code == 404


def test_the_script_gets_json(page, meeting, anna):
    item = at(meeting, 1)
    address = url("save_text", meeting, item.pk)
    saved = page.post(address, {"text": "Første", "version": 0}, **SCRIPT)
    assert saved.json()["version"] == 1
    conflict = page.post(address, {"text": "Anden", "version": 0}, **SCRIPT)
    assert conflict.status_code == 409
    assert (conflict.json()["text"], conflict.json()["by"]) == ("Første", "Anna")
    refused = page.post(address, {"text": "010203-1234", "version": 1}, **SCRIPT)
    assert refused.status_code == 422
    assert "CPR" in refused.json()["error"]
    assert page.post(address, {"text": "Tredje", "version": "æ"}, **SCRIPT).status_code == 409


def test_the_script_is_told_when_it_may_not_write(client_for, bo, meeting):
    answer = client_for(bo).post(
        url("save_text", meeting, at(meeting, 1).pk), {"text": "x", "version": 0}, **SCRIPT
    )
    assert answer.status_code == 403
    assert "referent" in answer.json()["error"]


def test_a_tap_on_attendance_gives_the_list_back(page, meeting, bo):
    row = meeting.participations.get(person=bo.person)
    response = page.post(url("attend", meeting), {"tap": f"{row.pk}-1"}, **HTMX)
    assert "Til stede: 1 af 3" in html(response)
    assert "<html" not in html(response)
    back = page.post(url("attend", meeting), {"tap": f"{row.pk}-0", "back": "https://ond.example/"})
    assert back.url == url("run", meeting)
    row.refresh_from_db()
    assert row.attended is False


def test_all_who_said_yes_are_ticked_at_once(page, meeting, bo):
    meeting.participations.filter(person=bo.person).update(answer="yes")
    assert "Alle, der sagde ja" in html(page.get(url("run_item", meeting, at(meeting, 1).pk)))
    response = page.post(url("attend", meeting), {"tap": "expected"}, **HTMX)
    assert "Til stede: 1 af 3" in html(response)
    assert "Alle, der sagde ja" not in html(response)


@pytest.mark.parametrize("tap", ["", "x-1", "1-2", "9" * 30 + "-1", "1"])
def test_a_forged_tap_is_not_found(page, meeting, tap):
    assert page.post(url("attend", meeting), {"tap": tap}).status_code == 404


def test_a_participation_of_another_meeting_is_not_found(page, meeting):
    other = ParticipationFactory()
    assert page.post(url("attend", meeting), {"tap": f"{other.pk}-1"}).status_code == 404


def test_a_guest_is_written_down_and_cpr_refused(page, meeting):
    refused = page.post(url("guest", meeting), {"name": "Per 010203-1234"})
    assert refused.status_code == 422
    assert "CPR" in html(refused)
    page.post(url("guest", meeting), {"name": "Per Holm"})
    assert Participation.objects.get(person__name="Per Holm").attended is True


@pytest.mark.parametrize(
    ("slug", "data", "found"),
    [
        ("aftale", {"aftale-what": "Ring til klubben", "aftale-due": ""}, Agreement),
        ("beslutning", {"beslutning-text": "Vi gør det"}, Outcome),
        ("orientering", {"orientering-text": "Skolen siger"}, Outcome),
        ("emne", {"emne-heading": "Lattergas"}, Topic),
    ],
)
def test_each_kind_is_caught_with_and_without_script(page, meeting, slug, data, found):
    address = url("capture", meeting, at(meeting, 1).pk, slug)
    assert page.post(address, data).status_code == 302
    panel = html(page.post(address, data, **HTMX))
    assert "<html" not in panel
    assert "Fanget under punktet" in panel
    assert found.objects.count() == 2


def test_a_proposal_is_addressed(page, meeting, bo):
    address = url("capture", meeting, at(meeting, 1).pk, "forslag")
    refused = page.post(address, {"forslag-text": "Mere lys"}, **HTMX)
    assert refused.status_code == 422
    assert "Vælg ét forum" in html(refused)
    page.post(address, {"forslag-text": "Mere lys", "forslag-to_person": bo.person.pk})
    assert Outcome.objects.get().to_person == bo.person


def test_an_error_opens_the_right_form_again_with_what_was_typed(page, meeting):
    address = url("capture", meeting, at(meeting, 1).pk, "aftale")
    response = page.post(address, {"aftale-what": "Ring", "aftale-due": "own"})
    assert response.status_code == 422
    assert 'value="Ring"' in html(response)
    assert "Vælg en dag." in html(response)
    assert not Agreement.objects.exists()


def test_an_agreement_gets_person_and_day(page, meeting, bo):
    address = url("capture", meeting, at(meeting, 1).pk, "aftale")
    day = capturing.usual_due_day(capturing.next_meeting_day(meeting)).isoformat()
    page.post(address, {"aftale-what": "Ring", "aftale-due": day, "aftale-responsible": bo.person.pk})
    agreement = Agreement.objects.get()
    assert (agreement.responsible, agreement.due_on.isoformat()) == (bo.person, day)


def test_a_person_from_nowhere_cannot_be_made_responsible(page, meeting, erik):
    address = url("capture", meeting, at(meeting, 1).pk, "aftale")
    response = page.post(address, {"aftale-what": "Ring", "aftale-responsible": erik.person.pk})
    assert response.status_code == 422


def test_a_forum_that_does_not_act_proposes_first(page, meeting, network):
    network.acts = False
    network.save()
    body = html(page.get(url("run_item", meeting, at(meeting, 1).pk)))
    assert body.index('data-catch="forslag"') < body.index('data-catch="aftale"')
    assert "Forslaget sendes til et forum eller en person" in body
    assert "netværkets egne opgaver" in html(
        page.get(url("run_item", meeting, at(meeting, 1).pk), {"fang": "aftale"})
    )


def test_a_form_that_is_not_open_is_fetched_alone(page, meeting):
    address = url("run_item", meeting, at(meeting, 1).pk)
    whole = html(page.get(address))
    assert whole.count("data-catch-form=") == 1
    panel = html(page.get(address, {"fang": "beslutning"}, **HTMX))
    assert 'data-catch-form="beslutning"' in panel
    assert "<html" not in panel


def test_a_joint_meeting_asks_which_forum(page, meeting):
    body = html(page.get(url("run_item", meeting, at(meeting, 1).pk)))
    assert "Hvilket forum" not in body
    meeting.forums.add(ForumFactory())
    Meeting.objects.filter(pk=meeting.pk).update(kind="joint")
    assert "Hvilket forum" in html(page.get(url("run_item", meeting, at(meeting, 1).pk)))


@pytest.mark.parametrize("slug", ["aftale", "beslutning", "emne"])
def test_what_was_caught_is_corrected_removed_and_brought_back(page, meeting, anna, slug):
    item = at(meeting, 1)
    thing = {
        "aftale": lambda: capturing.add_agreement(by=anna, item=item, what="Gammel"),
        "beslutning": lambda: capturing.add_outcome(by=anna, item=item, kind="decision", text="Gammel"),
        "emne": lambda: capturing.capture_topic(by=anna, item=item, heading="Gammel"),
    }[slug]()
    name = {"aftale": "what", "beslutning": "text", "emne": "heading"}[slug]
    edit = url("capture_edit", meeting, item.pk, slug, thing.pk)
    assert "Gammel" in html(page.get(edit))
    page.post(edit, {name: "Rettet"})
    thing.refresh_from_db()
    assert str(thing) == "Rettet"
    gone = page.post(url("capture_remove", meeting, item.pk, slug, thing.pk), follow=True)
    assert "Fjernet: »Rettet«" in html(gone)
    assert 'class="th-count">0<' in html(gone)
    back = page.post(url("capture_undo", meeting, item.pk), follow=True)
    assert 'class="th-count">1<' in html(back)
    assert page.post(url("capture_undo", meeting, item.pk)).status_code == 404


def test_open_agreements_are_chosen_for_on_the_page(page, planned, anna, network):
    agreement = AgreementFactory(forum=network, what="Ring til klubben")
    meeting = running.start(by=anna, meeting=planned)
    item = meeting.items.get(source="open_agreements")
    assert "Ring til klubben" in html(page.get(url("run_item", meeting, item.pk)))
    assert page.get(url("choose", meeting, agreement.pk, "gjort")).status_code == 404
    page.post(url("choose", meeting, agreement.pk, "gjort"))
    agreement.refresh_from_db()
    assert agreement.status == "done"
    page.post(url("choose", meeting, agreement.pk, "fortryd"))
    refused = page.post(url("choose", meeting, agreement.pk, "stop"), {"reason": ""})
    assert refused.status_code == 422
    page.post(url("choose", meeting, agreement.pk, "stop"), {"reason": "Ikke mere aktuelt"})
    agreement.refresh_from_db()
    assert (agreement.status, agreement.reason) == ("stopped", "Ikke mere aktuelt")
    assert page.post(url("choose", meeting, AgreementFactory().pk, "gjort")).status_code == 404
    assert page.post(url("choose", meeting, agreement.pk, "spis")).status_code == 404


def test_a_changed_agreement_has_its_successor_on_the_page(page, planned, anna, bo, network):
    agreement = AgreementFactory(forum=network, what="Ring")
    meeting = running.start(by=anna, meeting=planned)
    data = {"what": "Skriv", "responsible": bo.person.pk, "due_on": "2030-01-01", "reason": "Ingen svarer"}
    body = html(page.post(url("choose", meeting, agreement.pk, "aendr"), data, follow=True))
    assert "Ny aftale: Skriv" in body
    assert agreement.carried.get().choice == "change"


def test_items_are_put_off_and_the_end_asks(page, meeting):
    two = at(meeting, 2)
    page.post(url("mark", meeting, two.pk, "udskyd"))
    two.refresh_from_db()
    assert two.is_deferred
    body = html(page.get(url("finish", meeting)))
    assert "Ét punkt" in body
    refused = page.post(url("finish", meeting))
    assert refused.status_code == 422
    assert "Eventuelt" in html(refused)
    page.post(url("finish", meeting), {f"punkt-{at(meeting, 3).pk}": "done"})
    meeting.refresh_from_db()
    assert meeting.status == MeetingStatus.HELD


def test_the_minutes_are_corrected_after_the_end_without_moving_the_meeting(page, meeting, anna):
    chosen = {item.pk: running.DONE for item in meeting.items.all()}
    running.finish(by=anna, meeting=meeting, unfinished_items=chosen)
    body = html(page.get(url("run_item", meeting, at(meeting, 1).pk)))
    assert "Mødet er slut. Du retter i referatet" in body
    page.post(
        url("move", meeting),
        {"to": at(meeting, 2).pk, "item": at(meeting, 1).pk, "text": "Rettet", "version": 0},
    )
    meeting.refresh_from_db()
    assert meeting.current_item is None
    assert at(meeting, 1).text == "Rettet"


# ---------------------------------------------------------------- checklist
