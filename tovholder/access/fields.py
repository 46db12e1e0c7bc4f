"""Model fields for what people type: a CPR number is refused in forms and once more at the database's door."""

from __future__ import annotations

from typing import Any

from django.db import models

from tovholder.access.personal_data import refuse_cpr


class _Guarded(models.Field[Any, Any]):
    default_validators = [refuse_cpr]

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        refuse_cpr(value)
        return super().get_db_prep_save(value, connection)


class FreeTextField(_Guarded, models.TextField[Any, Any]):
    """Long free text. Saving a CPR number raises ValidationError (rule 51)."""


class FreeCharField(_Guarded, models.CharField[Any, Any]):
    """Short free text. Saving a CPR number raises ValidationError (rule 51)."""
