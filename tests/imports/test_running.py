"""All or nothing, as it was shown, with a line in the log for each."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from tests.imports.conftest import TWO, Killed, brought, dies, kept, snapshot, undone
from tovholder.accounts.models import Role, RoleGrant
from tovholder.audit.models import Event
from tovholder.directory.models import Person
from tovholder.imports import policy, progress
from tovholder.imports.models import TRANSITIONS, Batch, BatchStatus
from tovholder.imports.services import keeping, running

pytestmark = pytest.mark.django_db


def test_three_hundred_rows_go_in_with_a_line_each(town, hans, django_assert_max_num_queries):
    text = "Navn;E-mail\n" + "".join(f"Person {n};p{n}@vestby.example\n" for n in range(300))
    batch = kept(hans, "personer", text)
    running.start(by=hans, batch=batch)
    with django_assert_max_num_queries(40):
        running.run(batch.pk)
    assert Person.objects.filter(email__startswith="p").count() == 300
    lines = Event.objects.filter(action="person.created", details={"import": batch.pk})
    assert lines.count() == 300
    assert set(lines.values_list("actor", flat=True)) == {hans.audit_key}


def test_a_change_and_its_line(town, hans):
    person = Person.objects.get(email="aase@vestby.example")
    batch = brought(hans, "personer", TWO)
    person.refresh_from_db()
    assert person.phone == "99887766"
    line = Event.objects.get(action="person.edited", object_id=str(person.pk))
    assert line.details == {"import": batch.pk, "fields": ["phone"]}
    done = Event.objects.get(action="import.done")
    assert done.details == {"kind": "personer", "new": 1, "changed": 1, "same": 0}


def test_nothing_that_was_typed_stands_in_the_log(town, hans):
    brought(hans, "personer", TWO)
    said = str(list(Event.objects.values("details", "purpose")))
    assert not [word for word in ("Eva", "eva@", "11223344", "99887766") if word in said]


def test_a_new_email_makes_old_links_invalid(town, hans):
    person = Person.objects.get(email="aase@vestby.example")
    person.email, before = "", person.link_version
    person.save()
    batch = brought(hans, "personer", "Navn;E-mail\nÅse Sørensen;ny@vestby.example\n")
    person.refresh_from_db()
    assert (person.email, person.link_version) == ("ny@vestby.example", before + 1)
    undone(hans, batch)
    person.refresh_from_db()
    assert (person.email, person.link_version) == ("", before + 2)  # the links of the import are dead too


def test_the_rows_are_forgotten_when_they_are_in(town, hans):
    batch = brought(hans, "personer", TWO)
    assert (batch.records, batch.preview) == ([], [])
    assert progress.heard(batch.pk) is None


def test_a_fault_in_the_middle_leaves_nothing(town, hans, monkeypatch):
    monkeypatch.setattr(running, "CHUNK", 1)
    before, calls = snapshot(), []
    real = running._change

    def stumbles(*args):
        calls.append(real(*args))
        raise OSError("disk full")

    monkeypatch.setattr(running, "_change", stumbles)
    batch = brought(hans, "personer", TWO)
    assert calls
    assert snapshot() == before
    assert (batch.status, batch.records) == ("failed", [])
    assert batch.told.startswith("Intet er hentet ind.")
    assert not Event.objects.filter(action__startswith="person.").exists()


def test_a_killed_worker_leaves_nothing_and_the_next_does_it_all(town, hans, monkeypatch):
    batch = kept(hans, "personer", TWO)
    running.start(by=hans, batch=batch)
    before = snapshot()

    with monkeypatch.context() as patched:
        patched.setattr(running, "_change", dies)
        with pytest.raises(Killed):
            running.run(batch.pk)
    batch.refresh_from_db()
    assert batch.status == "running"
    assert snapshot() == before
    assert running.run(batch.pk) == "done"
    assert Person.objects.filter(email="eva@vestby.example").count() == 1


def test_a_silent_worker_is_told_and_started_again_once(town, hans, client_for, monkeypatch):
    batch = kept(hans, "personer", TWO)
    running.start(by=hans, batch=batch)
    client, path = client_for(hans), f"/opsaetning/import/{batch.pk}/"
    assert "gået i stå" not in client.get(path).content.decode()
    assert DBTaskResult.objects.count() == 1
    client.post(f"{path}proev-igen/")
    assert DBTaskResult.objects.count() == 1  # it has only just begun
    Batch.objects.filter(pk=batch.pk).update(started_at=timezone.now() - timedelta(minutes=5))
    assert "gået i stå" in client.get(path).content.decode()
    client.post(f"{path}proev-igen/")
    client.post(f"{path}proev-igen/")
    assert DBTaskResult.objects.count() == 2
    assert [running.run(batch.pk), running.run(batch.pk)] == ["done", ""]


def test_what_changed_since_it_was_shown_is_shown_again(town, hans):
    batch = kept(hans, "personer", TWO)
    running.start(by=hans, batch=batch)
    Person.objects.filter(email="aase@vestby.example").update(phone="55555555")
    assert running.run(batch.pk) == "read"
    batch.refresh_from_db()
    assert "Se ændringerne igen" in batch.told
    assert batch.preview[1]["fields"] == [["Telefon", "55555555", "99887766"]]
    assert not Person.objects.filter(email="eva@vestby.example").exists()
    running.start(by=hans, batch=batch)
    assert running.run(batch.pk) == "done"


def test_what_no_longer_fits_says_so(town, hans):
    batch = kept(hans, "medlemmer", "Forum;E-mail;Rolle\nNetværk Vester;aase@vestby.example;Medlem\n")
    running.start(by=hans, batch=batch)
    Person.objects.filter(email="aase@vestby.example").update(left_on=timezone.localdate())
    assert running.run(batch.pk) == "failed"
    batch.refresh_from_db()
    assert "Række 2, kolonne E-mail" in batch.told


def test_who_is_no_longer_administrator_brings_nothing_in(town, hans):
    batch = kept(hans, "personer", TWO)
    running.start(by=hans, batch=batch)
    RoleGrant.objects.filter(user=hans, role=Role.ADMINISTRATOR).delete()
    assert running.run(batch.pk) == "failed"
    assert not Person.objects.filter(email="eva@vestby.example").exists()


def test_what_waits_a_day_is_forgotten(town, hans):
    waiting = kept(hans, "personer", TWO)
    done = brought(hans, "organisationer", "Navn;Slags\nKlub Nord;Klub\n")
    waiting = kept(hans, "personer", TWO)
    assert keeping.sweep() == 0
    Batch.objects.filter(pk=waiting.pk).update(uploaded_at=timezone.now() - timedelta(hours=25))
    Batch.objects.filter(pk=done.pk).update(finished_at=timezone.now() - timedelta(days=15))
    assert keeping.sweep() == 2
    assert not Batch.objects.filter(pk=waiting.pk).exists()
    assert Batch.objects.get(pk=done.pk).undo == {}


def test_a_second_file_takes_the_place_of_the_first(town, hans):
    kept(hans, "personer", TWO)
    kept(hans, "personer", TWO)
    assert Batch.objects.count() == 1


def test_every_state_occurs_and_no_other_step_is_taken(town, hans):
    reached = set()
    for state, following in TRANSITIONS.items():
        reached |= following
        for other in BatchStatus:
            assert bool(policy.may_become(Batch(status=state), other)) == (other in following)
    assert reached | {BatchStatus.READ} == set(BatchStatus) == set(TRANSITIONS)
