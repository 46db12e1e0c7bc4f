"""Forms to plan, change, move and cancel a meeting, and to plan a series."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from tovholder.accounts.models import User
from tovholder.directory.models import Person
from tovholder.forums.models import Forum
from tovholder.forums.standing import convened_forum_ids, joint_partners
from tovholder.meetings.models import Meeting, MeetingKind
from tovholder.meetings.services.days import START_WHEN_UNKNOWN, at, next_date, warnings_by_day
from tovholder.meetings.services.series import SeriesKind, SeriesRule, dates
from tovholder.ui.forms import SeveralField, TovholderForm
from tovholder.ui.naming import listed

NTH = [(1, "Den første"), (2, "Den anden"), (3, "Den tredje"), (4, "Den fjerde"), (-1, "Den sidste")]
WEEKDAYS = list(enumerate(("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"), start=1))


def convened(user: User) -> QuerySet[Forum]:
    """Return the open forums that the user convenes."""
    return Forum.objects.filter(
        pk__in=convened_forum_ids(user), closed_on__isnull=True, retired_at__isnull=True
    )


class MeetingForm(TovholderForm):
    """One meeting. A day that speaks against itself (a holiday, say) is asked about once, not refused."""

    guarded: tuple[str, ...] = ("title", "note")

    title = forms.CharField(
        label=_("Titel"),
        max_length=160,
        required=False,
        help_text=_("Står tom, når mødet bare hedder som forummet."),
    )
    day = forms.DateField(label=_("Dato"), widget=forms.DateInput)
    starts = forms.TimeField(label=_("Starter kl."), widget=forms.TimeInput)
    ends = forms.TimeField(label=_("Slutter kl."), widget=forms.TimeInput)
    place = forms.CharField(label=_("Sted"), max_length=160, required=False)
    online_url = forms.URLField(label=_("Link til onlinemøde"), required=False, assume_scheme="https")
    chair = forms.ModelChoiceField(Person.objects.none(), label=_("Mødeleder"), required=False)
    minute_taker = forms.ModelChoiceField(Person.objects.none(), label=_("Referent"), required=False)
    note = forms.CharField(
        label=_("Besked til deltagerne"),
        widget=forms.Textarea,
        required=False,
        max_length=5000,
        help_text=_("Vises på mødets side, ikke i mailen."),
    )
    confirmed = forms.BooleanField(label=_("Hold mødet alligevel"), required=False)

    def __init__(
        self, *args: Any, forums: Sequence[Forum], meeting: Meeting | None = None, **kwargs: Any
    ) -> None:
        self.forums, self.meeting = list(forums), meeting
        self.warnings: list[str] = []
        kwargs["initial"] = {**self._initial(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        people = (
            Person.objects.current().filter(memberships__forum__in=self.forums).distinct().order_by("name")
        )
        for name in ("chair", "minute_taker"):
            field = self.fields[name]
            field.queryset = people  # type: ignore[attr-defined]
            field.empty_label = _("Ikke valgt")  # type: ignore[attr-defined]

    def _initial(self) -> dict[str, Any]:
        meeting = self.meeting
        if meeting is None:
            return {}
        starts, ends = timezone.localtime(meeting.starts_at), timezone.localtime(meeting.ends_at)
        fields = "title place online_url chair minute_taker note programme capacity signup_until".split()
        return {
            "day": starts.date(), "starts": starts.time(), "ends": ends.time(),
            **{name: getattr(meeting, name) for name in fields},
        }  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        day, starts, ends = data.get("day"), data.get("starts"), data.get("ends")
        if starts and ends and ends <= starts:
            self.add_error("ends", _("Mødet skal slutte, efter at det er begyndt."))
        if day and not timezone.localdate() - timedelta(days=366) < day < timezone.localdate() + timedelta(
            days=1500
        ):
            self.add_error("day", _("Se efter, om årstallet er rigtigt."))
        elif day and not self._day_unchanged(day):
            self.warnings = warnings_by_day([day], self.forums, exclude=self.meeting)[day]
            if self.warnings and not data.get("confirmed"):
                self.add_error("confirmed", _("Sæt kryds, hvis mødet skal holdes den dag alligevel."))
        return data

    def _day_unchanged(self, day: date) -> bool:
        return self.meeting is not None and timezone.localtime(self.meeting.starts_at).date() == day

    def values(self) -> dict[str, Any]:
        """Return what the services take."""
        data = dict(self.cleaned_data)
        day = data.pop("day")
        data.pop("confirmed", None)
        return {"starts_at": at(day, data.pop("starts")), "ends_at": at(day, data.pop("ends")), **data}


class EventForm(MeetingForm):
    """A prevention day: programme, places and sign-up."""

    guarded = ("title", "note", "programme")

    programme = forms.CharField(label=_("Program"), widget=forms.Textarea, required=False, max_length=20000)
    capacity = forms.IntegerField(
        label=_("Antal pladser"),
        min_value=1,
        max_value=10000,
        required=False,
        help_text=_("Står tomt, når alle kan være der."),
    )
    signup_until = forms.DateField(label=_("Tilmelding senest"), widget=forms.DateInput, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("signup_until") and data.get("day") and data["signup_until"] > data["day"]:
            self.add_error("signup_until", _("Fristen skal ligge før arrangementet."))
        return data


class WhichMeetingForm(TovholderForm):
    """First choice when planning: which forum, with which others, and what kind."""

    forum = forms.ModelChoiceField(Forum.objects.none(), label=_("Forum"), empty_label=None)
    kind = forms.ChoiceField(
        label=_("Hvad skal holdes?"),
        choices=MeetingKind.choices,
        initial=MeetingKind.ORDINARY,
        widget=forms.RadioSelect,
    )
    others = SeveralField(
        Forum.objects.none(),
        label=_("Holdes sammen med"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["forum"].queryset = convened(user)  # type: ignore[attr-defined]
        self.fields["others"].queryset = joint_partners(user)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        others = [forum for forum in data.get("others") or [] if forum != data.get("forum")]
        if data.get("kind") == MeetingKind.JOINT and not others:
            self.add_error("others", _("Vælg mindst ét forum mere til fællesmødet."))
        if data.get("kind") == MeetingKind.ORDINARY and others:
            self.add_error("others", _("Et møde med flere fora er et fællesmøde. Vælg det ovenfor."))
        elif others and data.get("forum"):
            self._only_partners(data["forum"], others)
        return data

    def _only_partners(self, forum: Forum, others: Sequence[Forum]) -> None:
        """The page offers the partners of all the user's forums; not each of them meets with the one that is chosen."""
        partners = set(joint_partners(self.user, forum).values_list("pk", flat=True))
        strangers = [str(each) for each in others if each.pk not in partners]
        if strangers:
            words = _g("%(forum)s holder ikke møder sammen med %(others)s. Vælg et andet forum.")
            self.add_error("others", words % {"forum": forum, "others": listed(strangers)})

    def forums(self) -> list[Forum]:
        """Return the leading forum and the others, each once."""
        lead = self.cleaned_data["forum"]
        return [lead, *(forum for forum in self.cleaned_data["others"] if forum != lead)]


def defaults_for(forum: Forum, minutes: int | None = None) -> dict[str, Any]:
    """Return what a new meeting of the forum starts from: its next day, its time, its length, its place."""
    day, starts = next_date(forum), forum.start_time or START_WHEN_UNKNOWN
    ends = at(day, starts) + timedelta(minutes=minutes or forum.meeting_minutes)
    return {"day": day, "starts": starts, "ends": ends.time(), "place": forum.place}


class SeriesForm(TovholderForm):
    """A simple series. First the rule, then the days are looked through before anything is made."""

    forum = forms.ModelChoiceField(Forum.objects.none(), label=_("Forum"), empty_label=None)
    kind = forms.ChoiceField(
        label=_("Hvor tit?"),
        choices=SeriesKind.choices,
        widget=forms.RadioSelect,
        initial=SeriesKind.NTH_WEEKDAY,
    )
    nth = forms.TypedChoiceField(label=_("Hvilken i måneden"), choices=NTH, coerce=int)
    weekday = forms.TypedChoiceField(label=_("Ugedag"), choices=WEEKDAYS, coerce=int)
    weeks = forms.IntegerField(label=_("Uger mellem møderne"), min_value=1, max_value=26, initial=4)
    day = forms.IntegerField(label=_("Dag i måneden"), min_value=1, max_value=31, initial=1)
    first = forms.DateField(label=_("Fra"), widget=forms.DateInput)
    last = forms.DateField(label=_("Til og med"), widget=forms.DateInput)
    starts = forms.TimeField(label=_("Starter kl."), widget=forms.TimeInput)
    minutes = forms.IntegerField(label=_("Mødets længde i minutter"), min_value=5, max_value=1440)
    place = forms.CharField(label=_("Sted"), max_length=160, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["forum"].queryset = convened(user)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        if first and last and last <= first:
            self.add_error("last", _("Rækken skal slutte, efter at den er begyndt."))
        elif first and last and (last - first).days > 800:
            self.add_error("last", _("En række kan højst være på to år."))
        elif first and last and not self.errors and not dates(self.rule()):
            self.add_error("last", _("Der er ingen datoer i den periode."))
        starts, minutes = data.get("starts"), data.get("minutes")
        if starts and minutes and starts.hour * 60 + starts.minute + minutes >= 24 * 60:
            self.add_error("minutes", _("Mødet skal slutte samme dag."))
        return data

    def rule(self) -> SeriesRule:
        data = self.cleaned_data
        return SeriesRule(
            kind=data["kind"],
            first=data["first"],
            last=data["last"],
            nth=data.get("nth") or 1,
            weekday=data.get("weekday") or 1,
            weeks=data.get("weeks") or 4,
            day=data.get("day") or 1,
        )


def series_defaults(forum: Forum) -> dict[str, Any]:
    """Return what a series of the forum starts from: the rest of the school year by the forum's own rule."""
    first = next_date(forum)
    year = first.year if first.month < 7 else first.year + 1
    weeks = forum.cadence_count or 4 if forum.cadence == Forum.Cadence.EVERY_N_WEEKS else 4
    return {
        "forum": forum.pk,
        "kind": SeriesKind.EVERY_N_WEEKS
        if forum.cadence == Forum.Cadence.EVERY_N_WEEKS
        else SeriesKind.NTH_WEEKDAY,
        "nth": min((first.day - 1) // 7 + 1, 4),
        "weekday": first.isoweekday(),
        "weeks": weeks,
        "day": first.day,
        "first": first,
        "last": date(year, 6, 30),
        "starts": forum.start_time or START_WHEN_UNKNOWN,
        "minutes": forum.meeting_minutes,
        "place": forum.place,
    }


class ReasonForm(TovholderForm):
    """Ask for a reason: of a cancellation, of a no."""

    guarded = ("reason",)

    reason = forms.CharField(label=_("Begrundelse"), widget=forms.Textarea, max_length=2000)
