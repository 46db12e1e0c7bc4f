"""Make the municipality that the faults are tried in: `python tests/faults/small_world.py`, in an environment of its own.

Prints where things are, and a session of Anna's, as JSON.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

ROOT = Path(os.environ.get("FAULTS_CODE") or Path(__file__).resolve().parents[2])
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tovholder.config.settings")


def main() -> None:
    import django  # the environment decides which

    django.setup()
    from django.core.management import call_command  # after django.setup()
    from django.db import connections  # after django.setup()

    for alias in connections:
        call_command("migrate", database=alias, interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    print(json.dumps(places()))


def places() -> dict[str, object]:
    """A network where Anna convenes and a meeting runs."""
    from importlib import import_module  # after django.setup()

    from django.conf import settings  # after django.setup()
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # after django.setup()

    from tests.factories import (  # after django.setup()
        AgendaItemFactory,
        ForumFactory,
        MeetingFactory,
        MunicipalityFactory,
        join,
        make_user,
    )

    MunicipalityFactory()
    anna, bo = make_user("Anna", "consultant"), make_user("Bo", "member")
    forum = ForumFactory(key="netvaerk-vester", name="Netværk Vester")
    join(anna, forum, convenes=True)
    join(bo, forum)
    meeting = MeetingFactory(lead_forum=forum, status="running", minute_taker=anna.person)
    item = AgendaItemFactory(meeting=meeting)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(anna.pk), settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = anna.get_session_auth_hash()
    session.create()
    return {"session": session.session_key, "forum": forum.pk, "anna": anna.person.pk, "bo": bo.person.pk,
            "meeting": meeting.pk, "item": item.pk}  # fmt: skip


if __name__ == "__main__":
    main()
