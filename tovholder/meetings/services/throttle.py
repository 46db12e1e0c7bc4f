"""How often something may be asked for from outside: a count in the shared cache that forgets itself."""

from __future__ import annotations

import time

from django.core.cache import cache
from django.utils.crypto import salted_hmac

SALT = "tovholder.meetings.throttle"


def too_often(what: str, who: str, *, most: int, seconds: int) -> bool:
    """Tell whether `who` has been counted `most` times in this stretch of seconds."""
    return int(cache.get(_key(what, who, seconds), 0)) >= most


def count(what: str, who: str, *, seconds: int) -> None:
    """Count once. Two at the same moment may count as one: this keeps out floods, not single asks."""
    key = _key(what, who, seconds)
    cache.set(key, int(cache.get(key, 0)) + 1, 2 * seconds)


def _key(what: str, who: str, seconds: int) -> str:
    """A cache may be read by others: no address on the net stands in it."""
    stretch = int(time.time()) // seconds
    return f"throttle:{what}:{stretch}:{salted_hmac(SALT, who, algorithm='sha256').hexdigest()[:32]}"
