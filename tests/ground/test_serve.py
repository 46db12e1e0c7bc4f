"""`make run` as a person meets it: one command, an address, a login that works, and a clean stop."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

import pytest

ROOT = Path(__file__).resolve().parents[2]
READY_WITHIN = 120
pytestmark = pytest.mark.e2e


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(folder: Path, port: int) -> dict[str, str]:
    own = {
        "TOVHOLDER_MODE": "demo",
        "PORT": str(port),
        "SETUP": "demo",
        "DATABASE_URL": f"sqlite:///{folder}/demo.sqlite3",
        "STATIC_ROOT": f"{folder}/static",
        "MEDIA_ROOT": f"{folder}/media",
        "EMAIL_HOST": "",
    }
    return {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"} | own


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[tuple[subprocess.Popen[str], int, list[str]]]:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "scripts/serve.py"],
        cwd=ROOT,
        env=environment(tmp_path_factory.mktemp("serve"), port),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said, until = [], time.monotonic() + READY_WITHIN
    assert process.stdout is not None
    for line in process.stdout:
        said.append(line)
        if "hans@" in line or time.monotonic() > until:
            break
    yield process, port, said
    if process.poll() is None:
        process.terminate()
        process.wait(30)
    process.stdout.close()


def test_prints_address_and_logins_that_work(served):
    _, port, said = served
    text = "".join(said)
    assert f"http://127.0.0.1:{port}/" in text
    password = re.search(r"Adgangskode til alle: (\S+)", text)
    assert password
    address = f"http://127.0.0.1:{port}/konto/login/"
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    page = browser.open(address).read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token
    form = {"csrfmiddlewaretoken": token[1], "login": "anna@demo.example", "password": password[1]}
    request = urllib.request.Request(address, urlencode(form).encode(), {"Referer": address})
    answer = browser.open(request)
    assert answer.url == f"http://127.0.0.1:{port}/"
    assert "Anna" in answer.read().decode()


def test_worker_reports_itself(served):
    _, port, _ = served
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10) as answer:
        assert answer.status == 200


def test_a_taken_port_is_said_in_words(served):
    _, port, _ = served
    second = subprocess.run(
        [sys.executable, "scripts/serve.py"],
        cwd=ROOT,
        env={**os.environ, "PORT": str(port)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert second.returncode == 1
    assert f"Port {port} is taken" in second.stderr


def test_one_ctrl_c_stops_web_and_worker(served):
    process, port, _ = served
    children = subprocess.run(
        ["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=True
    ).stdout.split()
    assert len(children) >= 2
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0
    assert not [child for child in children if Path(f"/proc/{child}").exists()]
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_an_unknown_municipality_names_those_there_are():
    answer = subprocess.run(
        [sys.executable, "scripts/serve.py"],
        cwd=ROOT,
        env={**os.environ, "SETUP": "atlantis"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert answer.returncode == 1
    assert "demo" in answer.stderr
    assert "netvaerksmoede" not in answer.stderr  # a fragment is no municipality
