"""pytest plugin: says above the closing line what this run could not do. Loaded by scripts/test.sh."""

from __future__ import annotations

import os

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in filter(None, os.environ.get("TOVHOLDER_LEFT_OUT", "").splitlines()):
        terminalreporter.write_sep("!", "LEFT OUT", yellow=True, bold=True)
        terminalreporter.write_line(line, yellow=True, bold=True)
