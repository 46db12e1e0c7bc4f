"""Say as JSON what a machine's database holds after its faults; run in a process of its own by `machine.py`."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tovholder.config.settings")


def main() -> None:
    import django  # the environment decides which

    django.setup()
    from tovholder.audit.models import Event  # after django.setup()
    from tovholder.meetings.models import AgendaItem, Relay  # after django.setup()
    from tovholder.outbox.models import OutgoingMail  # after django.setup()
    from tovholder.plans.models import Agreement  # after django.setup()

    agreements, relays = (
        Agreement.objects.values_list("pk", "what"),
        Relay.objects.values_list("pk", "heading"),
    )
    logged = Counter(Event.objects.filter(kind="write").values_list("action", "object_id"))
    mailed = Counter(OutgoingMail.objects.values_list("about", flat=True))
    print(
        json.dumps(
            {
                "agreements": [what for _pk, what in agreements],
                "relays": [heading for _pk, heading in relays],
                "badly_logged": [what for pk, what in agreements if logged["agreement.created", str(pk)] != 1]
                + [what for pk, what in relays if sum(logged[a, str(pk)] for a in RELAY_ACTIONS) != 1],
                "badly_mailed": [what for pk, what in relays if mailed[f"relay:{pk}"] != 1],
                "text": AgendaItem.objects.order_by("pk").last().text,
                "mails": dict(OutgoingMail.objects.values_list("message_id", "status")),
                "waiting": OutgoingMail.objects.filter(status__in=["waiting", "sending"]).count(),
            }
        )
    )


RELAY_ACTIONS = ("relay.sent",)

if __name__ == "__main__":
    main()
