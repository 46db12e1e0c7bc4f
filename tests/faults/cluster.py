"""A PostgreSQL of its own that a test may restart, in a folder that goes away. The shared server is never touched."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.outbox.mail_server import free_port


def binaries() -> Path | None:
    """Where initdb and pg_ctl are, and somebody who may run them: PostgreSQL refuses to be root."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if os.geteuid() == 0:
        with contextlib.suppress(KeyError):
            pwd.getpwnam("postgres")
            return found[-1].parent if found else None
        return None
    return found[-1].parent if found else None


class Cluster:
    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/postgres"
        self._run("initdb", "-D", str(folder / "data"), "-U", "postgres", "-A", "trust", "--no-sync")
        self._control("start")

    def restart(self, how: str) -> None:
        """`how` is "fast" (everybody is thrown out) or "immediate" (as if the power went)."""
        self._control("restart", "-m", how)

    def stop(self) -> None:
        self._control("stop", "-m", "immediate")

    def _control(self, *what: str) -> None:
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1"
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-l", str(self.folder / "log"), "-o", options, *what)  # fmt: skip

    def _run(self, program: str, *arguments: str) -> None:
        folder = binaries()
        assert folder is not None
        user = "postgres" if os.geteuid() == 0 else None
        subprocess.run(
            [str(folder / program), *arguments],
            cwd=self.folder,
            user=user,
            check=True,
            stdout=subprocess.DEVNULL,
        )


@contextlib.contextmanager
def cluster() -> Iterator[Cluster]:
    folder = Path(tempfile.mkdtemp(prefix="tovholder-cluster-"))  # short: the name of a socket is
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    made = Cluster(folder)
    try:
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)
