"""The named case of these tests."""

from __future__ import annotations

import pytest

from tests.plans.cases import CaseWorld, case_world


@pytest.fixture
def case(personas) -> CaseWorld:
    return case_world(personas)
