"""The filters over the list of meetings and over the topic bank."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django import forms
from django.db.models import BigIntegerField, Count, DateTimeField, OuterRef, Q, QuerySet, Subquery, Window
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tovholder.accounts.models import User
from tovholder.concerns.standing import triage_of
from tovholder.forums.models import Forum
from tovholder.forums.queries import visible_to as forums_visible_to
from tovholder.forums.standing import own_forum_ids, person_of
from tovholder.forums.statements import UserStatement
from tovholder.meetings.models import Meeting, MeetingKind, MeetingStatus, Participation, TopicStatus
from tovholder.meetings.queries import at_the_table, visible_to
from tovholder.statements import Given, with_only
from tovholder.ui.forms import NamesOnly, TovholderForm

PER_PAGE = 25

PERIODS = [("", _("Kommende")), ("gaaet", _("Tidligere")), ("alle", _("Alle"))]
STATUSES = [("", _("Alle")), *MeetingStatus.choices]
SORTS = [("", _("Tidligste først")), ("sidst", _("Seneste først")), ("forum", _("Forum"))]


@dataclass(frozen=True, slots=True)
class Choice:
    """What is chosen, but for the forum: the list is written into SQL once for each."""

    in_forum: bool
    period: str
    status: str
    order: str
    mine: bool

    def meetings(
        self, user: User, *, forum: int | Given | None = None, now: datetime | Given | None = None
    ) -> QuerySet[Any, Any]:
        """Return the chosen meetings in order, with `my_answer`; forum and now are given later where not here."""
        # A network meeting stands here for who takes part in it; who only works on the case finds it with the case.
        found = visible_to(user).filter(~Q(kind=MeetingKind.NETWORK) | at_the_table(user))
        now = now or Given("now", DateTimeField())
        if self.in_forum:
            held_by = Meeting.forums.through.objects.filter(forum=forum or Given("forum", BigIntegerField()))
            found = found.filter(pk__in=held_by.values("meeting"))
        if self.mine:
            found = found.filter(_mine(user))
        if self.status:
            found = found.filter(status=self.status)
        if self.period == "gaaet":
            found = found.filter(ends_at__lt=now)
        elif self.period != "alle":
            found = found.filter(ends_at__gte=now)
        backwards = self.order == "sidst" or (self.period == "gaaet" and not self.order)
        order: tuple[str, ...] = ("-starts_at", "-pk") if backwards else ("starts_at", "pk")
        if self.order == "forum":
            order = ("lead_forum__name", *order)
        own = Participation.objects.filter(
            meeting=OuterRef("pk"), person=person_of(user), removed_at__isnull=True
        )
        found = found.annotate(my_answer=Subquery(own.values("answer")[:1])).order_by(*order)
        return with_only(found, "lead_forum__name", "lead_forum__notice_days")


def _mine(user: User) -> Q:
    through = Meeting.forums.through.objects.filter(forum_id__in=own_forum_ids(user))
    taking_part = Participation.objects.filter(person=person_of(user), removed_at__isnull=True)
    return Q(pk__in=through.values("meeting")) | Q(pk__in=taking_part.values("meeting"))


class Rows:
    """The chosen meetings for a paginator: the first page, which most ask for, is a statement that brings the count."""

    def __init__(self, user: User, choice: Choice, forum: int) -> None:
        self._user, self._choice = user, choice
        self._given: dict[str, Any] = {"forum": forum, "now": timezone.now()}
        self._first: list[Any] | None = None

    def all(self) -> QuerySet[Any, Any]:
        return self._choice.meetings(self._user, **self._given)

    def count(self) -> int:
        return self._first_page()[0].found if self._first_page() else 0

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, shown: slice) -> list[Any]:
        if shown.start or shown.stop > PER_PAGE:
            return list(self.all()[shown])
        return self._first_page()[shown]

    def _first_page(self) -> list[Any]:
        if self._first is None:
            self._first = _first_page(self._choice)(self._user, **self._given)
        return self._first


@cache
def _first_page(choice: Choice) -> UserStatement[Any]:
    """Each row says how many are `found` in all: who may see what is looked at once, not for the count and the page."""
    found = Window(Count("pk"))
    return UserStatement(
        lambda user: choice.meetings(user).annotate(found=found)[:PER_PAGE], known=(triage_of,)
    )


class MeetingFilterForm(TovholderForm):
    forum = forms.ModelChoiceField(
        Forum.objects.none(), label=_("Forum"), required=False, empty_label=_("Alle")
    )
    periode = forms.ChoiceField(label=_("Periode"), choices=PERIODS, required=False)
    status = forms.ChoiceField(label=_("Status"), choices=STATUSES, required=False)
    sortering = forms.ChoiceField(label=_("Sortering"), choices=SORTS, required=False)
    mine = forms.BooleanField(label=_("Kun mine"), required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["forum"].iterator = NamesOnly  # type: ignore[attr-defined]
        self.fields["forum"].queryset = forums_visible_to(user).order_by("name")  # type: ignore[attr-defined]

    @property
    def is_filtered(self) -> bool:
        """Tell whether anything is left out beyond what the page shows at first."""
        chosen = self.cleaned_data if self.is_valid() else {}
        return any(chosen.get(name) for name in ("forum", "periode", "status", "mine"))

    def rows(self) -> Rows:
        """Return the chosen meetings in order, each with `my_answer`."""
        chosen = self.cleaned_data if self.is_valid() else {}
        forum = chosen.get("forum")
        choice = Choice(
            in_forum=forum is not None,
            period=chosen.get("periode", ""),
            status=chosen.get("status", ""),
            order=chosen.get("sortering", ""),
            mine=chosen.get("mine", False),
        )
        return Rows(self.user, choice, forum.pk if forum is not None else 0)


TOPIC_STATUSES = [
    ("", _("I brug og i banken")),
    (TopicStatus.PROPOSED.value, TopicStatus.PROPOSED.label),
    (TopicStatus.BANKED.value, TopicStatus.BANKED.label),
    (TopicStatus.SCHEDULED.value, TopicStatus.SCHEDULED.label),
    (TopicStatus.DECLINED.value, TopicStatus.DECLINED.label),
    (TopicStatus.ARCHIVED.value, TopicStatus.ARCHIVED.label),
]
TOPIC_SORTS = [("", _("Nyeste først")), ("brugt", _("Mindst brugt først")), ("emne", _("Emne"))]


class TopicFilterForm(TovholderForm):
    status = forms.ChoiceField(label=_("Status"), choices=TOPIC_STATUSES, required=False)
    sortering = forms.ChoiceField(label=_("Sortering"), choices=TOPIC_SORTS, required=False)

    def apply(self, topics: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.cleaned_data if self.is_valid() else {}
        if chosen.get("status"):
            topics = topics.filter(status=chosen["status"])
        else:
            topics = topics.exclude(status__in=(TopicStatus.ARCHIVED, TopicStatus.DECLINED))
        orders = {"brugt": ("times_used", "last_used_on", "pk"), "emne": ("heading", "pk")}
        return topics.order_by(*orders.get(chosen.get("sortering") or "", ("-created_at", "-pk")))
