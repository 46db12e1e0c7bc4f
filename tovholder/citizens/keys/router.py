"""Data keys lie in the database `keys`, and nothing else does."""

from __future__ import annotations

from typing import Any

KEYS = "keys"


class KeysRouter:
    def db_for_read(self, model: type, **hints: Any) -> str | None:
        return KEYS if _is_key(model) else None

    def db_for_write(self, model: type, **hints: Any) -> str | None:
        return KEYS if _is_key(model) else None

    def allow_relation(self, one: object, other: object, **hints: Any) -> bool | None:
        keys = _is_key(type(one)), _is_key(type(other))
        return False if any(keys) and not all(keys) else None

    def allow_migrate(
        self, db: str, app_label: str, model_name: str | None = None, **hints: Any
    ) -> bool | None:
        is_key = app_label == KEYS
        return is_key == (db == KEYS)


def _is_key(model: type) -> bool:
    return getattr(getattr(model, "_meta", None), "label_lower", "") == "keys.datakey"
