"""Keeps personal data out of log lines."""

from __future__ import annotations

import logging
import re

_QUERY = re.compile(r"\?[^\s\"']*")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
# Signed links and reset keys: whoever reads the log must not be able to use them.
_TOKEN = re.compile(r"/[\w-]*:[\w:-]{10,}|(?<=/glemt/)[\w-]{20,}|(?<=/kalender/)[\w-]{20,}")


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
