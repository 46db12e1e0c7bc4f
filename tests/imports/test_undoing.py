"""Undone by the worker: all of it or nothing, with a line in the log for each, while nothing stands on it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import AgreementFactory, join
from tests.imports.conftest import TWO, Killed, brought, dies, kept, snapshot, undone
from tests.worlds import examples
from tovholder.access.decision import Refused
from tovholder.accounts.models import Role, RoleGrant
from tovholder.audit.models import Event
from tovholder.directory.models import Person
from tovholder.imports import progress, queries, tasks
from tovholder.imports.models import Batch
from tovholder.imports.services import keeping, queueing, running, undoing
from tovholder.search.models import Entry

pytestmark = pytest.mark.django_db


def test_undo_takes_all_back_with_a_line_each(town, hans):
    before = snapshot()
    batch = brought(hans, "personer", TWO)
    assert undone(hans, batch) == "undone"
    assert snapshot() == before
    assert Event.objects.filter(action="import.row_removed").count() == 1
    assert Event.objects.filter(action="import.row_restored").count() == 1
    assert set(Event.objects.filter(action="import.undone").values_list("actor", flat=True)) == {
        hans.audit_key
    }
    with pytest.raises(Refused, match="ikke noget at fortryde"):
        undoing.start(by=hans, batch=batch)


def test_who_is_taken_back_is_no_longer_in_the_search(town, hans):
    batch = brought(hans, "personer", TWO)
    eva = Person.objects.get(email="eva@vestby.example")
    entries = Entry.objects.filter(kind="person")
    assert entries.filter(object_id=eva.pk).exists()
    assert undone(hans, batch) == "undone"
    assert not entries.filter(object_id=eva.pk).exists()
    assert entries.filter(title="Åse Sørensen").exists()


def test_undo_of_a_school_takes_its_workplace_too(town, hans):
    before = snapshot()
    batch = brought(hans, "skoler", "Skole;Distrikt;Slags\nØster Skole;Vester;Folkeskole\n")
    assert undone(hans, batch) == "undone"
    assert snapshot() == before


def test_undo_says_what_depends(town, hans):
    batch = brought(hans, "personer", TWO)
    eva = Person.objects.get(email="eva@vestby.example")
    join(eva, town)
    AgreementFactory(forum=town, responsible=eva)
    Person.objects.filter(email="aase@vestby.example").update(phone="55555555")
    assert sorted(undoing.what_depends(batch)) == [
        "Eva Ny er med i et forum.", "Eva Ny har en aftale.", "Åse Sørensen er ændret siden importen.",
    ]  # fmt: skip
    assert undone(hans, batch) == "done"
    batch.refresh_from_db()
    assert batch.told.startswith("Intet er fortrudt. Noget bruger det")
    assert Person.objects.filter(pk=eva.pk).exists()
    assert not Event.objects.filter(action__in=["import.undone", "import.row_removed"]).exists()


def test_only_the_last_can_be_undone(town, hans):
    first = brought(hans, "personer", TWO)
    second = brought(hans, "organisationer", "Navn;Slags\nKlub Nord;Klub\n")
    first.refresh_from_db()
    assert first.undo == {}
    with pytest.raises(Refused, match="seneste"):
        undoing.start(by=hans, batch=first)
    assert queries.undoable() == second.pk
    assert undone(hans, second) == "undone"
    assert queries.undoable() is None


def test_the_request_only_asks_and_the_worker_does(town, hans):
    before = snapshot()
    batch = brought(hans, "personer", TWO)
    after = snapshot()
    undoing.start(by=hans, batch=batch)
    assert snapshot() == after
    task = DBTaskResult.objects.get(task_path=queueing.TAKE_BACK)
    assert tasks.take_back.call(*task.args_kwargs["args"]) == "undone"
    assert snapshot() == before


def test_it_is_told_how_far_it_is(town, hans, monkeypatch):
    monkeypatch.setattr(undoing, "CHUNK", 2)
    text = "Navn;E-mail;Telefon\n" + "".join(f"Person {n};p{n}@vestby.example;\n" for n in range(3))
    batch = brought(hans, "personer", text + "Åse Sørensen;aase@vestby.example;99887766\n")
    told = []
    monkeypatch.setattr(progress, "tell", lambda *numbers: told.append(numbers))
    assert undone(hans, batch) == "undone"
    assert told == [(batch.pk, done, 4) for done in (0, 2, 3, 4)]
    assert progress.heard(batch.pk) is None


def test_many_rows_are_taken_back_with_few_questions(town, hans, django_assert_max_num_queries):
    text = "Navn;E-mail\n" + "".join(f"Person {n};p{n}@vestby.example\n" for n in range(300))
    batch = brought(hans, "personer", text)
    undoing.start(by=hans, batch=batch)
    with django_assert_max_num_queries(40):
        assert undoing.run(batch.pk) == "undone"
    assert Event.objects.filter(action="import.row_removed").count() == 300


def test_a_killed_worker_leaves_nothing_half_undone_and_the_next_does_it_all(town, hans, monkeypatch):
    before = snapshot()
    batch = brought(hans, "personer", TWO)
    after = snapshot()
    undoing.start(by=hans, batch=batch)
    with monkeypatch.context() as patched:
        patched.setattr(undoing, "_put_back", dies)  # what was new is taken away by then
        with pytest.raises(Killed):
            undoing.run(batch.pk)
    batch.refresh_from_db()
    assert batch.status == "undoing"
    assert snapshot() == after
    assert not Event.objects.filter(action="import.row_removed").exists()
    assert [undoing.run(batch.pk), undoing.run(batch.pk)] == ["undone", ""]
    assert snapshot() == before
    assert Event.objects.filter(action="import.row_removed").count() == 1


def test_a_silent_worker_is_told_and_started_again_once(town, hans, client_for):
    batch = brought(hans, "personer", TWO)
    client, path = client_for(hans), f"/opsaetning/import/{batch.pk}/"
    client.post(f"{path}fortryd/")
    asked = DBTaskResult.objects.filter(task_path=queueing.TAKE_BACK)
    client.post(f"{path}proev-igen/")
    assert asked.count() == 1  # it has only just begun
    Batch.objects.filter(pk=batch.pk).update(started_at=timezone.now() - timedelta(minutes=5))
    assert "Fortrydelsen er gået i stå" in client.get(path).content.decode()
    client.post(f"{path}proev-igen/")
    client.post(f"{path}proev-igen/")
    assert asked.count() == 2
    assert Event.objects.filter(action="import.undo_restarted").count() == 1
    assert [undoing.run(batch.pk), undoing.run(batch.pk)] == ["undone", ""]


@pytest.mark.parametrize(
    ("fault", "says"), [(OSError("disk full"), "Der skete en fejl."), (IntegrityError(), "Prøv igen.")]
)
def test_a_fault_in_the_middle_undoes_nothing_and_can_be_tried_again(town, hans, monkeypatch, fault, says):
    batch = brought(hans, "personer", TWO)
    after = snapshot()

    def stumbles(*_args):
        raise fault

    with monkeypatch.context() as patched:
        patched.setattr(undoing, "_put_back", stumbles)
        assert undone(hans, batch) == "done"
    batch.refresh_from_db()
    assert snapshot() == after
    assert batch.told.startswith("Intet er fortrudt.")
    assert says in batch.told
    assert undone(hans, batch) == "undone"
    batch.refresh_from_db()
    assert batch.told == ""


def test_who_is_no_longer_administrator_undoes_nothing(town, hans):
    batch = brought(hans, "personer", TWO)
    undoing.start(by=hans, batch=batch)
    RoleGrant.objects.filter(user=hans, role=Role.ADMINISTRATOR).delete()
    assert undoing.run(batch.pk) == "done"
    assert Person.objects.filter(email="eva@vestby.example").exists()


def test_a_file_that_goes_in_while_an_undo_waits_wins(town, hans):
    first = brought(hans, "personer", TWO)
    undoing.start(by=hans, batch=first)
    second = brought(hans, "organisationer", "Navn;Slags\nKlub Nord;Klub\n")
    assert undoing.run(first.pk) == "done"
    first.refresh_from_db()
    assert (
        first.told
        == "Intet er fortrudt. Kun den seneste import kan fortrydes. Der er hentet noget ind siden."
    )
    assert Person.objects.filter(email="eva@vestby.example").exists()
    assert undone(hans, second) == "undone"


def test_what_is_being_undone_is_left_alone_by_all_else(town, hans):
    batch = brought(hans, "personer", TWO)
    undoing.start(by=hans, batch=batch)
    Batch.objects.filter(pk=batch.pk).update(finished_at=timezone.now() - timedelta(days=15))
    assert keeping.sweep() == 0
    kept(hans, "personer", TWO)
    for step in (undoing.start, running.start, keeping.discard):
        with pytest.raises(Refused, match="ved at blive fortrudt"):
            step(by=hans, batch=batch)
    assert running.run(batch.pk) == ""
    assert undoing.run(batch.pk) == "undone"


NAMES = st.lists(st.sampled_from(["Eva Ny", "Ib Ny", "Åse Sørensen"]), min_size=1, max_size=3, unique=True)
PHONES = st.sampled_from(["", "11112222", "33334444"])


@given(st.lists(st.tuples(NAMES, PHONES), min_size=1, max_size=3))
@settings(
    max_examples=examples(12), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_undo_is_the_exact_opposite_in_any_world(town, hans, worlds):
    """Whatever was brought in before, undoing the last file leaves the tables as they were before it."""
    for names, phone in worlds:
        text = "Navn;Telefon\n" + "".join(f"{name};{phone}\n" for name in names)
        before = snapshot()
        batch = brought(hans, "personer", text)
        after = snapshot()
        assert undone(hans, batch) == "undone"
        assert snapshot() == before
        brought(hans, "personer", text)
        # The same file again: the same rows, but for the numbers of the new ones.
        assert [len(rows) for rows in snapshot()] == [len(rows) for rows in after]
