"""A child's record: sealed at rest, read with a row in the log, found again only by those who may."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.management import CommandError, call_command
from django.db import connections, models
from django.utils import timezone

from tests.factories import OrganisationFactory
from tovholder.access import sharing
from tovholder.access.decision import Decision, Refused, no
from tovholder.accounts.models import User
from tovholder.audit.models import Event
from tovholder.citizens.identity import Identity
from tovholder.citizens.keys import keyring
from tovholder.citizens.keys.models import DataKey
from tovholder.citizens.keys.sealing import MasterKey
from tovholder.citizens.models import Adult, Child, ChildToken, Consent
from tovholder.citizens.services import children as service
from tovholder.citizens.services.consents import (
    ConsentTexts,
    as_the_rules_read_it,
    give_consent,
    withdraw_consent,
)
from tovholder.citizens.services.merging import merge_children
from tovholder.citizens.services.safe import Safe

REFUSED = no("not_yours", "Nej.")
CLEAR = ["Sophie", "Testesen", "040312", "1234", "Prøvevej", "Mor Testesen", "20102012"]


def dump(*tables: type[models.Model]) -> str:
    """Everything that stands in these tables, as the database has it."""
    said = []
    for table in tables:
        for row in table.objects.all():
            said += [
                bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)
                for value in (getattr(row, field.attname) for field in table._meta.concrete_fields)
            ]
    return "\n".join(said)


def test_nothing_stands_in_clear(anna: User, allowed: Decision, child: Child) -> None:
    service.add_adult(
        by=anna, decision=allowed, child=child, standing="custody", name="Mor Testesen", contact="20102012"
    )
    everything = dump(Child, Adult, ChildToken, DataKey, Event)
    assert [word for word in CLEAR if word in everything] == []
    assert child.code.startswith("B-")


def test_it_is_read_in_clear_with_a_row_in_the_log(anna: User, allowed: Decision, child: Child) -> None:
    service.add_adult(by=anna, decision=allowed, child=child, standing="custody", name="Mor Testesen")
    view = service.show_child(by=anna, decision=allowed, child=child, purpose="case")
    assert (str(view.name), view.born, str(view.cpr)) == (
        "Sophie Kjær Testesen",
        date(2012, 3, 4),
        "0403121234",
    )
    assert [(str(each.name), each.standing) for each in view.adults] == [("Mor Testesen", "custody")]
    row = Event.objects.filter(kind="read").latest("pk")
    assert (row.action, row.object_id, row.purpose, row.ground) == (
        "child.read",
        str(child.pk),
        "case",
        "case_team",
    )


def test_a_grown_up_is_corrected(anna: User, allowed: Decision, child: Child) -> None:
    father = service.add_adult(
        by=anna, decision=allowed, child=child, standing="custody", name="Far Testesen"
    )
    change = {"by": anna, "decision": allowed, "adult": father, "standing": "no_custody"}
    service.change_adult(name="Far  Nytnavn", contact="20102012", **change)
    service.change_adult(name="Far Nytnavn", contact="20102012", **change)  # nothing new, so no line
    (seen,) = service.show_child(by=anna, decision=allowed, child=child, purpose="case").adults
    assert (str(seen.name), str(seen.contact), seen.standing) == ("Far Nytnavn", "20102012", "no_custody")
    line = Event.objects.get(action="child.adult_changed")
    assert line.details == {"adult": father.pk, "fields": ["name", "contact", "standing"]}
    with pytest.raises(ValidationError):
        service.change_adult(name=" ", **change)


def test_who_is_refused_changes_and_learns_nothing(anna: User, child: Child, identity: Identity) -> None:
    before = Event.objects.count()
    calls: list[Any] = [
        lambda: service.create_child(by=anna, decision=REFUSED, identity=identity),
        lambda: service.change_child(by=anna, decision=REFUSED, child=child, identity=identity),
        lambda: service.add_adult(by=anna, decision=REFUSED, child=child, standing="custody", name="Mor"),
        lambda: service.show_child(by=anna, decision=REFUSED, child=child, purpose="case"),
        lambda: service.find_children(by=anna, decision=REFUSED, identity=identity, purpose="triage"),
        lambda: service.erase_child(by=anna, decision=REFUSED, child=child),
        lambda: merge_children(by=anna, decision=REFUSED, kept=child, gone=child),
    ]
    for call in calls:
        with pytest.raises(Refused):
            call()
    assert Event.objects.count() == before
    assert Child.objects.get() == child


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " - "}, "name"),
        ({"birth_date": timezone.localdate() + timedelta(days=1), "cpr": ""}, "birth_date"),
        ({"birth_date": date(1850, 1, 1), "cpr": ""}, "birth_date"),
        ({"cpr": "040312-123"}, "cpr"),
        ({"cpr": "050312-1234"}, "cpr"),
        ({"cpr": "ukendt"}, "cpr"),
    ],
)
def test_a_fault_is_said_at_its_field(
    anna: User, allowed: Decision, identity: Identity, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationError) as fault:
        service.create_child(by=anna, decision=allowed, identity=replace(identity, **change))
    assert list(fault.value.message_dict) == [field]
    assert not Child.objects.exists()


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (Identity("Sofie Kjaer", date(2012, 3, 4)), True),
        (Identity("Testesen", date(2012, 3, 4)), True),
        (Identity("Helt Anden", date(2001, 1, 1), cpr="0403121234"), True),
        (Identity("Sofie Kjaer", date(2012, 3, 5)), False),
        (Identity("Helt Anden", date(2012, 3, 4)), False),
    ],
)
def test_it_is_found_by_number_or_by_name_and_day(
    anna: User, allowed: Decision, child: Child, asked: Identity, found: bool
) -> None:
    hits = service.find_children(by=anna, decision=allowed, identity=asked, purpose="triage")
    assert hits == ([child] if found else [])
    assert Event.objects.filter(action="child.found").count() == found


def test_a_change_is_found_by_the_new_and_no_more_by_the_old(
    anna: User, allowed: Decision, child: Child, identity: Identity
) -> None:
    new = replace(identity, name="Karla Ny", cpr="")
    service.change_child(by=anna, decision=allowed, child=child, identity=new)
    find = {"by": anna, "decision": allowed, "purpose": "triage"}
    assert service.find_children(identity=new, **find) == [child]
    assert service.find_children(identity=identity, **find) == []
    assert Event.objects.filter(action="child.changed").get().details == {"fields": ["name", "cpr"]}


def test_a_damaged_text_says_so_and_the_rest_is_read(anna: User, allowed: Decision, child: Child) -> None:
    row = Child.objects.get(pk=child.pk)
    other = bytes(row.address)
    Child.objects.filter(pk=child.pk).update(name=other, cpr=b"x")
    view = service.show_child(by=anna, decision=allowed, child=Child.objects.get(pk=child.pk), purpose="case")
    assert "beskadiget" in str(view.name)
    assert "beskadiget" in str(view.cpr)
    assert str(view.address) == "Prøvevej 7"


def test_erasing_destroys_the_key_when_the_rest_stands(
    anna: User, allowed: Decision, child: Child, django_capture_on_commit_callbacks: Any
) -> None:
    before = Child.objects.get(pk=child.pk)  # as an old backup has it
    with django_capture_on_commit_callbacks(execute=True):
        service.erase_child(by=anna, decision=allowed, child=child)
        assert DataKey.objects.filter(pk=child.key).exists()
    assert not DataKey.objects.filter(pk=child.key).exists()
    assert Safe.of([before]).read(before, "name").fault == "erased"
    assert not ChildToken.objects.exists()
    with pytest.raises(keyring.Erased):
        service.add_adult(by=anna, decision=allowed, child=child, standing="custody", name="Mor")


def test_a_crash_after_the_commit_leaves_no_key_behind(anna: User, allowed: Decision, child: Child) -> None:
    service.erase_child(by=anna, decision=allowed, child=child)  # nothing runs on commit inside a test
    assert service.finish_erasures() == 1
    assert not DataKey.objects.filter(pk=child.key).exists()
    assert service.finish_erasures() == 0


def test_two_records_are_laid_together_under_one_key(
    anna: User, allowed: Decision, child: Child, identity: Identity
) -> None:
    twin = service.create_child(by=anna, decision=allowed, identity=replace(identity, name="Sofie Testesen"))
    mother = service.add_adult(by=anna, decision=allowed, child=twin, standing="custody", name="Mor Testesen")
    consent = a_consent(anna, allowed, twin, mother)
    merge_children(by=anna, decision=allowed, kept=child, gone=twin)
    view = service.show_child(by=anna, decision=allowed, child=child, purpose="case")
    assert [str(each.name) for each in view.adults] == ["Mor Testesen"]
    moved = Consent.objects.select_related("child").get(pk=consent.pk)
    assert moved.child == child
    assert str(Safe.of([moved]).read(moved, "purpose")) == "støtte i klubben"
    assert child.merges.get().gone == twin
    assert service.find_children(by=anna, decision=allowed, identity=identity, purpose="triage") == [child]
    with pytest.raises(ValidationError):
        merge_children(by=anna, decision=allowed, kept=child, gone=twin)


def a_consent(by: User, decision: Decision, child: Child, giver: Adult | None, **more: Any) -> Consent:
    asked: dict[str, Any] = {
        "organisations": [OrganisationFactory(key="fc", name="FC Vestby")],
        "texts": ConsentTexts("trivsel", "støtte i klubben"),
        "form": "oral",
        "given": date(2026, 1, 1),
    }
    return give_consent(by=by, decision=decision, child=child, giver=giver, **(asked | more))


def test_the_rules_read_a_consent_as_it_stands(anna: User, allowed: Decision, child: Child) -> None:
    mother = service.add_adult(by=anna, decision=allowed, child=child, standing="custody", name="Mor")
    service.add_adult(by=anna, decision=allowed, child=child, standing="no_custody", name="Far")
    consent = a_consent(anna, allowed, child, mother)
    withdraw_consent(by=anna, decision=allowed, consent=consent, on=date(2026, 2, 1))
    facts, (read,) = as_the_rules_read_it(child, ["suspected_abuse"])
    assert facts == sharing.Child(date(2012, 3, 4), (str(mother.pk),), frozenset({"suspected_abuse"}))
    organisation = str(consent.organisations.get().pk)
    assert read == sharing.Consent(
        str(mother.pk),
        (organisation,),
        ("trivsel",),
        "støtte i klubben",
        date(2026, 1, 1),
        date(2026, 2, 1),
        None,
    )


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"organisations": []}, "organisations"),
        ({"texts": ConsentTexts(" ", "x")}, "kinds"),
        ({"texts": ConsentTexts("x", "")}, "purpose"),
        ({"given": timezone.localdate() + timedelta(days=1)}, "given"),
        ({"expires": date(2025, 12, 31)}, "expires"),
    ],
)
def test_a_faulty_consent_is_said_at_its_field(
    anna: User, allowed: Decision, child: Child, more: dict[str, Any], field: str
) -> None:
    mother = service.add_adult(by=anna, decision=allowed, child=child, standing="custody", name="Mor")
    with pytest.raises(ValidationError) as fault:
        a_consent(anna, allowed, child, mother, **more)
    assert list(fault.value.message_dict) == [field]


def test_a_consent_is_not_withdrawn_before_it_was_given_nor_twice(
    anna: User, allowed: Decision, child: Child
) -> None:
    mother = service.add_adult(by=anna, decision=allowed, child=child, standing="custody", name="Mor")
    consent = a_consent(anna, allowed, child, mother)
    with pytest.raises(ValidationError):
        withdraw_consent(by=anna, decision=allowed, consent=consent, on=date(2025, 12, 31))
    withdraw_consent(by=anna, decision=allowed, consent=consent, on=date(2026, 1, 1))
    with pytest.raises(ValidationError):
        withdraw_consent(by=anna, decision=allowed, consent=consent, on=date(2026, 1, 2))


def test_the_master_key_is_rotated_without_touching_the_texts(
    anna: User, allowed: Decision, child: Child, settings: Any, capsys: Any
) -> None:
    sealed = bytes(Child.objects.get().name)
    new = MasterKey.new()
    settings.MASTER_KEYS = [new.text, *settings.MASTER_KEYS]
    call_command("rotate_master_key")
    settings.MASTER_KEYS = [new.text]
    assert bytes(Child.objects.get().name) == sealed
    assert str(service.show_child(by=anna, decision=allowed, child=child, purpose="case").name).startswith(
        "Sophie"
    )
    call_command("verify_keys")
    assert f"2 of 2 keys open by the master key {new.fingerprint}" in capsys.readouterr().out


def test_a_wrong_master_key_refuses_to_start_and_changes_nothing(
    child: Child, settings: Any, capsys: Any
) -> None:
    keyring.require_sound()
    before = dump(DataKey)
    settings.MASTER_KEYS = [MasterKey.new().text]
    with pytest.raises(ImproperlyConfigured, match="does not open"):
        keyring.require_sound()
    with pytest.raises(CommandError):
        call_command("rotate_master_key")
    with pytest.raises(SystemExit):
        call_command("verify_keys")
    assert "0 of 2" in capsys.readouterr().out
    assert dump(DataKey) == before
    settings.MASTER_KEYS = ["kort"]
    with pytest.raises(ImproperlyConfigured, match="MASTER_KEY"):
        keyring.require_sound()


def test_keys_lie_in_a_database_of_their_own(child: Child) -> None:
    ordinary, apart = connections["default"], connections["keys"]
    assert "keys_datakey" not in ordinary.introspection.table_names()
    assert "keys_datakey" in apart.introspection.table_names()
    assert "citizens_child" not in apart.introspection.table_names()
