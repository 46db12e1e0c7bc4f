"""Keeps personal data out of log lines."""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.utils import InterfaceError, OperationalError

_QUERY = re.compile(r"\?[^\s\"']*")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
# Signed links and reset keys: whoever reads the log must not be able to use them.
_TOKEN = re.compile(r"/[\w-]*:[\w:-]{10,}|(?<=/glemt/)[\w-]{20,}|(?<=/kalender/)[\w-]{20,}")

# These speak of the machine. All others may quote what was typed: a database repeats the whole row it refuses.
_OF_THE_MACHINE = (OperationalError, InterfaceError, ImproperlyConfigured)


def scrub(text: str) -> str:
    """Return `text` without query strings, mail addresses and the secrets of signed links."""
    return _TOKEN.sub("/[…]", _MAIL.sub("[mail]", _QUERY.sub("?[…]", text)))


class PrivacyFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.msg, str):
            record.msg = scrub(record.getMessage())
            record.args = None
        elif isinstance(record.msg, dict):
            record.msg = {k: scrub(v) if isinstance(v, str) else v for k, v in record.msg.items()}
        return True


def trace(exc_info: Any) -> str:
    """Return where an exception came from and of what kind it and its causes are, without what they say."""
    return "\n".join(reversed(list(_causes(exc_info[1]))))


def _causes(error: BaseException | None) -> Iterator[str]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        frames = traceback.extract_tb(error.__traceback__)
        yield "\n".join([*(f"{each.filename}:{each.lineno} in {each.name}" for each in frames), _said(error)])
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _said(error: BaseException) -> str:
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    said = str(error) if isinstance(error, _OF_THE_MACHINE) else (getattr(error, "strerror", None) or "")
    return f"{name}: {scrub(str(said).strip())}" if said else name
