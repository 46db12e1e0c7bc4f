"""Build the demo municipality for the browser tests: `python tests/e2e/demo_world.py PLACES`, in an environment of its own.

As `make run` does it, and then a little more, so that every page has something to show: a meeting under way, one
that was just held and waits for its minutes, one with an invitation. PLACES is the file that tells where they are.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]


def main() -> None:
    import prepare  # found only by the path set above

    prepare.main("demo")
    places = add_what_happens_now()
    Path(sys.argv[1]).write_text(
        json.dumps({"places": places, "links": signed_links(places)}), encoding="utf-8"
    )


def add_what_happens_now() -> dict[str, int | str]:
    """Send one of Anna's invitations, begin another meeting and end a third. Return where things are."""
    from django.db import transaction  # after django.setup()

    from tovholder.accounts.models import User  # after django.setup()
    from tovholder.directory.models import School  # after django.setup()
    from tovholder.meetings.models import Meeting  # after django.setup()
    from tovholder.meetings.services import feeds, invitations, running  # after django.setup()
    from tovholder.plans.models import CasePlan  # after django.setup()

    anna = User.objects.get(name="Anna")
    planned = Meeting.objects.filter(kind="ordinary", status="planned").order_by("starts_at")
    coming, later = planned.filter(lead_forum__key="netvaerk-vester")[:2]
    under_way = planned.filter(lead_forum__key="netvaerk-oester")[0]
    held = planned.filter(lead_forum__key="netvaerk-strand")[0]
    with transaction.atomic():
        if coming.invited_at is None:
            invitations.send(by=anna, meeting=coming)
        running.start(by=anna, meeting=under_way)
        hold(anna, held)
        feeds.make(by=User.objects.get(name="Bo"))
    return {
        "coming": coming.pk,
        "under_way": under_way.pk,
        "item": under_way.items.order_by("position")[1].pk,
        "later": later.pk,
        "held": held.pk,
        "forum": coming.lead_forum_id,
        "plan": CasePlan.objects.order_by("pk")[0].pk,
        "tuesday": planned.get(lead_forum__key="tirsdagsmoede").pk,
        "network": Meeting.every.get(kind="network", status="held").pk,
        "school": School.objects.order_by("position")[0].pk,
        **concerns(),
    }


def concerns() -> dict[str, str]:
    """Codes of a concern by name and of one that calls for a notification."""
    from tovholder.concerns.models import Concern  # after django.setup()

    named = Concern.objects.filter(level="named", ended_at=None)
    return {
        "concern": named.filter(scale_level__prompts_notification=False)[0].code,
        "red_concern": named.filter(scale_level__prompts_notification=True)[0].code,
    }


def signed_links(places: dict[str, int | str]) -> list[str]:
    """Return an address of each kind that people without a login get by mail."""
    from tovholder.directory.models import Person  # after django.setup()
    from tovholder.meetings.models import Participation, Relay  # after django.setup()
    from tovholder.meetings.services import links as meetings  # after django.setup()
    from tovholder.plans import links as plans  # after django.setup()
    from tovholder.plans.models import Agreement  # after django.setup()

    invited = Participation.objects.filter(meeting=places["coming"], answer="none")[0]
    agreement = Agreement.objects.filter(status="open", responsible__isnull=False)[0]
    relay = Relay.objects.create(
        from_forum_id=places["forum"], heading="Lys på stien", text="Stien til stationen er mørk.",
        to_person=Person.objects.get(name="Grethe"), created_by="system",
    )  # fmt: skip
    return [
        meetings.answer_url(invited),
        meetings.relay_url(relay),
        plans.answer_url(agreement, agreement.responsible),
        plans.reminders_url(agreement.responsible),
    ]


def hold(by: Any, meeting: Any) -> None:
    """Run a meeting to its end, with an agreement that lacks its date and an anonymous item."""
    from tovholder.meetings.services import attendance, capturing, running, writing  # after django.setup()

    running.start(by=by, meeting=meeting)
    attendance.all_expected_are_here(by=by, meeting=meeting)
    first, second, *_rest = meeting.items.exclude(source="open_agreements").order_by("position")
    meeting.items.filter(pk=second.pk).update(level="anonymous")
    for item, text in ((first, "Der er roligt omkring multibanen. Flere unge kommer i klubben om fredagen."),
                       (second, "En gruppe på 7. årgang mødes sent ved hallen. Klubben tager kontakt.")):  # fmt: skip
        item.refresh_from_db()
        writing.save_text(by=by, item=item, text=text, base_version=item.text_version)
    capturing.add_outcome(
        by=by, item=first, kind="decision", text="Klubben holder åbent hver fredag i december."
    )
    capturing.add_agreement(
        by=by,
        item=first,
        what="Spørg hallen, om lyset kan være tændt til kl. 22",
        responsible=by.person,
        due_on=None,
    )
    running.finish(
        by=by, meeting=meeting, unfinished_items={item.pk: "done" for item in running.unfinished(meeting)}
    )


if __name__ == "__main__":
    main()
