"""The pages of a network meeting, and every other page that must not know of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import join
from tests.network.conftest import CHILD, MOTHER, WORDS, everybody, fresh
from tests.network.test_meeting import effort, fill, soon
from tests.twice import look_and_save
from tovholder.accounts.models import User
from tovholder.audit.models import Event
from tovholder.citizens.models import Adult
from tovholder.concerns.models import Category, Concern
from tovholder.concerns.services.access_log import child_log
from tovholder.forums.models import Forum
from tovholder.meetings.models import CaseItem, CaseText, FamilyMember, Meeting, NetworkMeeting
from tovholder.meetings.network_hooks import concern_actions
from tovholder.meetings.services import family, feeds, reminders
from tovholder.meetings.services import network_efforts as efforts
from tovholder.meetings.services import network_meeting as running
from tovholder.meetings.services import network_minutes as minutes
from tovholder.outbox.models import OutgoingMail
from tovholder.plans.models import Agreement, CaseAgreement

For = Callable[[User], Client]
STEPS = ("sagen", "deltagere", "opgaver", "tid-og-sted", "grundlag", "familien", "indkald")


def at(network: NetworkMeeting, rest: str = "") -> str:
    return f"/netvaerksmoeder/{network.meeting_id}/{rest}"


def test_the_whole_calling_by_pages(
    forum: Forum, concern: Concern, erik: User, dina: User, mother: Adult, client_for: For
) -> None:
    page = client_for(erik)
    assert "Begynd" in page.get(f"/netvaerksmoeder/nyt/{concern.code}/").content.decode()
    page.post(f"/netvaerksmoeder/nyt/{concern.code}/")
    made = NetworkMeeting.objects.get()
    for step in STEPS:
        assert page.get(at(made, f"trin/{step}/")).status_code == 200, step
    answer = page.post(at(made, "trin/sagen/"), {"known_case": "yes"})
    assert answer.status_code == 422
    today = timezone.localdate().isoformat()
    page.post(at(made, "trin/sagen/"), {"known_case": "yes", "adviser_talked_on": today})
    page.post(at(made, "trin/deltagere/saet-paa/"), {"person": dina.person.pk})
    page.post(at(made, "trin/deltagere/telefon/"), {"text": "PPR skal ikke med."})
    both = {"chair": erik.person.pk, "minute_taker": dina.person.pk}
    page.post(at(made, "trin/opgaver/"), {"leader_talked_on": today, **both})
    page.post(
        at(made, "trin/tid-og-sted/"),
        {"day": soon(20).isoformat(), "starts": "14:00", "ends": "15:00", "place": "Øster Skole"},
    )
    ground = {
        "basis": "participation",
        "purpose_code": "wellbeing",
        "purpose": "Ro.",
        "necessity": "Handling.",
    }
    shown, answer = look_and_save(page, at(made, "trin/grundlag/"), ground)
    assert "Før du gemmer" in shown
    assert answer.status_code == 302
    page.post(at(made, "trin/familien/vaelg/"), {"voksen": mother.pk})
    page.post(at(made, "trin/familien/"), {"told_on": today})
    last = page.get(at(made, "trin/indkald/")).content.decode()
    assert "Indkald 2 fagfolk" in last
    assert MOTHER in last
    page.post(at(made, "indkald/"))
    made = fresh(made)
    assert made.meeting.invited_at is not None
    assert (made.known_case, made.meeting.minute_taker) == (True, dina.person)
    assert OutgoingMail.objects.count() == 2


def test_the_whole_meeting_by_pages(
    called: NetworkMeeting, erik: User, dina: User, anna: User, client_for: For
) -> None:
    page = client_for(erik)
    here = everybody(called)
    page.post(at(called, "begynd/"), {"p": here["people"], "f": here["family"]})
    shown = page.get(at(called, "under/")).content.decode()
    assert CHILD in shown
    for name in ("ny-words", "ny-responsible", "ny-due_on"):  # outside the form, and sent with it
        assert re.search(rf'<(?:input|select)[^>]*name="{name}"[^>]*form="skema"', shown), name
    assert f"<title>Under mødet: Netværksmøde, {called.concern}" in shown
    page.post(
        at(called, "under/skema/"),
        {
            "t-baggrund": "Fravær.", "v-baggrund": "0", "do": "indsats", "ny-words": "Klub",
            "ny-responsible": dina.person.pk, "ny-due_on": soon().isoformat(),
        },
    )  # fmt: skip
    assert CaseText.objects.get(key="skema-baggrund").version == 1
    assert CaseAgreement.objects.count() == 1
    fill(fresh(called), erik)
    page.post(at(called, "under/skema/"), {"do": "slut"})
    assert "Godkend referatet" in page.get(at(called, "efter/")).content.decode()
    page.post(at(called, "efter/godkend/"))
    after = client_for(dina).get(at(called, "efter/")).content.decode()
    assert "Klub" in after
    assert "Fravær." in after
    page.post(at(called, "efter/opfoelgning/"))
    assert NetworkMeeting.objects.count() == 2
    client_for(anna).post(at(called, "efter/afslut/"), {"outcome": "Det går godt."})
    assert Concern.objects.get().status == "closed"


def test_a_script_saves_one_field_and_hears_of_conflicts(
    begun: NetworkMeeting, erik: User, client_for: For
) -> None:
    page, url = client_for(erik), at(begun, "under/skema/")
    headers = {"HTTP_ACCEPT": "application/json"}
    first = page.post(url, {"t-baggrund": "En", "v-baggrund": "0"}, **headers)
    assert first.json()["version"] == 1
    second = page.post(url, {"t-baggrund": "To", "v-baggrund": "0"}, **headers)
    assert (second.status_code, second.json()["text"]) == (409, "En")
    wrong = page.post(url, {"t-baggrund": "010203-1234", "v-baggrund": "1"}, **headers)
    assert wrong.status_code == 422
    shown = page.post(
        url, {"t-baggrund": "To", "v-baggrund": "0", "t-naeste-moede": "", "v-naeste-moede": "0"}
    )
    assert shown.status_code == 409
    text = shown.content.decode()
    assert "En anden har skrevet imens" in text
    assert ">To</textarea>" in text


# The child's yes beside its own words: only what was chosen on the page counts, what stood there may be old.
OWN = {"t-barnets-stemme": "Jeg vil spille fodbold.", "v-barnets-stemme": "0"}


def agrees(network: NetworkMeeting) -> bool:
    return CaseItem.objects.get(meeting=network.meeting_id).child_agrees


@pytest.mark.parametrize("headers", [{}, {"HTTP_ACCEPT": "application/json"}])
def test_only_a_choice_made_on_the_page_changes_whether_the_child_agrees(
    begun: NetworkMeeting, erik: User, client_for: For, headers: dict[str, str]
) -> None:
    page, url = client_for(erik), at(begun, "under/skema/")
    assert 'name="barn-enig-foer" value="0"' in page.get(at(begun, "under/")).content.decode()
    for shown, chosen, after in (
        ("0", "0", False), ("0", "1", True), ("0", "0", True), ("1", "0", False), ("1", "1", False), ("", "1", False),
    ):  # fmt: skip
        page.post(url, {"barn-enig-foer": shown, "barn-enig": chosen}, **headers)
        assert agrees(begun) is after, (shown, chosen)
    told = Event.objects.filter(action="case_item.child_agreement_set").order_by("pk")
    assert [each.details["agrees"] for each in told] == [True, False]


def test_a_yes_is_to_the_words_as_they_stood(begun: NetworkMeeting, erik: User, client_for: For) -> None:
    page, url = client_for(erik), at(begun, "under/skema/")
    script = {"HTTP_ACCEPT": "application/json"}
    given = page.post(url, OWN | {"barn-enig-foer": "0", "barn-enig": "1"}, **script)
    assert given.json()["agrees"] is True
    new = {"t-barnets-stemme": "Jeg vil hjem.", "v-barnets-stemme": "1"}
    assert page.post(url, new, **script).json()["agrees"] is False
    again = {"t-barnets-stemme": "Jeg vil hjem nu.", "v-barnets-stemme": "2"}
    page.post(url, again | {"barn-enig-foer": "0", "barn-enig": "1"})
    assert agrees(begun)
    last = {
        "t-barnets-stemme": "Jeg vil ikke.",
        "v-barnets-stemme": "3",
        "barn-enig-foer": "1",
        "barn-enig": "1",
    }
    said = page.post(url, last, follow=True).content.decode()
    assert "Barnets ord er ændret, så svaret er nej igen" in said
    assert not agrees(begun)
    assert Event.objects.filter(action="case_item.child_agreement_set").count() == 4


def test_a_yes_to_words_that_are_not_saved_waits_with_them(
    begun: NetworkMeeting, erik: User, client_for: For
) -> None:
    page, url = client_for(erik), at(begun, "under/skema/")
    page.post(url, OWN)
    mine = {
        "t-barnets-stemme": "Noget andet.",
        "v-barnets-stemme": "0",
        "barn-enig-foer": "0",
        "barn-enig": "1",
    }
    shown = page.post(url, mine)
    assert shown.status_code == 409
    assert not agrees(begun)
    assert re.search(r'id="barn-enig-1" checked', shown.content.decode())


def test_nobody_else_finds_any_page(
    begun: NetworkMeeting, member: FamilyMember, personas: dict[str, User], client_for: For
) -> None:
    pages = ["", "begynd/", "under/", "efter/", "familien/", "opgiv/", "skema.pdf", "trin/familien/"]
    outside = {"bo", "carla", "frida", "grethe", "hans", "ida", "lise"}
    for name in outside:
        browser = client_for(personas[name])
        for page in pages:
            assert browser.get(at(begun, page)).status_code == 404, (name, page)
        assert browser.get(f"/moeder/{begun.meeting_id}/").status_code == 404
        assert browser.post(at(begun, "efter/godkend/")).status_code == 404
        assert browser.get(f"/netvaerksmoeder/nyt/{begun.concern.code}/").status_code == 404


def test_the_ordinary_pages_send_on_or_say_nothing(
    called: NetworkMeeting, erik: User, client_for: For
) -> None:
    page = client_for(erik)
    assert page.get(f"/moeder/{called.meeting_id}/").url == at(called)
    for rest in ("under/", "efter/", "ret/", "deltagere/", "dagsorden.pdf", "referat.pdf", "storskaerm/"):
        assert page.get(f"/moeder/{called.meeting_id}/{rest}").status_code == 404, rest


def test_it_stands_with_those_who_take_part_and_with_nobody_else(
    called: NetworkMeeting, forum: Forum, personas: dict[str, User], client_for: For
) -> None:
    """The forum's own convener, too, sees nothing of it: not the row, not its number."""
    join(personas["bo"], forum, convenes=True)
    title = called.meeting.title
    for name, user in personas.items():
        browser = client_for(user)
        takes_part = name in {"erik", "dina"}
        for page in ("/", "/moeder/", "/moeder/?periode=alle&eksport=csv", "/soeg/?q=Netv%C3%A6rksm%C3%B8de"):
            answer = browser.get(page)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            found = title in body.decode()
            if not takes_part or page.startswith("/soeg"):
                assert not found, (name, page)
        assert (title in browser.get("/moeder/").content.decode()) == takes_part, name
    for name in ("bo", "erik"):
        shown = client_for(personas[name]).get(f"/fora/{forum.pk}/").content.decode()
        assert title not in shown


def test_calendar_feeds(called: NetworkMeeting, forum: Forum, erik: User, bo: User, anna: User) -> None:
    join(bo, forum, convenes=True)
    join(erik, forum)
    mine = feeds.make(by=erik)
    escaped = called.meeting.title.replace(",", "\\,")
    assert escaped in feeds.written(feeds.snapshot(mine))
    for user in (bo, erik, anna):
        shared = feeds.make(by=user, forum=forum)
        assert escaped not in feeds.written(feeds.snapshot(shared))
    for user in (bo, anna):
        assert escaped not in feeds.written(feeds.snapshot(feeds.make(by=user)))


def test_reminders_go_to_who_is_called(called: NetworkMeeting) -> None:
    OutgoingMail.objects.all().delete()
    Meeting.every.update(
        starts_at=timezone.now() + timezone.timedelta(hours=20),
        ends_at=timezone.now() + timezone.timedelta(hours=21),
        invited_at=timezone.now() - timezone.timedelta(days=9),
    )
    assert reminders.send_due() == 2
    assert not [m for m in OutgoingMail.objects.all() if CHILD in m.body or WORDS in m.body]


def test_a_sealed_world_has_no_clear_text(
    begun: NetworkMeeting, erik: User, member: FamilyMember, dina: User
) -> None:
    """Nothing of the case stands in clear in the main database, the log and the queue of mails included."""
    running.save_field(by=erik, network=begun, key="baggrund", text="Kvistine sover ikke", base_version=0)
    efforts.add_effort(by=erik, network=begun, effort=effort("Kvistine går i klub", dina, soon()))
    running.finish(by=erik, network=begun)
    fill(fresh(begun), erik)
    family.write(token=family.token_of(member), text="Bodil er glad")
    minutes.approve(by=erik, network=begun)
    said = []
    for model in apps.get_models():
        if model._meta.app_label != "keys" and model._meta.managed:
            said += [repr(row) for row in model._default_manager.values_list()]
    dump = "\n".join(said)
    for secret in (CHILD.split()[0], MOTHER.split()[0], "sover ikke", "i klub", WORDS):
        assert secret not in dump, secret


def test_every_reading_is_logged(begun: NetworkMeeting, erik: User, client_for: For) -> None:
    before = Event.objects.filter(action="network.read").count()
    page = client_for(erik)
    for rest in ("under/", "efter/", "familien/", "trin/familien/"):
        page.get(at(begun, rest))
    assert Event.objects.filter(action="network.read").count() == before + 3  # the steps are over: refused
    event = Event.objects.filter(action="network.read").latest("pk")
    assert event.ground == "case_team"
    assert event.purpose


def test_the_log_of_the_child_has_a_line_for_each_page_of_the_meeting(
    begun: NetworkMeeting, erik: User, anna: User, client_for: For
) -> None:
    pages, child = client_for(erik), begun.concern.concern_children.get().child
    for rest in ("", "under/", "efter/", "skema.pdf"):
        before = len(child_log(by=anna, concern=begun.concern, child=child))
        assert pages.get(at(begun, rest)).status_code == 200, rest
        after = child_log(by=anna, concern=begun.concern, child=child)
        assert len(after) == before + 1, rest
        assert after[-1].what == "Netværksmødet om barnet blev læst"


@pytest.mark.parametrize("slug", STEPS)
def test_each_step_of_the_calling_is_in_the_log_of_the_child(
    slug: str, ready: NetworkMeeting, erik: User, client_for: For
) -> None:
    client_for(erik).get(at(ready, f"trin/{slug}/"))
    event = Event.objects.get(purpose="network calling")
    assert (event.object_type, event.object_id) == ("concerns.concern", str(ready.concern_id))


def test_the_list_of_network_meetings_is_a_line_for_each_case(
    ready: NetworkMeeting, erik: User, client_for: For
) -> None:
    client_for(erik).get("/netvaerksmoeder/")
    event = Event.objects.get(purpose="network list")
    assert (event.action, event.object_id) == ("concern.listed", str(ready.concern_id))


def test_a_concern_offers_the_meeting_to_who_may_call_it(
    concern: Concern, forum: Forum, erik: User, bo: User, suspicion: Category
) -> None:
    assert [each.url for each in concern_actions(erik, concern)] == [f"/netvaerksmoeder/nyt/{concern.code}/"]
    assert concern_actions(bo, concern) == []
    concern.categories.add(suspicion)
    assert concern_actions(erik, concern) == []


def test_the_day_says_what_is_left_to_do(
    draft: NetworkMeeting, erik: User, anna: User, client_for: For
) -> None:
    assert "Mangler at blive indkaldt" in client_for(erik).get("/").content.decode()
    assert "Mangler at blive indkaldt" not in client_for(anna).get("/").content.decode()


@pytest.mark.parametrize("page", ["", "under/", "efter/", "trin/deltagere/", "familien/"])
def test_the_pages_are_light(
    begun: NetworkMeeting, called: NetworkMeeting, erik: User, client_for: For, page: str,
    django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    if page.startswith("trin"):
        Meeting.every.update(status="planned")
    browser = client_for(erik)
    browser.get(at(begun, page))
    with django_assert_max_num_queries(45):
        answer = browser.get(at(begun, page))
    assert len(answer.content) < 30_000


def test_more_efforts_cost_no_more_queries(
    begun: NetworkMeeting, erik: User, client_for: For, django_assert_num_queries: Any
) -> None:
    browser, counts = client_for(erik), []
    for _n in range(3):
        efforts.add_effort(by=erik, network=begun, effort=effort("Noget", erik, soon()))
        with CaptureQueriesContext(
            connection,
        ) as found:
            browser.get(at(begun, "under/"))
        counts.append(len(found))
    assert counts[1] == counts[2]
    assert Agreement.every.count() == 3


def test_a_family_under_suspicion_is_offered_no_link(
    called: NetworkMeeting, erik: User, client_for: For, suspicion: Category
) -> None:
    called.concern.categories.add(suspicion)
    page = client_for(erik).get(at(called, "familien/")).content.decode()
    assert "Der kan ikke laves links" in page
    assert "Vis links" not in page
    assert MOTHER not in page


def test_the_door_says_why_it_stays_shut_and_keeps_the_ticks(
    called: NetworkMeeting, erik: User, client_for: For
) -> None:
    mine = called.meeting.participations.get(person=erik.person).pk
    ticks = {"p": mine, "f": everybody(called)["family"]}
    answer = client_for(erik).post(at(called, "begynd/"), ticks)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Myndighedens rådgiver er her ikke" in page
    assert f'value="{mine}" id="p{mine}" checked' in page
    assert "Hold mødet som udviklingsmøde" in page
    client_for(erik).post(at(called, "begynd/"), {**ticks, "udviklingsmoede": "1"})
    assert fresh(called).without_authority
