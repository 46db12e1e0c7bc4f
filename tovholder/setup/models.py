"""What was loaded or is waiting to be: the files as they were, who brought them, and which rows they held."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SetupFile(models.Model):
    """A set-up file with its fragments: a draft until it is applied, then the memory of that load."""

    name = models.CharField(_("fil"), max_length=120)
    # {"broendby.toml": "…"}: the file and the fragments it takes in.
    texts = models.JSONField(default=dict)
    # {"forum": ["netvaerk-oester", …]}: what the file held when applied, so that it is known what left it later.
    keys = models.JSONField(default=dict, blank=True)
    # What a draft would change when it was last compared: see `plan.preview`. Nothing once it is applied.
    preview = models.JSONField(default=dict, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    uploaded_at = models.DateTimeField(_("hentet ind"), auto_now_add=True)
    applied_at = models.DateTimeField(_("indlæst"), null=True, blank=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name
