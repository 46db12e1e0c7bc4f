"""The filters over the list of meetings and over the topic bank."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tovholder.accounts.models import User
from tovholder.forums.models import Forum
from tovholder.forums.queries import visible_to as forums_visible_to
from tovholder.forums.standing import own_forum_ids, person_of
from tovholder.meetings.models import Meeting, MeetingStatus, Participation, TopicStatus
from tovholder.ui.forms import NamesOnly, TovholderForm

PERIODS = [("", _("Kommende")), ("gaaet", _("Tidligere")), ("alle", _("Alle"))]
STATUSES = [("", _("Alle")), *MeetingStatus.choices]
SORTS = [("", _("Tidligste først")), ("sidst", _("Seneste først")), ("forum", _("Forum"))]


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

    def apply(self, meetings: QuerySet[Meeting]) -> QuerySet[Meeting]:
        """Return the chosen meetings in order, each with `my_answer`."""
        chosen = self.cleaned_data if self.is_valid() else {}
        now, period = timezone.now(), chosen.get("periode")
        if chosen.get("forum"):
            meetings = meetings.filter(
                pk__in=Meeting.forums.through.objects.filter(forum=chosen["forum"]).values("meeting")
            )
        if chosen.get("mine"):
            meetings = meetings.filter(self._mine())
        if chosen.get("status"):
            meetings = meetings.filter(status=chosen["status"])
        if period == "gaaet":
            meetings = meetings.filter(ends_at__lt=now)
        elif period != "alle":
            meetings = meetings.filter(ends_at__gte=now)
        backwards = chosen.get("sortering") == "sidst" or (period == "gaaet" and not chosen.get("sortering"))
        order: tuple[str, ...] = ("-starts_at", "-pk") if backwards else ("starts_at", "pk")
        if chosen.get("sortering") == "forum":
            order = ("lead_forum__name", *order)
        own = Participation.objects.filter(
            meeting=OuterRef("pk"), person=person_of(self.user), removed_at__isnull=True
        )
        return meetings.annotate(my_answer=Subquery(own.values("answer")[:1])).order_by(*order)

    def _mine(self) -> Q:
        through = Meeting.forums.through.objects.filter(forum_id__in=list(own_forum_ids(self.user)))
        taking_part = Participation.objects.filter(person=person_of(self.user), removed_at__isnull=True)
        return Q(pk__in=through.values("meeting")) | Q(pk__in=taking_part.values("meeting"))


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
