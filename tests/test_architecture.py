"""What import-linter cannot see: links between tables, budgets, and what must not stand in the tree."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

ROOT = Path(__file__).resolve().parent.parent
FILE_LINES, FUNCTION_LINES, BASE_LINES, PAGE_LINES = 400, 50, 100, 150
FORBIDDEN_NAMES = {"common", "core", "utils", "util", "helpers", "misc"}
INLINE = {
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", re.I),
    "an inline style sheet": re.compile(r"<style\b", re.I),
    "a style attribute": re.compile(r"\sstyle\s*=\s*[\"']", re.I),
    "an event attribute": re.compile(r"\son[a-z]+\s*=\s*[\"']", re.I),
    "a javascript address": re.compile(r"javascript:", re.I),
}
# Split, so that this file does not hold what it forbids.
REGISTRY_HOSTS = re.compile(
    "|".join(("py" + r"pi\.org", "python" + "hosted", "npm" + r"js\.(org|com)", r"deb\." + "debian"))
)


@cache
def tracked(*patterns: str) -> tuple[Path, ...]:
    """Files that are in the repository or about to be."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return tuple(path for path in map(ROOT.joinpath, listed) if path.is_file())


def own_python() -> list[Path]:
    return [path for path in tracked("*.py") if "migrations" not in path.parts]


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def place(path: Path, line: int | str = "") -> str:
    return f"{path.relative_to(ROOT)}:{line}".rstrip(":")


@cache
def layer_of() -> dict[str, int]:
    """App to its height, read from the contract that import-linter checks: one order, two checks."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(each for each in contracts if each["id"] == "layers")["layers"]
    return {
        name.strip(" ()"): height
        for height, names in enumerate(reversed(layers))
        for name in names.split("|")
    }


def own_models() -> list[type[models.Model]]:
    return [
        model
        for config in apps.get_app_configs()
        if config.name.startswith("tovholder.")
        for model in config.get_models(include_auto_created=True)
    ]


def app_of(model: type[models.Model]) -> str | None:
    """The app's folder name, or None for a table that is not ours."""
    parts = model.__module__.split(".")
    return parts[1] if parts[0] == "tovholder" else None


@pytest.mark.parametrize("model", own_models(), ids=lambda model: model._meta.label)
def test_tables_link_downwards_only(model: type[models.Model]) -> None:
    home, upward = app_of(model), []
    for field in model._meta.get_fields():
        if not (field.is_relation and (field.concrete or field.many_to_many) and not field.auto_created):
            continue
        target = app_of(field.related_model) if isinstance(field.related_model, type) else None
        if home and target and home != target and layer_of()[home] <= layer_of()[target]:
            upward.append(f"{field.name} -> {target}")
    assert not upward


def test_every_app_has_its_layer() -> None:
    folders = {path.parent.name for path in ROOT.glob("tovholder/*/__init__.py")}
    assert folders <= set(layer_of())


def test_the_inner_order_is_checked_in_every_app() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    checked = set(next(each for each in contracts if each["id"] == "inside")["containers"])
    folders = {f"tovholder.{path.parent.name}" for path in ROOT.glob("tovholder/*/__init__.py")}
    assert folders - {"tovholder.config"} <= checked


def test_views_are_imported_by_the_urls_of_their_own_app() -> None:
    strangers = []
    for path in own_python():
        if path.parts[len(ROOT.parts)] != "tovholder":
            continue
        home = path.relative_to(ROOT).parts[1]
        for app in re.findall(r"from tovholder\.(\w+)(?:\.views\b| import .*\bviews\b)", path.read_text()):
            if app != home:
                strangers.append(f"{place(path)} takes the views of {app}")
    assert not strangers


def test_files_and_functions_stay_small() -> None:
    too_long = []
    for path in own_python():
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > FILE_LINES:
            too_long.append(f"{place(path)}: {lines} lines, at most {FILE_LINES}")
        if "e2e" in path.parts:  # a journey is one story, told in one piece
            continue
        for function in functions(path):
            length = (function.end_lineno or function.lineno) - function.lineno + 1
            if length > FUNCTION_LINES:
                too_long.append(
                    f"{place(path, function.lineno)} {function.name}: {length} lines, at most {FUNCTION_LINES}"
                )
    assert not too_long


def test_templates_stay_small() -> None:
    too_long = []
    for path in tracked("tovholder/*.html"):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        budget = BASE_LINES if path.name == "base.html" else PAGE_LINES
        if lines > budget:
            too_long.append(f"{place(path)}: {lines} lines, at most {budget}")
    assert not too_long


def test_templates_hold_no_inline_script_or_style() -> None:
    found = []
    for path in tracked("tovholder/*.html"):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            found += [
                f"{place(path, number)} has {what}"
                for what, pattern in INLINE.items()
                if pattern.search(line)
            ]
    assert not found


def test_every_post_form_carries_the_token() -> None:
    forms = re.compile(r"<form\b[^>]*method=[\"']post[\"'].*?</form>", re.I | re.S)
    without = [
        place(path)
        for path in tracked("tovholder/*.html")
        for form in forms.findall(path.read_text(encoding="utf-8"))
        if "csrf_token" not in form and path.name != "gallery.html"  # which only shows, and sends nothing
    ]
    assert not without


def test_no_drawer_for_everything() -> None:
    names = [path for path in own_python() if FORBIDDEN_NAMES & {*path.relative_to(ROOT).parts, path.stem}]
    assert not names


def test_an_import_inside_a_function_says_why() -> None:
    silent = []
    for path in own_python():
        source = path.read_text(encoding="utf-8").splitlines()
        for function in functions(path):
            for node in ast.walk(function):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    said = source[node.lineno - 1 : (node.end_lineno or node.lineno)]
                    if not any("#" in line for line in said):
                        silent.append(place(path, node.lineno))
    assert not silent


def test_no_address_of_a_registry_is_in_the_tree() -> None:
    found = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [
            place(path, n) for n, line in enumerate(text.splitlines(), 1) if REGISTRY_HOSTS.search(line)
        ]
    assert not found


def glossary() -> list[tuple[str, str, str]]:
    """Rows of docs/glossary.md: Danish term, identifier, table ("" when it has none)."""
    rows = re.findall(
        r"^\| ([^|]+) \| `([^`]+)` \| (?:`([^`]+)`|–) \|", (ROOT / "docs/glossary.md").read_text(), re.M
    )
    return [(term.strip(), identifier, table) for term, identifier, table in rows]


def test_the_glossary_speaks_of_what_exists() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in own_python() if "tests" not in path.parts)
    words = set(re.findall(r"[A-Za-z_]\w*", code))
    tables = {model._meta.db_table for model in own_models()}
    rows = glossary()
    assert len(rows) > 20
    assert not [identifier for _, identifier, _ in rows if identifier not in words]
    assert not [table for _, _, table in rows if table and table not in tables]


def test_the_glossary_knows_every_table_of_a_noun() -> None:
    """Tables that only join two others need no word of their own."""
    named = {table for _, _, table in glossary()}
    nouns = {model._meta.db_table for model in own_models() if not model._meta.auto_created}
    assert not nouns - named
