"""Sessions lie sealed in the database: what is typed into a search waits in one, and can be a child's name (decision 0011)."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from functools import lru_cache
from hashlib import sha256
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as PlainStore


class SessionStore(PlainStore):
    """Seals under `SECRET_KEY`, opens with the former ones too. What does not open is an empty session: one logs in again."""

    def encode(self, session_dict: dict[str, Any]) -> str:
        return _keys().encrypt(super().encode(session_dict).encode()).decode()

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        try:
            signed = _keys().decrypt(session_data)
        except InvalidToken:
            return {}
        found: dict[str, Any] = super().decode(signed.decode())
        return found


def _keys() -> MultiFernet:
    return _made_of(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


@lru_cache(maxsize=4)
def _made_of(*secrets: str) -> MultiFernet:
    return MultiFernet(
        [Fernet(urlsafe_b64encode(sha256(f"session:{each}".encode()).digest())) for each in secrets]
    )
