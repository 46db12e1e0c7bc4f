"""Load a set-up file: all of it or nothing, with its line in the log."""

from __future__ import annotations

from typing import Any

from django.db import models, transaction
from django.utils import timezone

from tovholder.accounts.models import User
from tovholder.audit.models import Actor
from tovholder.audit.services import record
from tovholder.directory.models import Municipality
from tovholder.setup.document import Document
from tovholder.setup.drafts import preview, source_of
from tovholder.setup.models import SetupFile
from tovholder.setup.plan import Plan, make_plan
from tovholder.setup.policy import may_manage
from tovholder.setup.problems import SetupInvalid
from tovholder.setup.queries import keys_from_files
from tovholder.setup.reader import read_setup
from tovholder.setup.sections import SECTIONS, Section, to_column


@transaction.atomic
def keep_draft(*, by: User, name: str, texts: dict[str, str]) -> SetupFile:
    """Keep what was uploaded until it is applied or thrown away; it takes the place of an earlier draft."""
    may_manage(by).require()
    SetupFile.objects.filter(uploaded_by=by, applied_at__isnull=True).delete()
    draft = SetupFile.objects.create(name=name, texts=texts, preview=preview(name, texts), uploaded_by=by)
    record(by=by, action="setup.uploaded", obj=draft, details={"files": len(texts)})
    return draft


@transaction.atomic
def change_draft(*, by: User, draft: SetupFile, file: str, text: str) -> None:
    """Mend one file of a draft."""
    may_manage(by).require()
    draft.texts = {**draft.texts, file: text}
    draft.preview = preview(draft.name, draft.texts)
    draft.save(update_fields=["texts", "preview"])
    record(by=by, action="setup.draft_changed", obj=draft)


def apply_draft(*, by: User, draft: SetupFile, fingerprint: str) -> Plan | None:
    """Load a draft as it was shown. Returns None, with a new preview on the draft, when it cannot be."""
    try:
        document = read_setup(draft.name, source_of(draft.texts))
        return apply_setup(by=by, document=document, draft=draft, fingerprint=fingerprint)
    except (SetupInvalid, PlanChanged):
        draft.preview = preview(draft.name, draft.texts)
        draft.save(update_fields=["preview"])
        return None


@transaction.atomic
def drop_draft(*, by: User, draft: SetupFile) -> None:
    """Throw a draft away."""
    may_manage(by).require()
    record(by=by, action="setup.discarded", obj=draft)
    draft.delete()


@transaction.atomic
def apply_setup(
    *, by: Actor, document: Document, draft: SetupFile | None = None, fingerprint: str | None = None
) -> Plan:
    """Load `document` and return what changed.

    Raises SetupInvalid when the tables stand against it, and PlanChanged when they are no longer as they were
    when the plan with `fingerprint` was shown. In both cases nothing has changed.
    """
    may_manage(by).require()
    list(Municipality.objects.select_for_update())  # one load at a time
    plan = make_plan(document)
    if plan.problems:
        raise SetupInvalid(plan.problems)
    if fingerprint is not None and fingerprint != plan.fingerprint:
        raise PlanChanged
    for section in SECTIONS.values():
        _fill(section, document, plan)
    if plan.changes or draft is not None or _held_keys(document) != keys_from_files():
        _remember(by, document, plan, draft)
    return plan


def _held_keys(document: Document) -> dict[str, set[str]]:
    return {
        section: {row.key for row in document.section(section)}
        for section in SECTIONS
        if document.section(section)
    }


def _remember(by: Actor, document: Document, plan: Plan, draft: SetupFile | None) -> None:
    """Keep the file as it was loaded, and write the line of the log."""
    load = draft or SetupFile(name=document.main, uploaded_by=by if isinstance(by, User) else None)
    load.texts = document.texts
    load.keys = {section: sorted(keys) for section, keys in _held_keys(document).items()}
    load.preview = {}
    load.applied_at = timezone.now()
    load.save()
    record(by=by, action="setup.loaded", obj=load, details=_details(plan))


class PlanChanged(Exception):
    """The set-up was changed by somebody else after the preview was shown."""


def _details(plan: Plan) -> dict[str, Any]:
    return {
        kind: [f"{change.section}:{change.key}" for change in plan.changes if change.kind == kind]
        for kind in sorted({change.kind for change in plan.changes})
    }


def _fill(section: Section, document: Document, plan: Plan) -> None:
    """Write the rows of one section, and retire those that left the file."""
    wanted = document.canonical(section.name)
    touched = {change.key for change in plan.of(section.name) if change.kind in {"new", "changed", "back"}}
    keys = dict(section.model._default_manager.values_list("key", "pk"))
    for key in _parents_first(wanted):
        position = list(wanted).index(key)
        if key in touched:
            _write_row(section, key, wanted[key], position)
        elif not section.single and key in keys:
            section.model._default_manager.filter(pk=keys[key]).exclude(position=position).update(
                position=position
            )
    leaving = [change.key for change in plan.of(section.name) if change.kind == "retired"]
    if leaving:
        section.model._default_manager.filter(key__in=leaving).update(retired_at=timezone.now())


def _parents_first(wanted: dict[str, dict[str, Any]]) -> list[str]:
    """Return the keys so that a row comes after the row of the same section that it lies under."""
    ordered: dict[str, None] = {}

    def place(key: str) -> None:
        parent = wanted[key].get("parent")
        if parent in wanted and parent not in ordered:
            place(parent)
        ordered[key] = None

    for key in wanted:
        place(key)
    return list(ordered)


def _write_row(section: Section, key: str, data: dict[str, Any], position: int) -> None:
    model = section.model
    row = model._default_manager.filter(key=key).first() or model(key=key)  # type: ignore[call-arg]
    columns = {column.name: column for column in model._meta.fields}
    lists: dict[str, list[str]] = {}
    for name, value in data.items():
        column = columns.get(name)
        if isinstance(column, models.ForeignKey):
            setattr(row, name, _row_of(column.remote_field.model, value))
        elif column is not None:
            setattr(row, name, to_column(model, name, value))
        elif section.children is None or name != section.children[0]:
            lists[name] = value
    if not _is_municipality(model):
        row.position, row.retired_at = position, None  # type: ignore[attr-defined]
    row.save()
    for name, linked in lists.items():
        _write_list(section, row, name, linked)
    if section.children:
        _write_children(section.children, row, data[section.children[0]])


def _is_municipality(model: type[models.Model]) -> bool:
    return model is Municipality


def _row_of(model: type[models.Model], key: str | None) -> models.Model | None:
    return model._default_manager.get(key=key) if key is not None else None


def _write_list(section: Section, row: models.Model, name: str, keys: list[str]) -> None:
    if section.through and section.through[0] == name:
        _, table, back, there = section.through
        target = table._meta.get_field(there).remote_field.model  # type: ignore[union-attr]
        links = table._default_manager.filter(**{back: row})
        links.exclude(**{f"{there}__key__in": keys}).delete()
        present = set(links.values_list(f"{there}__key", flat=True))
        missing = target._default_manager.filter(key__in=set(keys) - present)
        table._default_manager.bulk_create([table(**{back: row, there: each}) for each in missing])
        return
    manager = getattr(row, name)
    manager.set(manager.model._default_manager.filter(key__in=keys))


def _write_children(
    children: tuple[str, type[models.Model], str], row: models.Model, wanted: list[dict[str, Any]]
) -> None:
    """Make the lines of a template or checklist those of the file.

    A line with the same text stays the same line, so that what points to it keeps its meaning.
    """
    _, model, back = children
    text = "heading" if any(field.name == "heading" for field in model._meta.fields) else "text"
    lines = list(model._default_manager.filter(**{back: row}))
    # Out of the way first: a position may only be taken once.
    model._default_manager.filter(**{back: row}).update(position=models.F("position") + 10_000)
    for position, data in enumerate(wanted, start=1):
        same = next((line for line in lines if getattr(line, text) == data[text]), None)
        if same is not None:
            lines.remove(same)
        line = same or model(**{back: row})
        for name, value in data.items():
            setattr(line, name, to_column(model, name, value))
        line.position = position  # type: ignore[attr-defined]
        line.save()
    _take_out(model, [line.pk for line in lines])


def _take_out(model: type[models.Model], pks: list[int]) -> None:
    gone = model._default_manager.filter(pk__in=pks)
    if any(field.name == "retired_at" for field in model._meta.fields):
        gone.update(retired_at=timezone.now())
    else:
        gone.delete()
