"""The form of a year's themes: one choice for each month."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from tovholder.access.levels import Level
from tovholder.accounts.models import User
from tovholder.directory.models import Theme
from tovholder.forums.models import ForumType
from tovholder.forums.standing import own_forum_ids
from tovholder.meetings.models import Topic, TopicStatus
from tovholder.ui.forms import TovholderForm
from tovholder.ui.naming import MONTHS
from tovholder.yearwheel.models import YearPlan

# Each month has its own list of choices, and a page is to be light.
MOST_TOPICS, LONGEST = 8, 48


class ThemesForm(TovholderForm):
    """Themes of the set-up, and general topics of the user's own topic banks, a prevention day's conclusions among them.

    A topic of a forum where the user does not sit is not for her to read.
    """

    def __init__(
        self, *args: Any, user: User, plan: YearPlan, layer: ForumType | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.plan = plan
        here = {row.month: row for row in plan.themes.filter(layer=layer)}
        choices = self._choices(user)
        known = {value for _group, options in choices[1:] for value, _word in options}
        for month in months(plan):
            row = here.get(month)
            chosen = "" if row is None else f"t{row.theme_id}" if row.theme_id else f"e{row.topic_id}"
            extra = [(chosen, str(row))] if chosen and chosen not in known else []
            self.fields[self.name_of(month)] = forms.ChoiceField(
                label=f"{MONTHS[month.month - 1].capitalize()} {month.year}",
                choices=[*choices, *extra],
                initial=chosen,
                required=False,
            )

    @staticmethod
    def name_of(month: date) -> str:
        return f"m{month:%Y%m}"

    @staticmethod
    def _choices(user: User) -> list[Any]:
        themes = Theme.objects.filter(retired_at__isnull=True).values_list("pk", "name")
        topics = Topic.objects.filter(
            level=Level.GENERAL, status=TopicStatus.BANKED, forum__in=own_forum_ids(user)
        )
        topics = topics.order_by("-pk").select_related("forum")[:MOST_TOPICS]
        found: list[Any] = [("", _("Intet tema"))]
        found.append((_("Temaer"), [(f"t{pk}", name) for pk, name in themes]))
        found.append((_("Fra emnebanken"), [(f"e{each.pk}", each.heading[:LONGEST]) for each in topics]))
        return [each for each in found if not isinstance(each[1], list) or each[1]]

    def changes(self) -> Iterator[tuple[date, Theme | None, Topic | None]]:
        """Yield the months whose theme is another than before."""
        for month in months(self.plan):
            name = self.name_of(month)
            value = self.cleaned_data[name]
            if value == self.fields[name].initial:
                continue
            pk = int(value[1:]) if value else 0
            theme = Theme.objects.filter(pk=pk).first() if value[:1] == "t" else None
            topic = Topic.objects.filter(pk=pk, level=Level.GENERAL).first() if value[:1] == "e" else None
            yield month, theme, topic

    @staticmethod
    def layers() -> list[ForumType]:
        return list(ForumType.objects.filter(retired_at__isnull=True, forums__isnull=False).distinct())

    @staticmethod
    def layer_of(text: str | None) -> ForumType | None:
        """Return the layer of an address, by its key; None for everybody."""
        return ForumType.objects.filter(key=text, retired_at__isnull=True).first() if text else None


def months(plan: YearPlan) -> list[date]:
    """Return the first day of each month of a year."""
    month, found = plan.starts_on.replace(day=1), []
    while month <= plan.ends_on:
        found.append(month)
        month = (month + timedelta(days=32)).replace(day=1)
    return found
