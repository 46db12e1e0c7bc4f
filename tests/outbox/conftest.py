from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.outbox.mail_server import Inbox, free_port, mail_server


@pytest.fixture
def smtp_port(settings: Any) -> int:
    """Mail goes to a port on this machine where nobody answers, until a test starts a server there."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = free_port()
    settings.EMAIL_TIMEOUT = 5
    return int(settings.EMAIL_PORT)


@pytest.fixture
def inbox(smtp_port: int) -> Iterator[Inbox]:
    with mail_server(smtp_port) as box:
        yield box
