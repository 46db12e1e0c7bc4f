"""New migrations run while the version before still serves: it must find all it knows, and be able to write it.

BASELINE is the last version that was handed out. After a release, move it (and RELEASED) to that release.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, models
from django.db.migrations import Migration, operations
from django.db.migrations.loader import MigrationLoader

from tests.faults.cluster import binaries, cluster
from tests.faults.machine import ROOT, check, machine, wait

RELEASED = "d20509014"
BASELINE = {
    "accounts": "0001_initial",
    "audit": "0001_initial",
    "directory": "0001_initial",
    "documents": "0001_initial",
    "forums": "0003_retired_checklist_items",
    "meetings": "0001_initial",
    "outbox": "0001_initial",
    "plans": "0001_initial",
    "setup": "0002_preview",
}
TAKES_AWAY = (
    operations.RemoveField,
    operations.DeleteModel,
    operations.RenameField,
    operations.RenameModel,
    operations.AlterModelTable,
    operations.RunSQL,
)
# What looks unsafe and is not, each with its reason.
KNOWN: dict[tuple[str, str], str] = {}


def newer(loader: MigrationLoader) -> Iterator[Migration]:
    """Our migrations since the baseline."""
    for app, name in sorted(loader.graph.nodes):
        migration = loader.graph.nodes[app, name]
        if migration.__module__.startswith("tovholder.") and name > BASELINE.get(app, ""):
            yield migration


def narrower(old: Any, new: Any) -> str:
    """How a column no longer takes what the version before writes; empty when it does."""
    if old.null and not new.null:
        return "is no longer null"
    longest = getattr(new, "max_length", None)
    if longest is not None and longest < (getattr(old, "max_length", None) or float("inf")):
        return f"holds {longest} signs only"
    if (new.unique or new.primary_key) and not (old.unique or old.primary_key):
        return "must be unique"
    return ""


def complaints(migration: Migration, known_models: Mapping[tuple[str, str], Any]) -> Iterator[str]:
    for operation in migration.operations:
        model = getattr(operation, "model_name", getattr(operation, "name", "")) or ""
        if isinstance(operation, TAKES_AWAY):
            yield f"{migration}: {operation.describe()}: the version before still asks for it"
        if (migration.app_label, model.lower()) not in known_models:
            continue
        if isinstance(operation, operations.AddField):
            field: Any = operation.field
            if not (field.null or field.many_to_many or field.has_db_default()):
                yield f"{migration}: {model}.{operation.name} has no default in the database, nor is it null"
        if isinstance(operation, operations.AlterField):
            old = known_models[migration.app_label, model.lower()].fields.get(operation.name)
            if old is not None and (how := narrower(old, operation.field)):
                yield f"{migration}: {model}.{operation.name} {how}"
        if isinstance(operation, operations.AddConstraint):
            yield f"{migration}: {operation.describe()}: does the version before keep it?"


def test_newer_migrations_take_nothing_away() -> None:
    loader = MigrationLoader(None)
    before = loader.project_state(list(BASELINE.items()))
    found = [line for each in newer(loader) for line in complaints(each, before.models)]
    unknown = [line for line in found if not any(line.startswith(f"{app}.{name}") for app, name in KNOWN)]
    assert unknown == []


@pytest.mark.django_db
def test_the_version_before_finds_its_columns_and_need_not_fill_new_ones() -> None:
    before = MigrationLoader(None).project_state(list(BASELINE.items())).apps
    with connection.cursor() as cursor:
        for model in before.get_models(include_auto_created=True):
            if model._meta.app_label not in BASELINE:
                continue
            table = model._meta.db_table
            there = {c.name: c for c in connection.introspection.get_table_description(cursor, table)}
            wanted = {field.column for field in model._meta.concrete_fields}
            assert wanted <= set(there), table
            must = [
                c.name
                for name, c in there.items()
                if name not in wanted and not c.null_ok and c.default is None
            ]
            assert must == [], f"{table}: the version before cannot write a row without {must}"


class Bad(Migration):
    operations = [
        operations.RemoveField("agreement", "what"),
        operations.AddField("agreement", "must", models.TextField()),
        operations.AlterField("agreement", "due_on", models.DateField()),
        operations.AlterField("agreement", "what", models.CharField(max_length=20)),
        operations.AlterField("agreement", "status", models.CharField(max_length=10, unique=True)),
        operations.AlterField("agreement", "reason", models.TextField(null=True)),
    ]


def test_an_unsafe_migration_would_be_found() -> None:
    before = MigrationLoader(None).project_state(list(BASELINE.items()))
    said = " ".join(complaints(Bad("0009_bad", "plans"), before.models))
    assert "still asks for it" in said
    assert "has no default" in said
    assert "agreement.due_on is no longer null" in said
    assert "agreement.what holds 20 signs only" in said
    assert "agreement.status must be unique" in said
    assert "agreement.reason" not in said  # wider than before


def old_code(folder: Path) -> Path | None:
    """The released version in a folder, or None where the history is cut (a shallow checkout)."""
    packed = subprocess.run(["git", "archive", RELEASED], cwd=ROOT, capture_output=True, check=False)
    if packed.returncode:
        return None
    folder.mkdir()
    subprocess.run(["tar", "x", "-C", str(folder)], input=packed.stdout, check=True)
    return folder


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/machine.sqlite3"
        return
    if binaries() is None:
        pytest.skip("no initdb in /usr/lib/postgresql, or nobody who may run it")
    with cluster() as postgres:
        yield postgres.url


@pytest.mark.e2e
def test_the_version_before_serves_while_the_migrations_run(tmp_path: Path, database_url: str) -> None:
    code = old_code(tmp_path / "before")
    if code is None:
        pytest.skip(f"the history does not go back to {RELEASED}")
    with machine(tmp_path, database_url) as made:
        made.environ["FAULTS_CODE"] = str(code)
        made.prepare()
        made.code = code
        made.start_web()
        made.begin_load(clients=2)
        wait(lambda: made.answered.count > 5, "writes before the migrations")
        made.python("manage.py", "migrate", "--verbosity=0", code=ROOT)
        after = made.answered.count
        wait(lambda: made.answered.count > after + 5, "writes by the version before, on the new tables")
        made.end_load()
        # On a machine with much else to do a writer may wait longer for the lock than SQLite lets it.
        others = made.answered.others
        failed = sum(count for how, count in others.items() if how not in {"302", "text 200", "text 409"})
        assert failed <= sum(others.values()) / 20, others
        assert check(made, made.facts()) == []


def test_migrations_write_in_the_database_they_are_run_in() -> None:
    """A restore builds its tables beside what is there; a step that asks the usual database would write there."""
    files = [*ROOT.glob("tovholder/**/migrations/0*.py")]
    assert len(files) > 10
    astray = [path.name for path in files if ".objects" in (text := path.read_text()) and "alias" not in text]
    assert astray == []
