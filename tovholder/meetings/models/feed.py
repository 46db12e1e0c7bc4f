"""The secret addresses that calendar programs fetch meetings from."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tovholder.forums.models import Forum


class CalendarFeed(models.Model):
    """A person's own address for all of their meetings, or for those of one forum. Closed by deleting the row.

    The address is made of `nonce` and the secret key, and found by its hash: the row alone gives it to nobody.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_feeds"
    )
    forum = models.ForeignKey(
        Forum, null=True, blank=True, on_delete=models.CASCADE, related_name="calendar_feeds"
    )
    nonce = models.CharField(max_length=43)
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(_("lavet"))
    fetched_at = models.DateTimeField(_("sidst hentet"), null=True, blank=True)
    # What was answered last, and since when it has been so: ETag and Last-Modified.
    content_tag = models.CharField(max_length=64, blank=True)
    content_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(forum__isnull=True), name="one_calendar_of_own_meetings"
            ),
            models.UniqueConstraint(
                fields=["user", "forum"], condition=Q(forum__isnull=False), name="one_calendar_per_forum"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.forum_id or ''}".strip()
