"""Serve one municipality on this machine: prepare its database, then run web and worker together.

Ctrl-C or SIGTERM stops both and exits 0. If one of them dies, the other is stopped and the exit code is 1.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
PYTHON = ROOT / ".venv" / "bin" / "python"
STARTS_WITHIN = 60
STOPS_WITHIN = 15
FRAGMENT = re.compile(r"^fragment\s*=\s*true", re.M)


class Stopped(Exception):
    """Somebody asked us to stop."""


def main() -> int:
    port, setup = int(os.environ.get("PORT") or 8000), os.environ.get("SETUP") or "demo"
    (ROOT / "var").mkdir(exist_ok=True)
    if setup not in setups():
        return complain(f"SETUP={setup}: no such file in setups/. There are: {', '.join(setups())}")
    if is_taken(port):
        return complain(f"Port {port} is taken. Choose another: make run PORT={port + 1}")
    environment = serving_environment(port, setup)
    running: list[subprocess.Popen[bytes]] = []
    on_signal(ask_to_stop)
    try:
        subprocess.run([PYTHON, "scripts/prepare.py", setup], cwd=ROOT, env=environment, check=True)
        running += [start(command, environment, setup) for command in (web(port), worker())]
        if is_ready(port, running):
            greet(port, setup, environment)
            while all(process.poll() is None for process in running):
                time.sleep(0.3)
    except Stopped:
        print("\nTovholder stops …", flush=True)
        return 0
    except subprocess.CalledProcessError as fault:
        return fault.returncode or 1
    finally:
        on_signal(signal.SIG_IGN)
        stop(running)
    last_lines = log_file(setup).read_text(errors="replace").splitlines()[-15:]
    return complain("\n".join([*last_lines, "Web or worker ended by itself; the other has been stopped."]))


def setups() -> list[str]:
    """Whole municipalities; fragments are only included by them."""
    files = sorted((ROOT / "setups").glob("*.toml"))
    return [each.stem for each in files if not FRAGMENT.search(each.read_text("utf-8"))]


def serving_environment(port: int, setup: str) -> dict[str, str]:
    """The demo's own settings; whatever the caller has set wins."""
    own = {
        "TOVHOLDER_MODE": "demo",
        "DATABASE_URL": f"sqlite:///var/{setup}.sqlite3",
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "MEDIA_ROOT": f"var/media-{setup}",
        "PYTHONUNBUFFERED": "1",
    }
    return own | dict(os.environ)


def web(port: int) -> list[str]:
    bind = f"127.0.0.1:{port}"
    return ["-m", "gunicorn", "tovholder.config.wsgi", "--bind", bind, "--threads", "4", "--log-level", "warning",
            "--graceful-timeout", "5", "--no-control-socket"]  # fmt: skip


def worker() -> list[str]:
    return ["manage.py", "run_worker"]


def log_file(setup: str) -> Path:
    return ROOT / "var" / f"{setup}.log"


def start(arguments: list[str], environment: dict[str, str], setup: str) -> "subprocess.Popen[bytes]":
    # A session of its own: Ctrl-C in the terminal reaches only us, and we stop them in order.
    with log_file(setup).open("ab") as log:
        return subprocess.Popen(
            [PYTHON, *arguments], cwd=ROOT, env=environment, start_new_session=True, stdout=log, stderr=log
        )


def ask_to_stop(signum: int, frame: FrameType | None) -> None:
    on_signal(signal.SIG_IGN)  # a second Ctrl-C does not cut the stopping short
    raise Stopped


def on_signal(handler: "Callable[[int, FrameType | None], None] | signal.Handlers") -> None:
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, handler)


def stop(running: "list[subprocess.Popen[bytes]]") -> None:
    for process in running:
        if process.poll() is None:
            process.terminate()
    until = time.monotonic() + STOPS_WITHIN
    for process in running:
        try:
            process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def is_ready(port: int, running: "list[subprocess.Popen[bytes]]") -> bool:
    """Wait until the web answers. False when it does not come up in time, or one of the two has died."""
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until and all(process.poll() is None for process in running):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    return False


def greet(port: int, setup: str, environment: dict[str, str]) -> None:
    print(f"\nTovholder ({setup}) runs on http://127.0.0.1:{port}/   Ctrl-C stops it.", flush=True)
    if os.environ.get("STARTED"):
        print(f"First page {time.time() - int(os.environ['STARTED']):.0f} s after `make run`.", flush=True)
    print(f"Log: {log_file(setup).relative_to(ROOT)}\n", flush=True)
    subprocess.run([PYTHON, "manage.py", "demo_logins"], cwd=ROOT, env=environment, check=False)


def is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def complain(text: str) -> int:
    print(text, file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main())
