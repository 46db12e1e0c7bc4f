"""What the log lines of the processes say of a fault: where and what kind, never what somebody typed."""

from __future__ import annotations

import io
import json
import logging
from typing import Any

import pytest
import structlog
from django.conf import settings
from django.db import IntegrityError, OperationalError

TYPED = "Failing row contains (7, Jonas Holm, jonas@vestby.example, 22334455)"


@pytest.fixture
def lines() -> Any:
    """The lines as the console gets them, by the very formatter and filter of the settings."""
    out = io.StringIO()
    made = logging.StreamHandler(out)
    made.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processor=settings.LOGGING["formatters"]["json"]["processor"],
            foreign_pre_chain=settings.LOGGING["formatters"]["json"]["foreign_pre_chain"],
        )
    )
    logger = logging.getLogger("tovholder.tried")
    logger.addHandler(made)
    logger.propagate = False
    yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    logger.removeHandler(made)
    logger.propagate = True


def fail(error: Exception) -> None:
    try:
        raise ValueError("om Jonas Holm")
    except ValueError as cause:
        raise error from cause


@pytest.mark.parametrize("way", ["logging", "structlog"])
def test_a_fault_is_told_without_what_was_typed(lines, way, monkeypatch):
    monkeypatch.setattr("logging.root.manager.disable", 0)
    logger = (
        logging.getLogger("tovholder.tried") if way == "logging" else structlog.get_logger("tovholder.tried")
    )
    try:
        fail(IntegrityError(TYPED))
    except IntegrityError:
        logger.exception("failed")
    [line] = lines()
    assert "IntegrityError" in line["exception"]
    assert "ValueError" in line["exception"]
    assert "test_logs.py" in line["exception"]
    for never in ("Jonas Holm", "jonas@", "22334455"):
        assert never not in str(line)


def test_what_the_machine_says_is_kept(lines, monkeypatch):
    monkeypatch.setattr("logging.root.manager.disable", 0)
    for error in (
        OperationalError("database is locked"),
        OSError(28, "No space left on device", "Jonas Holm.pdf"),
    ):
        try:
            fail(error)
        except (OperationalError, OSError):
            logging.getLogger("tovholder.tried").exception("failed")
    locked, full = lines()
    assert "database is locked" in locked["exception"]
    assert "No space left on device" in full["exception"]
    assert "Jonas" not in str([locked, full])
