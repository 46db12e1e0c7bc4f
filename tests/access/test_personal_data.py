"""What counts as a CPR number in free text (rule 51)."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import AgreementFactory
from tovholder.access.personal_data import contains_cpr
from tovholder.plans.models import Agreement

REFUSED = [
    "010190-1234",
    "Se sag 0101901234 i morgen",
    "010190 1234",
    "cpr:010190–1234.",
    "01 01 90 1234",
    "0101 90-1234",
    "290200-1234",
    "０１０１９０-１２３４",
    "0101\u200b90-1234",
    "(311299-4321)",
    "01.01.90-1234",
]
HARMLESS = [
    "Ring på 12 34 56 78",
    "Mødet den 01.02.2026 kl. 13.00-14.30",
    "999999-9999 er ikke en dato",
    "310299-1234 findes ikke",
    "Faktura 12345678901234",
    "EAN 5798001234567",
    "Den 12. marts 2026 og den 14. april 2026",
    "01.02.26, 1300",
    "",
    "12345",
]


@pytest.mark.parametrize("text", REFUSED)
def test_found(text: str) -> None:
    assert contains_cpr(text)


@pytest.mark.parametrize("text", HARMLESS)
def test_left_alone(text: str) -> None:
    assert not contains_cpr(text)


@given(
    day=st.dates(min_value=date(1930, 1, 1), max_value=date(2029, 12, 31)),
    serial=st.integers(0, 9999),
    mark=st.sampled_from(["", "-", " ", "–", " - "]),
    before=st.sampled_from(["", "x ", "Født ", "nr."]),
)
def test_every_number_that_can_be_one_is_found(day: date, serial: int, mark: str, before: str) -> None:
    assert contains_cpr(f"{before}{day:%d%m%y}{mark}{serial:04d} ja")


@pytest.mark.django_db
def test_the_database_door_refuses_it_too() -> None:
    agreement = AgreementFactory(what="Ring til klubben")
    with pytest.raises(ValidationError, match="CPR"), transaction.atomic():
        Agreement.objects.filter(pk=agreement.pk).update(what="010190-1234")
    agreement.what = "010190-1234"
    with pytest.raises(ValidationError, match="CPR"), transaction.atomic():
        agreement.save()
    agreement.refresh_from_db()
    assert agreement.what == "Ring til klubben"
