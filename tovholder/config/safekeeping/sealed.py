"""The envelope: AES-256-GCM in chunks, each bound to its place, the last one marked as the last.

    magic · 32 bytes salt · 16 bytes check · chunk · chunk · … · last chunk

HKDF-SHA256 makes the file's own key, and the check, from the operator's key and the salt, so no nonce meets a key
twice. A chunk's nonce is its number and whether it is the last: chunks that are changed, swapped, left out or cut off
do not open (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import io
import os
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"tovholder-backup 1\n"
CHUNK = 1024 * 1024
TAG, SALT, CHECK, KEY = 16, 32, 16, 32


class BadKey(Exception):
    """The text is no key, or not the key of this file."""


class Damaged(Exception):
    """The file is no backup, or it has been changed or cut."""


def new_key() -> str:
    """Return a fresh key as text."""
    return base64.urlsafe_b64encode(os.urandom(KEY)).decode()


def key_from(text: str) -> bytes:
    """Read a key made by `new_key`. Raises BadKey: a word that somebody thought up is none."""
    try:
        key = base64.b64decode(text.strip().encode(), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        key = b""
    if len(key) != KEY:
        raise BadKey("The key is not one that `manage.py backup --new-key` makes (32 random bytes, base64).")
    return key


def _derived(key: bytes, salt: bytes) -> tuple[AESGCM, bytes]:
    made = HKDF(algorithm=SHA256(), length=KEY + CHECK, salt=salt, info=MAGIC).derive(key)
    return AESGCM(made[:KEY]), made[KEY:]


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


class Sealer(io.RawIOBase):
    """Write plain bytes in, sealed bytes come out in `target`. Only `close` makes the file whole."""

    def __init__(self, target: BinaryIO, key: bytes) -> None:
        self._target, self._waiting, self._number = target, bytearray(), 0
        salt = os.urandom(SALT)
        self._cipher, check = _derived(key, salt)
        target.write(MAGIC + salt + check)

    def writable(self) -> bool:
        return True

    def write(self, data: bytes | bytearray | memoryview) -> int:  # type: ignore[override]
        self._waiting += data
        while len(self._waiting) > CHUNK:  # the last chunk waits for `close`, so that it can be marked
            self._seal(self._waiting[:CHUNK], last=False)
            del self._waiting[:CHUNK]
        return len(data)

    def finish(self) -> None:
        """Write the last chunk. Without it the file cannot be opened."""
        self._seal(self._waiting, last=True)

    def _seal(self, plain: bytes | bytearray, *, last: bool) -> None:
        self._target.write(self._cipher.encrypt(_nonce(self._number, last=last), bytes(plain), None))
        self._number += 1


class Opener(io.RawIOBase):
    """Read plain bytes out of a sealed file. Raises BadKey or Damaged; what it has given out is authentic."""

    def __init__(self, source: BinaryIO, key: bytes) -> None:
        self._source, self._plain, self._number = source, memoryview(b""), 0
        head = source.read(len(MAGIC) + SALT + CHECK)
        if not head.startswith(MAGIC) or len(head) < len(MAGIC) + SALT + CHECK:
            raise Damaged("This is no backup of Tovholder, or its beginning is gone.")
        self._cipher, check = _derived(key, head[len(MAGIC) : -CHECK])
        if not hmac.compare_digest(check, head[-CHECK:]):
            raise BadKey("The key does not fit this file (or the file's first bytes are damaged).")
        self._ahead = source.read(CHUNK + TAG)
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview | bytearray) -> int:  # type: ignore[override]
        if not self._plain and not self._ended:
            self._open_next()
        taken = min(len(buffer), len(self._plain))
        buffer[:taken] = self._plain[:taken]
        self._plain = self._plain[taken:]
        return taken

    def _open_next(self) -> None:
        chunk, self._ahead = self._ahead, self._source.read(CHUNK + TAG)
        self._ended = not self._ahead
        try:
            plain = self._cipher.decrypt(_nonce(self._number, last=self._ended), chunk, None)
        except InvalidTag as error:
            raise Damaged(f"The file has been changed or cut (part {self._number + 1}).") from error
        self._number += 1
        self._plain = memoryview(plain)
