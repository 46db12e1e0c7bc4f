"""Filters and forms of forums."""

from __future__ import annotations

from datetime import date
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tovholder.directory.models import District, Organisation, Person, Role
from tovholder.forums.file_days import day_in
from tovholder.forums.models import Charter, Forum, ForumType, Membership, OlderMinutes, ParticipantReview
from tovholder.ui.forms import TovholderForm, TovholderModelForm

WORDS = (("", _("Ikke vurderet")), ("1", _("Lidt")), ("2", _("Noget")), ("3", _("Meget")))


class ForumFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Søg"), field_name="name", lookup_expr="icontains")
    type = django_filters.ModelChoiceFilter(
        label=_("Type"),
        field_name="forum_type",
        queryset=ForumType.objects.filter(retired_at__isnull=True),
        empty_label=_("Alle"),
    )
    district = django_filters.ModelChoiceFilter(
        label=_("Distrikt"),
        method="by_district",
        queryset=District.objects.filter(retired_at__isnull=True),
        empty_label=_("Alle"),
    )
    vis = django_filters.ChoiceFilter(
        label=_("Vis"),
        method="by_state",
        choices=(("mine", _("Mine")), ("lukkede", _("Lukkede"))),
        empty_label=_("Alle åbne"),
    )
    sort = django_filters.OrderingFilter(
        label=_("Sortér"),
        fields=(("position", "fast"), ("name", "navn"), ("forum_type__name", "type")),
        choices=(("fast", _("Kommunens orden")), ("navn", _("Navn")), ("type", _("Type"))),
        empty_label=None,
    )

    class Meta:
        model = Forum
        fields: list[str] = []
        form = TovholderForm

    def __init__(self, *args: Any, own: frozenset[int] = frozenset(), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own = own

    def by_district(self, queryset: QuerySet[Forum], name: str, value: District) -> QuerySet[Forum]:
        return queryset.filter(
            pk__in=Forum.districts.through.objects.filter(district=value).values("forum_id")
        )

    def by_state(self, queryset: QuerySet[Forum], name: str, value: str) -> QuerySet[Forum]:
        if value == "lukkede":
            return queryset.filter(closed_on__isnull=False)
        return queryset.filter(closed_on__isnull=True, pk__in=self.own)

    @property
    def qs(self) -> QuerySet[Forum]:
        found = super().qs
        return found if self.form.cleaned_data.get("vis") else found.filter(closed_on__isnull=True)


def _roles() -> QuerySet[Role]:
    return Role.objects.filter(retired_at__isnull=True)


class MemberForm(TovholderForm):
    """Somebody from the directory, or somebody new."""

    person = forms.ModelChoiceField(
        label=_("Person fra vejviseren"),
        queryset=Person.objects.none(),
        required=False,
        empty_label=_("Vælg person"),
    )
    name = forms.CharField(label=_("Eller en ny person: navn"), max_length=120, required=False)
    email = forms.EmailField(label=_("E-mail til den nye person"), required=False)
    organisation = forms.ModelChoiceField(
        label=_("Den nye person kommer fra"),
        queryset=Organisation.objects.filter(retired_at__isnull=True).order_by("name"),
        required=False,
        empty_label=_("Ikke angivet"),
    )
    role = forms.ModelChoiceField(label=_("Rolle i forummet"), queryset=_roles(), empty_label=None)
    is_guest = forms.BooleanField(
        label=_("Fast gæst"),
        required=False,
        help_text=_("Inviteres til møderne, men tæller ikke som medlem."),
    )
    valid_from = forms.DateField(label=_("Med fra"), initial=timezone.localdate)

    def __init__(self, *args: Any, forum: Forum, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        present = Membership.objects.filter(forum=forum, valid_until__isnull=True).values("person_id")
        field = self.fields["person"]
        field.queryset = Person.objects.current().exclude(pk__in=present).order_by("name")  # type: ignore[attr-defined]
        roles = list(_roles())  # one read for the choices and for the one that is chosen
        self.fields["role"].choices = [(role.pk, role.name) for role in roles]  # type: ignore[attr-defined]
        ordinary = next((role.pk for role in roles if not role.convenes and not role.chairs), None)
        self.initial.setdefault("role", ordinary)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        person, name = data.get("person"), (data.get("name") or "").strip()
        if "person" not in self.errors and bool(person) == bool(name):
            self.add_error("person", ValidationError(_("Vælg en person, eller skriv navnet på en ny.")))
        return data


class MembershipForm(TovholderModelForm):
    class Meta:
        model = Membership
        fields = ("role", "is_guest", "valid_from", "valid_until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role = self.fields["role"]
        role.queryset = Role.objects.filter(  # type: ignore[attr-defined]
            Q(retired_at__isnull=True) | Q(pk=self.instance.role_id)
        )
        role.empty_label = None  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("valid_from"), data.get("valid_until")
        if first and last and last < first:
            self.add_error("valid_until", ValidationError(_("Sidste dag kan ikke ligge før den første.")))
        return data


class CharterForm(TovholderModelForm):
    guarded = ("text",)

    class Meta:
        model = Charter
        fields = ("text",)
        labels = {"text": _("Tekst")}
        help_texts = {"text": _("Skriv # foran en overskrift og - foran et punkt.")}
        widgets = {"text": forms.Textarea(attrs={"rows": "24"})}


class ApproveCharterForm(TovholderForm):
    approved_on = forms.DateField(label=_("Godkendt den"), initial=timezone.localdate)
    approved_by = forms.CharField(
        label=_("Godkendt af"), max_length=160, help_text=_("For eksempel styregruppen eller forummet selv.")
    )

    def clean_approved_on(self) -> Any:
        day = self.cleaned_data["approved_on"]
        if day > timezone.localdate():
            raise ValidationError(_("Godkendelsen kan ikke ligge i fremtiden."))
        return day


class LookForm(TovholderForm):
    """The yearly look at one participant."""

    guarded = ("note",)

    relevance = forms.TypedChoiceField(
        label=_("Relevans"), choices=WORDS, coerce=int, required=False, empty_value=None
    )
    meaning = forms.TypedChoiceField(
        label=_("Mening"), choices=WORDS, coerce=int, required=False, empty_value=None
    )
    outcome = forms.TypedChoiceField(
        label=_("Udkomme"), choices=WORDS, coerce=int, required=False, empty_value=None
    )
    verdict = forms.ChoiceField(
        label=_("Vurdering"), choices=ParticipantReview.Verdict.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": "2"}), max_length=2000
    )


class _Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """One file or several; cleaned to a list."""

    widget = _Files

    def clean(self, data: Any, initial: Any = None) -> Any:
        several = data if isinstance(data, list | tuple) else [data]
        return [super(ManyFilesField, self).clean(each, initial) for each in several or [None]]


def _not_to_come(day: date) -> None:
    if day > timezone.localdate():
        raise ValidationError(_("Et ældre referat kan ikke være fra et møde, der kommer."))


class OlderMinutesForm(TovholderForm):
    """One file with its day, or several whose days stand in their names. `days` has the day of each file."""

    guarded = ("title",)
    MOST, MOST_BYTES = 50, 100 * 1024 * 1024

    file = ManyFilesField(
        label=_("Filer"),
        help_text=_(
            "Word eller PDF, op til 50 på en gang. Kun forummets medlemmer fra samarbejdet kan hente dem, "
            "og hver gang skrives i loggen."
        ),
        allow_empty_file=True,
        error_messages={"required": _("Vælg en fil.")},
    )
    held_on = forms.DateField(
        label=_("Mødets dato"),
        required=False,
        validators=[_not_to_come],
        help_text=_(
            "Kan stå tom, når datoen er i filens navn, for eksempel »Referat 5.3.2024.docx«. Så læses den derfra."
        ),
    )
    title = forms.CharField(label=_("Titel"), max_length=200, initial=_("Referat"))

    def clean_file(self) -> list[Any]:
        files: list[Any] = self.cleaned_data["file"]
        if len(files) > self.MOST:
            raise ValidationError(
                _("Vælg højst %(most)s filer ad gangen."), code="too_many", params={"most": self.MOST}
            )
        if sum(each.size for each in files) > self.MOST_BYTES:
            raise ValidationError(_("Filerne fylder for meget tilsammen. Tag færre ad gangen."), code="size")
        return files

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        files, given = cleaned.get("file"), cleaned.get("held_on")
        if not files or "held_on" in self.errors:
            return cleaned
        if len(files) == 1:
            day = given or day_in(files[0].name)
            if day is None:
                self.add_error("held_on", _("Skal udfyldes, når datoen ikke står i filens navn."))
            else:
                try:
                    _not_to_come(day)
                except ValidationError as error:
                    self.add_error("held_on", error)
            self.days = [day]
            return cleaned
        if given is not None:
            self.add_error("held_on", _("Skal stå tom, når du vælger flere filer: de er fra hver sit møde."))
        self.days = [day_in(each.name) for each in files]
        for each, day in zip(files, self.days, strict=True):
            if day is None:
                told = _("Der står ikke én dato i navnet »%(name)s«. Giv filen et navn som »Referat 5.3.2024.docx«, eller læg den ind for sig.")  # fmt: skip
                self.add_error("file", ValidationError(told, params={"name": each.name}))
            elif day > timezone.localdate():
                told = _("»%(name)s« er fra et møde, der kommer. Ret datoen i filens navn.")
                self.add_error("file", ValidationError(told, params={"name": each.name}))
        return cleaned


class OlderMinutesChangeForm(TovholderModelForm):
    guarded = ("title",)

    class Meta:
        model = OlderMinutes
        fields = ("title", "held_on")

    def clean_held_on(self) -> date:
        day: date = self.cleaned_data["held_on"]
        _not_to_come(day)
        return day
