"""The data keys, wrapped. What they seal lies in the ordinary database."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class DataKey(models.Model):
    """A data key, wrapped by the master key. Lies in the database `keys`, with a backup of its own that is kept shortly.

    To destroy it makes what it sealed unreadable, here and in every backup older than that one.
    """

    class Use(models.TextChoices):
        CHILD = "child", _("Barn")
        CONCERN = "concern", _("Bekymring")
        INDEX = "index", _("Opslag")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    use = models.CharField(max_length=10, choices=Use.choices)
    wrapped = models.BinaryField()
    master = models.CharField(max_length=16)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["use"], condition=Q(use="index"), name="one_index_key"),
            models.CheckConstraint(
                condition=Q(use__in=["child", "concern", "index"]), name="data_key_use_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.use} {self.id}"
