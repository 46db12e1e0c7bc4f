"""The master keys at hand, and the data keys they open."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, IntegrityError, transaction

from tovholder.citizens.keys.models import DataKey
from tovholder.citizens.keys.router import KEYS
from tovholder.citizens.keys.sealing import MasterKey, WrongMasterKey, new_data_key


class Erased(Exception):
    """The data key was destroyed: what it sealed cannot be read any more, by anyone."""


def masters() -> tuple[MasterKey, ...]:
    """The master key that seals today, then earlier ones that may still open. Raises ImproperlyConfigured."""
    try:
        return tuple(MasterKey.read(text) for text in settings.MASTER_KEYS)
    except ValueError as fault:
        raise ImproperlyConfigured(f"MASTER_KEY: {fault}") from fault


def create(use: DataKey.Use) -> UUID:
    """Make a data key and return its id. It stays when the caller rolls back: an unused key harms nobody."""
    master = masters()[0]
    made = DataKey.objects.create(use=use, wrapped=master.wrap(new_data_key()), master=master.fingerprint)
    return made.pk


def create_many(use: DataKey.Use, count: int) -> list[UUID]:
    """Make several data keys in one statement and return their ids; as `create`, they stay."""
    master = masters()[0]
    made = [
        DataKey(use=use, wrapped=master.wrap(new_data_key()), master=master.fingerprint)
        for _n in range(count)
    ]
    DataKey.objects.bulk_create(made)
    return [each.pk for each in made]


def fetch(ids: Iterable[UUID]) -> dict[UUID, bytes]:
    """Open these data keys in one query; a destroyed one is missing. Raises WrongMasterKey."""
    by_print = {each.fingerprint: each for each in masters()}
    found: dict[UUID, bytes] = {}
    for row in DataKey.objects.filter(pk__in=set(ids)):
        found[row.pk] = _open(row, by_print)
    return found


def _open(row: DataKey, by_print: dict[str, MasterKey]) -> bytes:
    master = by_print.get(row.master)
    if master is None:
        raise WrongMasterKey(row.master)
    return master.unwrap(bytes(row.wrapped))


def destroy(key_id: UUID) -> None:
    """Destroy a data key for good."""
    DataKey.objects.filter(pk=key_id).delete()


def index_key() -> bytes:
    """The key of the blind indexes; made the first time it is asked for."""
    row = DataKey.objects.filter(use=DataKey.Use.INDEX).first()
    if row is None:
        try:
            with transaction.atomic(using=KEYS):
                create(DataKey.Use.INDEX)
        except IntegrityError:  # another process was first
            pass
        row = DataKey.objects.get(use=DataKey.Use.INDEX)
    return _open(row, {each.fingerprint: each for each in masters()})


def rewrap(batch: int = 500) -> int:
    """Wrap every data key by today's master key and return how many were. The texts are not touched.

    Raises WrongMasterKey when a key was wrapped by a master key that is not at hand; then nothing is changed.
    """
    known = masters()
    today, by_print = known[0], {each.fingerprint: each for each in known}
    with transaction.atomic(using=KEYS):
        rows = list(DataKey.objects.select_for_update().exclude(master=today.fingerprint))
        for row in rows:
            row.wrapped, row.master = today.wrap(_open(row, by_print)), today.fingerprint
        DataKey.objects.bulk_update(rows, ["wrapped", "master"], batch_size=batch)
    return len(rows)


def unopenable() -> int:
    """How many data keys the master keys at hand do not open; every key is tried."""
    by_print = {each.fingerprint: each for each in masters()}
    bad = 0
    for row in DataKey.objects.iterator(chunk_size=2000):
        try:
            _open(row, by_print)
        except WrongMasterKey:
            bad += 1
    return bad


def require_sound() -> None:
    """Refuse to start on a wrong master key or without the keys. Raises ImproperlyConfigured; changes nothing.

    Tries the newest key of each master that has wrapped any: quick however many there are.
    """
    by_print = {each.fingerprint: each for each in masters()}
    try:
        wrapped_by = list(DataKey.objects.order_by().values_list("master", flat=True).distinct())
        for fingerprint in wrapped_by:
            row = DataKey.objects.filter(master=fingerprint).order_by("-created_at")[0]
            _open(row, by_print)
    except DatabaseError as fault:
        raise ImproperlyConfigured("The database `keys` does not answer, or was never made.") from fault
    except WrongMasterKey as fault:
        raise ImproperlyConfigured(
            f"MASTER_KEY does not open the keys in the database: they were wrapped by the key {fault}."
        ) from fault
