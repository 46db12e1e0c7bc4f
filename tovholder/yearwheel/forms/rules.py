"""The form of one planning rule: of a forum, a joint meeting or an event."""

from __future__ import annotations

import re
from datetime import date, time
from itertools import chain
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tovholder.directory.models import Person, Role
from tovholder.forums.models import Forum, JointMeetingRule
from tovholder.ui.forms import TovholderForm
from tovholder.ui.naming import MONTHS, WEEKDAYS
from tovholder.yearwheel.models import Rhythm
from tovholder.yearwheel.queries.defaults import Wanted
from tovholder.yearwheel.services.moving import ends_in_time

DAY_CHOICES = [(number, name) for number, name in enumerate(WEEKDAYS, start=1)]
MONTH_CHOICES = [(number, name) for number, name in enumerate(MONTHS, start=1)]
# The school year begins in August.
YEAR_ORDER = [*MONTH_CHOICES[7:], *MONTH_CHOICES[:7]]
_CLOCK = re.compile(r"^([01]?\d|2[0-3])[:.]([0-5]\d)$")


class ClocksField(forms.CharField):
    """Clock times with commas between them: "9.00, 13.00" becomes ["09:00", "13:00"]."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value) or ""
        found = []
        for part in re.split(r"[,;\s]+", text):
            if not part:
                continue
            match = _CLOCK.match(part)
            if match is None:
                raise forms.ValidationError(
                    _("Skriv klokkeslæt som 13.00, med komma imellem. »%(part)s« kan ikke læses."),
                    params={"part": part[:20]},
                )
            found.append(f"{int(match[1]):02d}:{match[2]}")
        return sorted(dict.fromkeys(found))

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(each.replace(":", ".") for each in value) if isinstance(value, list) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.to_python(data or "") != (initial or []))


class WeekdaysField(forms.CharField):
    """Weekdays with commas between them: "tirsdag, onsdag" becomes [2, 3]."""

    def to_python(self, value: Any) -> Any:
        found = []
        for part in re.split(r"[,;\s]+", (super().to_python(value) or "").lower()):
            if not part:
                continue
            day = next((n for n, name in DAY_CHOICES if len(part) > 1 and name.startswith(part)), None)
            if day is None:
                raise forms.ValidationError(
                    _("Skriv ugedage som tirsdag, onsdag. »%(part)s« kan ikke læses."),
                    params={"part": part[:20]},
                )
            found.append(day)
        return sorted(set(found))

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(WEEKDAYS[day - 1] for day in value) if isinstance(value, list) else value


class Numbers(forms.TypedMultipleChoiceField):
    """Several numbers to choose, drawn as boxes to tick."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, choices: Any, **kwargs: Any) -> None:
        super().__init__(choices=choices, coerce=int, required=False, **kwargs)


def gap_field() -> forms.IntegerField:
    return forms.IntegerField(label=_("Mindst så mange dage imellem"), min_value=0, max_value=180)


class RuleForm(TovholderForm):
    """What all have: length, weekdays, start times and the days between."""

    minutes = forms.IntegerField(label=_("Minutter"), min_value=10, max_value=720)
    weekdays = Numbers(DAY_CHOICES, label=_("Ugedage, mødet må ligge på"))
    preferred_weekdays = Numbers(DAY_CHOICES, label=_("Helst på"))
    starts = ClocksField(
        label=_("Klokkeslæt, det må begynde"), max_length=200, help_text=_("For eksempel 9.00, 13.00")
    )
    preferred_starts = ClocksField(label=_("Helst kl."), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("weekdays") and not self._covers_every_month(data) and "weekdays" not in self.errors:
            self.add_error("weekdays", _("Vælg mindst én ugedag, ellers kan mødet ikke lægges."))
        if "starts" in data and not data["starts"]:
            self.add_error("starts", _("Skriv mindst ét klokkeslæt, ellers kan mødet ikke lægges."))
        for name in ("starts", *(each for each in self.fields if each.startswith("starts_in_"))):
            self._refuse_after_midnight(name, data)
        for of, wish in (("weekdays", "preferred_weekdays"), ("starts", "preferred_starts")):
            allowed = {*(data.get(of) or ()), *chain(*(data.get(f"{of}_by_month") or {}).values())}
            outside = set(data.get(wish) or ()) - allowed
            if of in data and outside:
                self.add_error(wish, _("Ønsket skal være blandt det, der er tilladt."))
        return data

    def _covers_every_month(self, data: dict[str, Any]) -> bool:
        """Whether each month that is planned has weekdays of its own, so that those of all months matter to none."""
        by_month = data.get("weekdays_by_month") or {}
        planned = data.get("months") if data.get("rhythm") == Rhythm.MONTHS else None
        return all(str(month) in by_month for month in planned or range(1, 13))

    def _refuse_after_midnight(self, name: str, data: dict[str, Any]) -> None:
        """A meeting ends by 24:00 (rule 4): said where it is typed, since the planner would silently never begin then."""
        given = data.get("starts_by_month", {}).get(name.removeprefix("starts_in_"), data.get(name)) or []
        minutes = data.get("minutes") or 0
        late = [each for each in given if not ends_in_time(time.fromisoformat(each), minutes)]
        if late:
            told = _("Et møde på %(n)s minutter kl. %(clock)s ville slutte efter midnat.")
            self.add_error(name, told % {"n": minutes, "clock": late[0].replace(":", ".")})

    def values(self) -> dict[str, Any]:
        """Return what the service takes."""
        return {
            name: value for name, value in self.cleaned_data.items() if name not in {"must_roles", "must"}
        }


class ForumRuleForm(RuleForm):
    """How a forum wants its year, and who must be there."""

    min_gap_days = gap_field()
    rhythm = forms.ChoiceField(label=_("Hvor tit"), choices=Rhythm.choices, widget=forms.RadioSelect)
    months = Numbers(YEAR_ORDER, label=_("I disse måneder"))
    count = forms.IntegerField(
        label=_("Antal"),
        min_value=1,
        max_value=52,
        required=False,
        help_text=_("Møder om året, eller uger imellem, som rytmen siger."),
    )
    must_roles = forms.ModelMultipleChoiceField(
        Role.objects.none(),
        label=_("Roller, der skal være med hver gang"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tovholder og mødeleder skal altid."),
    )
    must = forms.MultipleChoiceField(
        label=_("Medlemmer, der skal være med"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Planen lægges uden om dem. De andre kommer, når de kan."),
    )
    field_order = ["rhythm", "months", "count", "minutes", "weekdays", "preferred_weekdays"]

    def __init__(self, *args: Any, forum: Forum, members: dict[int, bool], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members, self.varying = members, list(forum.weekdays_by_month)
        roles = Role.objects.filter(retired_at__isnull=True)
        self.fields["must_roles"].queryset = roles  # type: ignore[attr-defined]
        people = Person.objects.filter(pk__in=members).order_by("name")
        self.fields["must"].choices = list(people.values_list("pk", "name"))  # type: ignore[attr-defined]
        for month, name in YEAR_ORDER:
            self.fields[f"weekdays_in_{month}"] = WeekdaysField(
                label=name.capitalize(), max_length=80, required=False
            )
        for month, name in YEAR_ORDER:
            self.fields[f"starts_in_{month}"] = ClocksField(
                label=name.capitalize(), max_length=80, required=False
            )

    @property
    def weekdays_by_month(self) -> list[forms.BoundField]:
        """The weekdays of single months, folded away on the page."""
        return [self[f"weekdays_in_{month}"] for month, _name in YEAR_ORDER]

    @property
    def starts_by_month(self) -> list[forms.BoundField]:
        """The start times of single months, folded away too."""
        return [self[f"starts_in_{month}"] for month, _name in YEAR_ORDER]

    @property
    def weekdays_vary(self) -> bool:
        """Whether there is something to see among the weekdays of single months."""
        return any(each.value() or each.errors for each in self.weekdays_by_month)

    @property
    def starts_vary(self) -> bool:
        """Whether there is something to see among the start times of single months."""
        return any(each.value() or each.errors for each in self.starts_by_month)

    def plain_fields(self) -> list[forms.BoundField]:
        """All other fields, in order."""
        return [bound for bound in self if not bound.name.startswith(("weekdays_in_", "starts_in_"))]

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        for of in ("weekdays", "starts"):
            found = {str(month): data.pop(f"{of}_in_{month}", None) for month, _name in sorted(YEAR_ORDER)}
            data[f"{of}_by_month"] = {month: values for month, values in found.items() if values}
        if not data["weekdays_by_month"] and data.get("weekdays"):
            # Left out, the forum's own would hold: the months that were emptied are to follow the days of all.
            data["weekdays_by_month"] = dict.fromkeys(self.varying, data["weekdays"])
        data = super().clean()
        if data.get("rhythm") == Rhythm.MONTHS and not data.get("months"):
            self.add_error("months", _("Vælg mindst én måned."))
        if data.get("rhythm") in (Rhythm.COUNT, Rhythm.EVERY_WEEKS) and not data.get("count"):
            self.add_error("count", _("Skriv hvor mange."))
        return data

    def chosen(self) -> dict[int, bool]:
        """Return, by member, whether the boxes say that they must be there."""
        ticked = {int(each) for each in self.cleaned_data["must"]}
        return {person: person in ticked for person in self.members}


class JointRuleForm(RuleForm):
    """How often several forums meet together."""

    min_gap_days = gap_field()
    count = forms.IntegerField(label=_("Gange om året"), min_value=1, max_value=52)
    replaces = forms.BooleanField(
        label=_("Træder i stedet for forummernes egne møder i den måned"), required=False
    )
    field_order = ["count", "replaces", "minutes"]


class DayInYearField(forms.CharField):
    """A day of any year: written "15-05", kept "05-15"."""

    def to_python(self, value: Any) -> Any:
        match = re.fullmatch(r"(\d{1,2})[-./ ](\d{1,2})\.?", super().to_python(value) or "")
        try:
            day = date(2024, int(match[2]), int(match[1])) if match else None  # a year with 29 February
        except ValueError:
            day = None
        if day is None:
            raise forms.ValidationError(_("Skriv dag og måned som 15-05."))
        return f"{day:%m-%d}"


class EventRuleForm(RuleForm):
    """Within which days of the year an event may lie."""

    window_starts = DayInYearField(label=_("Tidligst (dag-måned)"), max_length=6)
    window_ends = DayInYearField(label=_("Senest (dag-måned)"), max_length=6)
    field_order = ["window_starts", "window_ends", "minutes"]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("window_starts", "") > data.get("window_ends", "99"):
            self.add_error("window_ends", _("Senest skal ligge efter tidligst, i det samme år."))
        return data


def initial_of(wanted: Wanted) -> dict[str, Any]:
    """Return what a form shows of a rule, what follows from the forum filled in."""
    found: dict[str, Any] = {
        name: getattr(wanted, name)
        for name in "rhythm months count minutes weekdays starts preferred_weekdays preferred_starts min_gap_days replaces".split()
    }
    for month, days in wanted.weekdays_by_month.items():
        found[f"weekdays_in_{month}"] = days
    for month, clocks in wanted.starts_by_month.items():
        found[f"starts_in_{month}"] = clocks
    for name, text in zip(("window_starts", "window_ends"), wanted.window, strict=True):
        found[name] = "-".join(reversed(text.split("-")))
    return found


def form_of(thing: Forum | JointMeetingRule) -> type[RuleForm]:
    """Return the form of a thing's rule."""
    if isinstance(thing, Forum):
        return ForumRuleForm
    return EventRuleForm if thing.is_event else JointRuleForm
