"""Attached files. What a file belongs to is known by the app above that links to it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tovholder.access.fields import FreeCharField


def storage_name(instance: Attachment, filename: str) -> str:
    """A random name: a file name on disk never carries what a person typed."""
    return f"attachments/{uuid.uuid4().hex}"


class Attachment(models.Model):
    file = models.FileField(_("fil"), upload_to=storage_name)
    name = FreeCharField(_("filnavn"), max_length=200)
    content_type = models.CharField(_("filtype"), max_length=100)
    size = models.PositiveIntegerField(_("størrelse i byte"))
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    uploaded_at = models.DateTimeField(_("lagt på"), auto_now_add=True)

    def __str__(self) -> str:
        return self.name
