"""The set-up as it stands in the tables, in the words of the file."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Count

from tovholder.accounts.models import User
from tovholder.directory.models import Municipality
from tovholder.forums.models import Forum
from tovholder.meetings.models import Meeting, MeetingStatus
from tovholder.plans.models import AgreementStatus
from tovholder.setup import schema
from tovholder.setup.models import SetupFile
from tovholder.setup.sections import SECTIONS, Section, from_column


@dataclass(slots=True)
class Present:
    """A row as it stands: `data` in the words of the file, every field filled in."""

    pk: int
    data: dict[str, Any]
    retired_at: datetime | None
    closed: bool

    @property
    def name(self) -> str:
        return str(self.data.get("name", ""))


def present(section: Section) -> dict[str, Present]:
    """Return every row of a section by key, retired and closed ones too, in the order of the file."""
    single_model = section.model is Municipality
    order = ["pk"] if single_model else ["position", "key"]
    specs = schema.properties(section.name)
    references = [name for name, spec in specs.items() if _is_foreign_key(section, name)]
    rows = section.model._default_manager.order_by(*order).select_related(*references)
    lists = {
        name: _linked_keys(section, name)
        for name, spec in specs.items()
        if schema.reference_of(spec) and _is_link_table(section, name)
    }
    children = _children(section)
    found: dict[str, Present] = {}
    for row in rows:
        data: dict[str, Any] = {}
        for name, spec in specs.items():
            if name in lists:
                data[name] = sorted(lists[name][row.pk])
            elif section.children and name == section.children[0]:
                data[name] = children[row.pk]
            else:
                data[name] = _value(section, row, name, spec)
        found[row.key] = Present(  # type: ignore[attr-defined]
            pk=row.pk,
            data=schema.canonical(section.name, data),
            retired_at=getattr(row, "retired_at", None),
            closed=getattr(row, "closed_on", None) is not None,
        )
    return found


def _is_foreign_key(section: Section, name: str) -> bool:
    fields = {field.name: field for field in section.model._meta.fields}
    return isinstance(fields.get(name), models.ForeignKey)


def _is_link_table(section: Section, name: str) -> bool:
    if section.through and section.through[0] == name:
        return True
    return name in {field.name for field in section.model._meta.many_to_many}


def _value(section: Section, row: models.Model, name: str, spec: schema.Json) -> Any:
    if _is_foreign_key(section, name):
        other = getattr(row, name)
        return other.key if other is not None else None
    return from_column(section.model, name, getattr(row, name), spec)


def _linked_keys(section: Section, name: str) -> defaultdict[int, list[str]]:
    """Return, by primary key of the row, the keys that a list of references holds."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    if section.through and section.through[0] == name:
        _, table, back, there = section.through
        pairs = table._default_manager.values_list(f"{back}_id", f"{there}__key")
    else:
        rows = section.model._default_manager.filter(**{f"{name}__isnull": False})
        pairs = rows.order_by().values_list("pk", f"{name}__key")
    for pk, key in pairs:
        found[pk].append(key)
    return found


def _children(section: Section) -> defaultdict[int, list[dict[str, Any]]]:
    found: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    if section.children is None:
        return found
    field, model, back = section.children
    definition = schema.children_of(schema.properties(section.name)[field]) or ""
    specs = schema.properties(definition)
    for child in model._default_manager.order_by(back, "position"):
        found[getattr(child, f"{back}_id")].append(
            {name: from_column(model, name, getattr(child, name), spec) for name, spec in specs.items()}
        )
    return found


def keys_from_files() -> dict[str, set[str]]:
    """Return, by section, the keys that the file held when one was last applied."""
    last = SetupFile.objects.filter(applied_at__isnull=False).order_by("-applied_at", "-pk").first()
    return {section: set(keys) for section, keys in last.keys.items()} if last else {}


def forums_in_use() -> dict[str, tuple[int, int]]:
    """Return, by key, how many open agreements and coming meetings each forum has, where it has any."""
    rows = (
        Forum.objects.filter(retired_at__isnull=True, closed_on__isnull=True)
        .annotate(
            open_agreements=Count(
                "agreements", filter=models.Q(agreements__status=AgreementStatus.OPEN), distinct=True
            ),
        )
        .values_list("key", "open_agreements")
    )
    coming: defaultdict[str, int] = defaultdict(int)
    planned = Meeting.objects.filter(status__in=[MeetingStatus.PLANNED, MeetingStatus.RUNNING])
    for key in planned.values_list("forums__key", flat=True):
        if key:
            coming[key] += 1
    return {key: (agreements, coming[key]) for key, agreements in rows if agreements or coming[key]}


def overview() -> list[tuple[str, list[str]]]:
    """Return, for each section that has rows, its title and their names. One query for all of them."""
    listed = [section for section in SECTIONS.values() if not section.single]
    rows = [_named_rows(section) for section in listed]
    found: defaultdict[str, list[tuple[int, str, str]]] = defaultdict(list)
    for section_name, position, key, name in rows[0].union(*rows[1:], all=True):
        found[section_name].append((position, key, name))
    return [
        (schema.section_title(section.name), [name for _, _, name in sorted(found[section.name])])
        for section in listed
        if found[section.name]
    ]


def _named_rows(section: Section) -> models.QuerySet[Any, Any]:
    rows: models.QuerySet[Any, Any] = section.model._default_manager.filter(retired_at__isnull=True)
    if section.model is Forum:
        rows = rows.filter(closed_on__isnull=True)
    told: models.QuerySet[Any, Any] = rows.order_by().annotate(section_name=models.Value(section.name))
    return told.values_list("section_name", "position", "key", "name")


def drafts_of(user: User) -> models.QuerySet[SetupFile]:
    """Return what the user has brought and not yet loaded."""
    return SetupFile.objects.filter(uploaded_by=user, applied_at__isnull=True)


def latest_loads(limit: int = 5) -> models.QuerySet[SetupFile]:
    """Return the files that were applied last, newest first."""
    applied = SetupFile.objects.filter(applied_at__isnull=False).select_related("uploaded_by")
    return applied.order_by("-applied_at", "-pk")[:limit]
