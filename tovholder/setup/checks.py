"""Rules that hold over several fields, rows or files. Each yields problems; none raises."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from tovholder.access.levels import level_rank
from tovholder.access.personal_data import CPR_REFUSED, contains_cpr
from tovholder.setup import schema
from tovholder.setup.document import Document, Row, label
from tovholder.setup.problems import Problem, one_of

COUNTED = {"every_n_weeks": "ugerne imellem møderne", "times_a_year": "møderne om året"}


def check(document: Document) -> Iterator[Problem]:
    """Yield every problem of content in a document."""
    for rule in (texts, duplicate_keys, references, forum_parents, roles):
        yield from rule(document)
    for row in document.rows:
        rule_for = ROW_RULES.get(row.section)
        if rule_for and not row.broken:
            yield from rule_for(document, row, schema.canonical(row.section, row.data))


def texts(document: Document) -> Iterator[Problem]:
    """No CPR number anywhere; no control characters, and new lines only where a text may have several."""
    for row in document.rows:
        for name, value in _strings(row.data):
            if contains_cpr(value):
                yield document.problem(row, name, str(CPR_REFUSED), "(skjult)")
            allowed = {"\n", "\t"} if name in schema.keeps_lines() else set()
            if any(unicodedata.category(char) == "Cc" and char not in allowed for char in value):
                yield document.problem(
                    row,
                    name,
                    "Tilladt er synlige tegn" + (" og linjeskift." if allowed else ", uden linjeskift."),
                    value,
                )


def _strings(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _strings(each, key)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each, name)


def duplicate_keys(document: Document) -> Iterator[Problem]:
    first: dict[tuple[str, str], Row] = {}
    for row in document.rows:
        if not row.key and not schema.is_single(row.section):
            continue
        name = (row.section, "" if schema.is_single(row.section) else row.key)
        if name not in first:
            first[name] = row
        elif schema.is_single(row.section):
            allowed = f"Tabellen må kun stå én gang; den står også i {first[name].file}."
            yield document.problem(row, "", allowed, row.section)
        else:
            yield document.problem(
                row, "key", f"Nøglen må kun bruges én gang; den er brugt i {first[name].file}."
            )


def references(document: Document) -> Iterator[Problem]:
    """Every key that a row points to must be in the file or its fragments."""
    for row in document.rows:
        for name, spec in schema.properties(row.section).items():
            target = schema.reference_of(spec)
            given = row.data.get(name)
            if target is None or given is None:
                continue
            known = document.keys(target)
            for key in given if isinstance(given, list) else [given]:
                if isinstance(key, str) and key not in known:
                    yield document.problem(
                        row, name, f"Der er ingen {target} med den nøgle. " + one_of(known, key), key
                    )


def forum_parents(document: Document) -> Iterator[Problem]:
    forums = document.keys("forum")
    for key, row in forums.items():
        seen = [key]
        parent = row.data.get("parent")
        while isinstance(parent, str) and parent in forums and parent not in seen:
            seen.append(parent)
            parent = forums[parent].data.get("parent")
        if parent == key:
            ring = " → ".join([*seen, key])
            yield document.problem(row, "parent", f"Et forum kan ikke ligge under sig selv: {ring}.")


def roles(document: Document) -> Iterator[Problem]:
    if document.section("forum") and not any(
        row.data.get("convenes") is True for row in document.section("role")
    ):
        yield Problem(
            file=document.main,
            key="role",
            value="",
            allowed="Mindst én rolle skal have convenes = true, ellers kan ingen være tovholder.",
        )


def organisation_kind(document: Document, row: Row, data: dict[str, Any]) -> Iterator[Problem]:
    outside = data["party_type"] == "outside"
    if outside and data["outside_sort"] is None:
        sorts = schema.properties("organisation_kind")["outside_sort"]["enum"]
        yield document.problem(
            row, "outside_sort", "Skal stå ved party_type = outside. " + one_of(sorts), "(mangler)"
        )
    if not outside and data["outside_sort"] is not None:
        yield document.problem(row, "outside_sort", "Må kun stå ved party_type = outside.")


def organisation(document: Document, row: Row, data: dict[str, Any]) -> Iterator[Problem]:
    kind = document.keys("organisation_kind").get(data["kind"])
    if data["public_task"] and kind and kind.data.get("party_type") != "self_governing":
        yield document.problem(
            row, "public_task", "Må kun stå ved organisationer, hvis type har party_type = self_governing."
        )


def school(document: Document, row: Row, data: dict[str, Any]) -> Iterator[Problem]:
    others = [each for each in document.section("school") if each is not row]
    if data["organisation"] and any(each.data.get("organisation") == data["organisation"] for each in others):
        yield document.problem(row, "organisation", "Hver skole skal have sin egen organisation.")


def school_holiday(document: Document, row: Row, data: dict[str, Any]) -> Iterator[Problem]:
    days: dict[str, date] = {}
    for name in ("starts_on", "ends_on"):
        try:
            days[name] = date.fromisoformat(data[name])
        except ValueError:
            yield document.problem(row, name, "Tilladt er en dato, der findes, som 2026-10-10.")
    if len(days) == 2 and days["ends_on"] < days["starts_on"]:
        yield document.problem(row, "ends_on", f"Tilladt er {data['starts_on']} eller senere.")


def form(document: Document, row: Row, data: dict[str, Any]) -> Iterator[Problem]:
    keys = [each["key"] for each in data["fields"]]
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        yield document.problem(row, "fields", "Hvert felt i skemaet skal have sin egen nøgle.", key)
    for each in data["fields"]:
        if (each["kind"] == "choice") != bool(each["choices"]):
            allowed = "Muligheder skal stå ved kind = choice og kun dér."
            yield document.problem(row, "fields", allowed, each["key"])


def forum(document: Document, row: Row, data: dict[str, Any]) -> Iterator[Problem]:
    yield from _rhythm(document, row, data)
    young, old = data["target_age_from"], data["target_age_to"]
    if young is not None and old is not None and old < young:
        yield document.problem(row, "target_age_to", f"Tilladt er {young} eller derover.")
    if data["highest_level"] == "named" and data["open_to_all"]:
        yield document.problem(
            row, "highest_level", "Et åbent netværk kan ikke tage navne op. Tilladt er: general, anonymous."
        )
    if data["highest_level"] == "named" and not data["bases"]:
        allowed = one_of(schema.properties("forum")["bases"]["items"]["enum"])
        yield document.problem(
            row, "bases", "Navngivne punkter kræver mindst ét grundlag. " + allowed, "(mangler)"
        )
    yield from _agenda_fits(
        document, row, data, data["highest_level"], data["meeting_minutes"], "meeting_minutes"
    )


def _rhythm(document: Document, row: Row, data: dict[str, Any]) -> Iterator[Problem]:
    counted = COUNTED.get(data["cadence"])
    if counted and data["cadence_count"] is None:
        allowed = f"Skal stå ved cadence = {data['cadence']}: et helt tal fra 1 til 52, som siger {counted}."
        yield document.problem(row, "cadence_count", allowed, "(mangler)")
    if not counted and data["cadence_count"] is not None:
        yield document.problem(
            row, "cadence_count", "Må kun stå ved cadence = every_n_weeks eller times_a_year."
        )
    if data["weekdays"] and data["weekday_varies"]:
        yield document.problem(
            row, "weekdays", "Må ikke stå, når weekday_varies = true. Brug weekdays_by_month."
        )
    if data["weekdays_by_month"] and not data["weekday_varies"]:
        yield document.problem(row, "weekdays_by_month", "Må kun stå, når weekday_varies = true.")


def joint_meeting(document: Document, row: Row, data: dict[str, Any]) -> Iterator[Problem]:
    forums = document.keys("forum")
    levels = [
        str(forums[key].data.get("highest_level", "general")) for key in data["forums"] if key in forums
    ]
    known = [level for level in levels if level in {"general", "anonymous", "named"}]
    lowest = min(known, key=level_rank, default="general")
    yield from _agenda_fits(document, row, data, lowest, data["minutes"], "minutes")


def planning_rule(document: Document, row: Row, data: dict[str, Any]) -> Iterator[Problem]:
    """A rule is of one thing, has what its rhythm counts, and only an event has a window."""
    if (data["forum"] is None) == (data["joint"] is None):
        yield document.problem(row, "forum", "Der skal stå enten forum eller joint, og ikke begge.")
    others = [each for each in document.section("planning_rule") if each is not row]
    for name in ("forum", "joint"):
        if data[name] and any(each.data.get(name) == data[name] for each in others):
            yield document.problem(row, name, "Der må kun være én regel for hvert forum og fællesmøde.")
    if data["rhythm"] == "months" and not data["months"]:
        yield document.problem(row, "months", "Skal stå ved rhythm = months: mindst én måned.", "(mangler)")
    if data["rhythm"] in ("count", "every_weeks") and data["count"] is None:
        yield document.problem(row, "count", "Skal stå ved den rytme: et helt tal fra 1 til 52.", "(mangler)")
    for of, wish in (("weekdays", "preferred_weekdays"), ("starts", "preferred_starts")):
        outside = set(data[wish]).difference(data[of], *data[f"{of}_by_month"].values())
        if data[of] and outside:
            allowed = f"Tilladt er kun det, der også står i {of}."
            yield document.problem(row, wish, allowed, sorted(outside)[0])
    for name in ("weekdays_by_month", "starts_by_month"):
        if data["joint"] and data[name]:
            yield document.problem(
                row, name, "Må kun stå ved et forum: et fællesmøde har det samme hele året."
            )
    if (data["window_starts"] or "") > (data["window_ends"] or "99"):
        yield document.problem(row, "window_ends", f"Tilladt er {data['window_starts']} eller senere.")


def _agenda_fits(
    document: Document, row: Row, data: dict[str, Any], highest: str, minutes: int, field: str
) -> Iterator[Problem]:
    """The standing agenda keeps within the level and the length of the meetings that use it."""
    template = document.keys("agenda_template").get(data["agenda_template"] or "")
    if template is None or template.broken:
        return
    items = schema.canonical("agenda_template", template.data)["items"]
    over = [item["heading"] for item in items if level_rank(item["level"]) > level_rank(highest)]
    if over:
        allowed = f"Punktet »{over[0]}« er mere følsomt end {highest}, som er det højeste her."
        yield document.problem(row, "agenda_template", allowed)
    total = sum(item["minutes"] for item in items)
    if total > minutes:
        name = label("agenda_template", template.key, template.number)
        yield document.problem(
            row, field, f"Punkterne i {name} tager {total} minutter. Tilladt er {total} eller mere.", minutes
        )


ROW_RULES: dict[str, Callable[[Document, Row, dict[str, Any]], Iterator[Problem]]] = {
    "organisation_kind": organisation_kind,
    "organisation": organisation,
    "school": school,
    "school_holiday": school_holiday,
    "form": form,
    "forum": forum,
    "joint_meeting": joint_meeting,
    "planning_rule": planning_rule,
}
