"""Pages about cases with as much on them as there can be, in the demo's world: for the test of what a page costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tovholder.accounts.models import User
from tovholder.demo.cast import PERSONAS
from tovholder.directory.models import Person
from tovholder.forums.standing import convened_forum_ids
from tovholder.meetings.models import CaseItem, Meeting, NetworkMeeting
from tovholder.meetings.services import (
    attendance,
    cases_intake,
    cases_names,
    network,
    network_efforts,
    network_meeting,
    network_minutes,
    network_people,
    running,
)
from tovholder.meetings.services.cases import Ground, open_case
from tovholder.plans.models import Agreement, CaseAgreement, CasePlan, Scaling
from tovholder.plans.services import agreements, case_agreements, case_plans
from tovholder.yearwheel.models import PlannedMeeting

# A page is a login, an address, and what is posted to it where it is not only looked at.
Heavy = tuple[Client, str, dict[str, Any] | None]
NAMES, EFFORTS, PEOPLE = cases_intake.MOST, 10, 20
PROFESSIONALS, SUPPORT, AGREED, LEFT_OPEN = 5, 2, 5, 25  # at a network meeting more people than is wise
PLAN_PAGES = ("plan", "write", "add_effort", "who_does_what", "release", "readers")


def heavy_pages() -> Iterator[Heavy]:
    """Fill the pages, and yield each of them to be asked for."""
    anna, carla = (User.objects.get(email=PERSONAS[n].email) for n in (0, 2))
    hers, theirs = Client(), Client()
    hers.force_login(anna)
    theirs.force_login(carla)
    yield from _case_meeting(anna, carla, hers, theirs)
    yield from _plan(anna, hers)
    yield from _network(hers)
    yield from _leaving(anna, hers)
    yield from _wheel(hers)
    yield hers, "/maa-vi-dele/", _may_we_share()
    asked = hers.post(reverse("search:ask"), {"q": "boligforenigen belysnign statoinen"})
    assert "Mente du" in hers.get(asked["Location"]).content.decode()
    yield hers, asked["Location"], None


def _case_meeting(anna: User, carla: User, hers: Client, theirs: Client) -> Iterator[Heavy]:
    """The case meeting with five hundred names: planned, with one case opened, with a page of names opened."""
    case = CaseItem.objects.filter(status="planned", is_handover=False, meeting__kind="ordinary").first()
    assert case is not None
    meeting = Meeting.every.get(pk=case.meeting_id)
    lines = "\n".join(
        f"Prøve Nummer{n}; {1 + n % 28}.{1 + n % 12}.2012; m; politi; tyveri" for n in range(NAMES)
    )
    given = cases_intake.districts_of(meeting, carla)
    read = cases_intake.read_lines(lines, districts=replace(given, chosen=given.known[0]))
    cases_intake.hand_over(by=carla, meeting=meeting, lines=read, necessity="De skal nævnes")
    page = reverse("meetings:case", args=[meeting.pk, case.pk])
    lists = [reverse(f"meetings:{name}", args=[meeting.pk]) for name in ("names", "case_list", "before")]
    for path in (page, *lists):
        yield hers, path, None
    yield theirs, reverse("meetings:names_in", args=[meeting.pk]), None
    chair = next(user for user in User.objects.all() if getattr(user, "person", None) == meeting.chair)
    meeting = running.start(by=chair, meeting=meeting)
    for row in meeting.participations.all():
        attendance.set_attended(by=chair, participation=row, attended=True)
    yield hers, page, None  # the form that opens the name
    open_case(by=anna, case_item=case)
    first = list(meeting.case_items.filter(is_handover=True, status="planned")[:25])
    cases_names.open_names(by=anna, meeting=meeting, items=first)
    for client in (hers, theirs):
        for path in (page, *lists[:2]):
            yield client, path, None


def _plan(anna: User, hers: Client) -> Iterator[Heavy]:
    """A plan with ten efforts, each with somebody who helps, and ten numbers."""
    plan = CasePlan.objects.filter(status=CasePlan.Status.OPEN).select_related("concern").first()
    assert plan is not None
    one = Agreement.every.filter(case__plan=plan).select_related("forum", "responsible").first()
    assert one is not None
    today = timezone.localdate()
    for number in range(EFFORTS):
        case_agreements.make_case_agreement(
            by=anna, concern=plan.concern, plan=plan, forum=one.forum, words=f"Følge til fodbold, uge {number}",
            responsible=one.responsible, due_on=today + timedelta(days=number), priority=number,
            sign_of_progress="Kommer hver gang", helpers=[anna.person],
        )  # fmt: skip
        on = today - timedelta(days=number)
        case_plans.scale(by=anna, plan=plan, by_whom=Scaling.By.values[0], value=number, words="Bedre", on=on)
    for name in PLAN_PAGES:
        yield hers, reverse(f"case_plans:{name}", args=[plan.pk]), None


def _network(hers: Client) -> Iterator[Heavy]:
    """A follow-up network meeting as big as they come: planned, under way, held, approved."""
    made = NetworkMeeting.objects.get(followed_by=None, follows__isnull=False)
    erik = User.objects.get(pk=made.initiator.user_id)
    his = Client()
    his.force_login(erik)
    today = timezone.localdate()
    others = Person.objects.filter(organisation__kind__sharing_kind="school").exclude(pk=made.initiator_id)
    for person in others[:PROFESSIONALS]:
        network_people.add_professional(by=erik, network=made, person=person)
    child = made.concern.children.get()
    for number in range(SUPPORT):
        network_people.add_support_person(
            by=erik, network=made, child=child, name=f"Bisidder {number}", age=30
        )
    network_people.tell_family(by=erik, network=made, on=today)
    network.write_duties(
        by=erik,
        network=made,
        initiator_leads=False,
        leader_talked_on=today,
        chair=made.initiator,
        minute_taker=made.initiator,
    )
    network.write_ground(
        by=erik, network=made, ground=Ground("participation", "wellbeing", "Ro", "De skal handle")
    )
    made = NetworkMeeting.objects.get(pk=made.pk)
    network.call(by=erik, network=made, lacks=network_people.lacks(made))
    pages = [
        reverse(f"network:{name}", args=[made.meeting_id]) for name in ("meeting", "start", "run", "after")
    ]
    yield his, pages[0], None
    yield his, pages[1], None
    network_meeting.start(
        by=erik, network=made, people=list(made.meeting.participations.values_list("pk", flat=True)),
        family=list(made.meeting.family.values_list("pk", flat=True)),
    )  # fmt: skip
    for number in range(AGREED):
        words = f"Følger hende til fodbold, og ringer hjem bagefter, uge {number}"
        effort = network_efforts.EffortText(words, made.initiator, today, "Hun kommer hver gang")
        network_efforts.add_effort(by=erik, network=NetworkMeeting.objects.get(pk=made.pk), effort=effort)
    for key in ("siden-sidst", "barnets-stemme", "familiens-oplevelse"):
        network_meeting.save_field(
            by=erik, network=made, key=key, text="Det går bedre. " * 20, base_version=0
        )
    for client in (his, hers):
        yield client, pages[0], None
    yield his, pages[2], None
    made = NetworkMeeting.objects.get(pk=made.pk)
    network_meeting.finish(by=erik, network=made)
    yield his, pages[2], None
    for client in (his, hers):
        yield client, pages[3], None
    made = NetworkMeeting.objects.get(pk=made.pk)
    earlier, _new = network_efforts.efforts(network.case_of(made), made)
    for each in earlier:
        row = CaseAgreement.objects.get(pk=each.id)
        network_efforts.choose(
            by=erik, network=made, row=row, choice="stop", reason="Det er ikke nødvendigt mere"
        )
    made = NetworkMeeting.objects.get(pk=made.pk)
    network_meeting.save_field(
        by=erik, network=made, key="videre-forloeb", text="Vi afslutter", base_version=0
    )
    network_minutes.approve(by=erik, network=NetworkMeeting.objects.get(pk=made.pk))
    for client in (his, hers):
        yield client, pages[3], None
    yield his, reverse("network:release", args=[made.meeting_id]), None


def _leaving(anna: User, hers: Client) -> Iterator[Heavy]:
    """Somebody who leaves with much to hand over."""
    who = Person.objects.get(name="Erik")
    own = Agreement.objects.filter(status="open", forum__in=convened_forum_ids(anna))
    forum = own.select_related("forum").order_by("pk")[0].forum
    for number in range(LEFT_OPEN):
        agreements.create_agreement(
            by=anna, forum=forum, what=f"Ring til klubben om aften nummer {number}", responsible=who
        )
    yield hers, reverse("meetings:hand_over", args=[who.pk]), None


def _wheel(hers: Client) -> Iterator[Heavy]:
    """A meeting of the year's plan, a place that is tried for it, and the places that are offered."""
    row = PlannedMeeting.objects.filter(date__gt=timezone.localdate() + timedelta(days=40)).order_by("date")[
        0
    ]
    day = row.date + timedelta(days=30)
    tries = ("", f"?dato={day.isoformat()}", f"?dato={day.isoformat()}&kl=10:00", "?forslag")
    for tried in (*tries, f"{tries[1]}&forslag"):
        yield hers, reverse("yearwheel:meeting", args=[row.pk]) + tried, None


def _may_we_share() -> dict[str, Any]:
    told: dict[str, Any] = {
        "level": "named", "date": "2026-11-22", "highest_level": "named", "bases": ["rpl115"], "basis": "rpl115",
        "purpose_code": "crime_prevention", "purpose": "forebygge", "is_necessary": "on", "birth_date": "2014-01-01",
        "custody_holders": "2", "prior": "0", "deltager-TOTAL_FORMS": str(PEOPLE), "deltager-INITIAL_FORMS": "0",
        "samtykke-TOTAL_FORMS": "1", "samtykke-INITIAL_FORMS": "0",
    }  # fmt: skip
    for number in range(PEOPLE):
        told[f"deltager-{number}-kind"] = "association"
        told[f"deltager-{number}-organisation"] = f"Fritidsklubben {number}"
    return told
