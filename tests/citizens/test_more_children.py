"""A child's record: who may consent, what is scanned, two records that become one, what is erased with it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.citizens.test_children import REFUSED, a_consent, dump
from tovholder.access.decision import Decision, Refused
from tovholder.accounts.models import User
from tovholder.audit.models import Event
from tovholder.citizens.identity import Identity
from tovholder.citizens.keys.models import DataKey
from tovholder.citizens.models import Adult, Child, Consent, ConsentScan
from tovholder.citizens.queries import possible_doubles
from tovholder.citizens.services import children as service
from tovholder.citizens.services.merging import AdultAnswers, merge_children
from tovholder.citizens.services.scans import MAX_BYTES, add_scan, open_scan


@pytest.mark.parametrize(
    ("born", "standing", "entitled"),
    [
        ("2012-03-04", None, False),
        ("2011-01-01", None, True),  # 15 on the day
        ("2011-01-02", None, False),
        ("2008-02-29", None, True),
        ("2012-03-04", "custody", True),
        ("2012-03-04", "no_custody", False),
        ("2012-03-04", "foster", False),
        ("2008-01-01", "custody", False),  # 18 on the day
        ("2008-01-02", "custody", True),
    ],
)
def test_who_may_give_a_consent_is_told_when_it_is_written(
    anna: User, allowed: Decision, born: str, standing: str | None, entitled: bool
) -> None:
    who = Identity("Sofie Testesen", date.fromisoformat(born))
    child = service.create_child(by=anna, decision=allowed, identity=who)
    giver = standing and service.add_adult(
        by=anna, decision=allowed, child=child, standing=standing, name="En Voksen"
    )
    if entitled:
        assert a_consent(anna, allowed, child, giver or None).giver == (giver or None)
        return
    with pytest.raises(ValidationError) as fault:
        a_consent(anna, allowed, child, giver or None)
    assert list(fault.value.message_dict) == ["giver"]


def test_where_it_cannot_be_read_the_address_is_taken_for_protected(
    anna: User, allowed: Decision, child: Child
) -> None:
    Child.objects.filter(pk=child.pk).update(circumstances=b"x" * 40)
    damaged = Child.objects.get(pk=child.pk)
    view = service.show_child(by=anna, decision=allowed, child=damaged, purpose="case")
    assert view.protected_address
    assert str(view.name) == "Sophie Kjær Testesen"


def test_erasing_empties_the_grown_ups_and_what_was_laid_together_with_it(
    anna: User, allowed: Decision, child: Child, identity: Identity, django_capture_on_commit_callbacks: Any
) -> None:
    service.add_adult(by=anna, decision=allowed, child=child, standing="custody", name="Mor Testesen")
    twin = service.create_child(by=anna, decision=allowed, identity=identity)
    with django_capture_on_commit_callbacks(execute=True):
        merge_children(by=anna, decision=allowed, kept=child, gone=twin)
        service.erase_child(by=anna, decision=allowed, child=child)
    assert not DataKey.objects.filter(pk__in=[child.key, twin.key]).exists()
    adult = Adult.objects.get()
    assert (adult.name, adult.contact) == (None, None)


def test_one_grown_up_in_two_records_becomes_one(
    anna: User, allowed: Decision, child: Child, identity: Identity
) -> None:
    twin = service.create_child(by=anna, decision=allowed, identity=identity)
    here = service.add_adult(by=anna, decision=allowed, child=child, standing="custody", name="Mor Testesen")
    there = service.add_adult(by=anna, decision=allowed, child=twin, standing="custody", name="Mor T.")
    father = service.add_adult(by=anna, decision=allowed, child=twin, standing="custody", name="Far Testesen")
    consent = a_consent(anna, allowed, twin, there)
    answers = AdultAnswers(standing={father.pk: "no_custody"}, same_as={there.pk: here.pk})
    merge_children(by=anna, decision=allowed, kept=child, gone=twin, answers=answers)
    assert Consent.objects.get(pk=consent.pk).giver == here
    standings = {each.pk: each.standing for each in Adult.objects.filter(child=child)}
    assert standings == {here.pk: "custody", father.pk: "no_custody"}


SCAN = b"%PDF-1.7\n% Sophie Kjaer Testesen\n%%EOF\n"


def test_a_scan_is_sealed_without_its_name(anna: User, allowed: Decision, child: Child) -> None:
    mother = service.add_adult(by=anna, decision=allowed, child=child, standing="custody", name="Mor")
    consent = a_consent(anna, allowed, child, mother)
    upload = SimpleUploadedFile("Sophie Testesen samtykke.pdf", SCAN)
    scan = add_scan(by=anna, decision=allowed, consent=consent, upload=upload)
    everything = dump(ConsentScan, Event)
    assert "Testesen" not in everything
    assert "PDF" not in everything
    opened = open_scan(by=anna, decision=allowed, scan=scan, purpose="consent")
    assert (opened.content, opened.content_type) == (SCAN, "application/pdf")
    assert Event.objects.filter(kind="read", action="consent.scan_read", purpose="consent").count() == 1
    ConsentScan.objects.update(content=b"x" * 40)
    damaged = ConsentScan.objects.get()
    assert "beskadiget" in open_scan(by=anna, decision=allowed, scan=damaged, purpose="consent").fault
    with pytest.raises(Refused):
        open_scan(by=anna, decision=REFUSED, scan=scan, purpose="consent")


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.exe", b"MZ", "type"),
        ("a.pdf", b"", "empty"),
        ("a.pdf", b"<html>", "content"),
        ("a.png", SCAN, "content"),
        ("a.pdf", SCAN + b"x" * MAX_BYTES, "size"),
    ],
)
def test_what_is_no_scan_is_refused(
    anna: User, allowed: Decision, child: Child, name: str, content: bytes, code: str
) -> None:
    mother = service.add_adult(by=anna, decision=allowed, child=child, standing="custody", name="Mor")
    consent = a_consent(anna, allowed, child, mother)
    with pytest.raises(ValidationError) as fault:
        add_scan(by=anna, decision=allowed, consent=consent, upload=SimpleUploadedFile(name, content))
    assert fault.value.code == code
    assert not ConsentScan.objects.exists()


def test_possible_doubles_share_a_number_or_a_name_and_day(
    anna: User, allowed: Decision, child: Child, identity: Identity
) -> None:
    twin = service.create_child(
        by=anna, decision=allowed, identity=Identity("Sofie Kjaer", identity.birth_date)
    )
    service.create_child(by=anna, decision=allowed, identity=Identity("Sofie Kjaer", date(2012, 3, 5)))
    assert possible_doubles([child, twin]) == {child.pk: [twin], twin.pk: [child]}
