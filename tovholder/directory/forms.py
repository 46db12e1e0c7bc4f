"""Filters and forms of the directory."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tovholder.accounts.models import Role
from tovholder.directory.models import District, Organisation, OrganisationKind, Person, PostKind
from tovholder.ui.forms import TovholderForm, TovholderModelForm

HERE = (("her", _("Er med nu")), ("fratraadt", _("Er fratrådt")), ("alle", _("Alle")))


class PersonFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Søg"), method="search")
    organisation = django_filters.ModelChoiceFilter(
        label=_("Kommer fra"),
        queryset=Organisation.objects.filter(retired_at__isnull=True),
        empty_label=_("Alle"),
    )
    status = django_filters.ChoiceFilter(
        label=_("Status"), method="by_status", choices=HERE, empty_label=None
    )
    sort = django_filters.OrderingFilter(
        label=_("Sortér"),
        fields=(("name", "navn"), ("organisation__name", "sted"), ("title", "stilling")),
        choices=(("navn", _("Navn")), ("sted", _("Kommer fra")), ("stilling", _("Stilling"))),
        empty_label=None,
    )

    class Meta:
        model = Person
        fields: list[str] = []
        form = TovholderForm

    def search(self, queryset: QuerySet[Person], name: str, value: str) -> QuerySet[Person]:
        words = value.split()
        for word in words[:5]:
            queryset = queryset.filter(
                Q(name__icontains=word) | Q(title__icontains=word) | Q(organisation__name__icontains=word)
            )
        return queryset

    def by_status(self, queryset: QuerySet[Person], name: str, value: str) -> QuerySet[Person]:
        if value == "alle":
            return queryset
        return queryset.filter(left_on__isnull=value != "fratraadt")

    @property
    def qs(self) -> QuerySet[Person]:
        found = super().qs
        if not self.form.cleaned_data.get("status"):
            found = found.filter(left_on__isnull=True)
        return found


class OrganisationFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Søg"), field_name="name", lookup_expr="icontains")
    kind = django_filters.ModelChoiceFilter(
        label=_("Slags"),
        queryset=OrganisationKind.objects.filter(retired_at__isnull=True),
        empty_label=_("Alle"),
    )
    district = django_filters.ModelChoiceFilter(
        label=_("Distrikt"), queryset=District.objects.filter(retired_at__isnull=True), empty_label=_("Alle")
    )
    sort = django_filters.OrderingFilter(
        label=_("Sortér"),
        fields=(("name", "navn"), ("kind__name", "slags"), ("people", "personer")),
        choices=(("navn", _("Navn")), ("slags", _("Slags")), ("-personer", _("Flest personer"))),
        empty_label=None,
    )

    class Meta:
        model = Organisation
        fields: list[str] = []
        form = TovholderForm


class SchoolFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Søg"), field_name="name", lookup_expr="icontains")
    district = django_filters.ModelChoiceFilter(
        label=_("Distrikt"), queryset=District.objects.filter(retired_at__isnull=True), empty_label=_("Alle")
    )
    sort = django_filters.OrderingFilter(
        label=_("Sortér"),
        fields=(("name", "navn"), ("district__name", "distrikt")),
        choices=(("navn", _("Navn")), ("distrikt", _("Distrikt"))),
        empty_label=None,
    )

    class Meta:
        fields: list[str] = []
        form = TovholderForm


class PersonForm(TovholderModelForm):
    class Meta:
        model = Person
        fields = ("name", "title", "organisation", "email", "phone")
        help_texts = {"email": _("Uden e-mail kan personen ikke få indkaldelser.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organisation"]
        field.queryset = Organisation.objects.filter(  # type: ignore[attr-defined]
            Q(retired_at__isnull=True) | Q(pk=self.instance.organisation_id)
        ).order_by("name")
        field.empty_label = _("Ikke angivet")  # type: ignore[attr-defined]


class LoginForm(TovholderForm):
    role = forms.ChoiceField(
        label=_("Rolle"),
        choices=[(Role.MEMBER, Role.MEMBER.label), (Role.OPEN_PARTICIPANT, Role.OPEN_PARTICIPANT.label)],
        initial=Role.MEMBER,
        widget=forms.RadioSelect,
        help_text=_(
            "Åben deltager er for foreninger, frivillige og erhvervsliv. Andre roller gives under Logins."
        ),
    )


class PostForm(TovholderForm):
    kind = forms.ModelChoiceField(
        label=_("Post"), queryset=PostKind.objects.filter(retired_at__isnull=True), empty_label=_("Vælg post")
    )
    person = forms.ModelChoiceField(
        label=_("Person"), queryset=Person.objects.current().order_by("name"), empty_label=_("Vælg person")
    )
    valid_from = forms.DateField(label=_("Fra"), initial=timezone.localdate)


class EndPostForm(TovholderForm):
    last_day = forms.DateField(label=_("Sidste dag"), initial=timezone.localdate)
