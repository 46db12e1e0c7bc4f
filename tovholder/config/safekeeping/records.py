"""What is in the envelope: packed records, one after another, so that nothing is ever held in whole.

A record is one byte for its kind, four for its length, and JSON or bytes. First comes the head; then each file (its
head, its bytes, its end) and each table (its head, its rows, its end); last the summary.
"""

from __future__ import annotations

import gzip
import io
import json
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tovholder.config.safekeeping.sealed import Damaged, Opener, Sealer

_HEAD = struct.Struct(">cI")
LONGEST = 256 * 1024 * 1024
JSON, BYTES = b"j", b"b"


class Writer:
    def __init__(self, target: gzip.GzipFile) -> None:
        self._target = target

    def put(self, value: Any) -> None:
        self._put(
            JSON,
            json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"),
        )

    def put_bytes(self, data: bytes) -> None:
        self._put(BYTES, data)

    def _put(self, kind: bytes, data: bytes) -> None:
        self._target.write(_HEAD.pack(kind, len(data)))
        self._target.write(data)


@contextmanager
def writing(path: Path, key: bytes) -> Iterator[Writer]:
    """Write a sealed file. It is whole only when the block has ended without a fault."""
    with path.open("xb") as target:
        path.chmod(0o600)
        sealer = Sealer(target, key)
        with gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=sealer, mtime=0) as packed:
            yield Writer(packed)
        sealer.finish()


def reading(path: Path, key: bytes) -> Iterator[Any]:
    """Yield each record: bytes as bytes, everything else as it was put. Raises BadKey, Damaged, OSError."""
    with path.open("rb") as source:
        opener = io.BufferedReader(Opener(source, key), 128 * 1024)
        with gzip.GzipFile(fileobj=opener, mode="rb") as packed:
            try:
                while head := packed.read(_HEAD.size):
                    kind, length = _HEAD.unpack(head)
                    if length > LONGEST:
                        raise Damaged("A record is longer than any can be.")
                    data = packed.read(length)
                    if len(data) != length:
                        raise Damaged("The last record is cut.")
                    yield data if kind == BYTES else json.loads(data.decode("utf-8", "surrogatepass"))
            except (EOFError, zlib.error, struct.error, gzip.BadGzipFile) as error:
                raise Damaged("The file does not unpack.") from error
