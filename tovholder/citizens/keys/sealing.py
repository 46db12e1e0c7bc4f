"""Secrecy with an address: a text is sealed under one data key and for one place, and opens nowhere else.

AES-GCM with a random nonce; the associated data is the place (table, row, field), so that a sealed text moved to another
row or column does not open. Data keys are wrapped by the master key (AES key wrap with padding, RFC 5649).
"""

from __future__ import annotations

import hashlib
import hmac
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import (
    InvalidUnwrap,
    aes_key_unwrap_with_padding,
    aes_key_wrap_with_padding,
)

KEY_BYTES = 32
_NONCE_BYTES = 12
_VERSION = b"\x01"


class Damaged(Exception):
    """A sealed text that does not open: changed, cut, or moved from where it was written."""


class WrongMasterKey(Exception):
    """The master key at hand does not open the data keys in the database."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed text belongs: the table, the row's own name that never changes, and the field."""

    table: str
    row: str
    field: str

    @property
    def associated(self) -> bytes:
        return f"{self.table}:{self.row}:{self.field}".encode()


def new_data_key() -> bytes:
    return os.urandom(KEY_BYTES)


def seal(key: bytes, text: str, place: Place) -> bytes:
    """Return the sealed text: version, nonce, ciphertext with its tag."""
    nonce = os.urandom(_NONCE_BYTES)
    return _VERSION + nonce + AESGCM(key).encrypt(nonce, text.encode(), place.associated)


def unseal(key: bytes, sealed: bytes, place: Place) -> str:
    """Return the text. Raises Damaged when it was changed, or sealed under another key or for another place."""
    sealed = bytes(sealed)
    nonce, hidden = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    if sealed[:1] != _VERSION or len(nonce) < _NONCE_BYTES:
        raise Damaged(place.field)
    try:
        return AESGCM(key).decrypt(nonce, hidden, place.associated).decode()
    except InvalidTag as fault:
        raise Damaged(place.field) from fault


@dataclass(frozen=True, slots=True)
class MasterKey:
    """The key above all others. It stands in the environment or a file, never in a database."""

    secret: bytes

    @classmethod
    def read(cls, text: str) -> MasterKey:
        """Read 32 bytes in URL-safe base64. Raises ValueError for anything else."""
        try:
            secret = urlsafe_b64decode(text.strip() + "=" * (-len(text.strip()) % 4))
        except ValueError as fault:
            raise ValueError("the master key is not base64") from fault
        if len(secret) != KEY_BYTES:
            raise ValueError(f"the master key must be {KEY_BYTES} bytes, not {len(secret)}")
        return cls(secret)

    @classmethod
    def new(cls) -> MasterKey:
        return cls(os.urandom(KEY_BYTES))

    def __repr__(self) -> str:
        return f"MasterKey({self.fingerprint})"

    @property
    def text(self) -> str:
        return urlsafe_b64encode(self.secret).decode().rstrip("=")

    @property
    def fingerprint(self) -> str:
        """Sixteen characters that tell keys apart and give nothing away."""
        return hashlib.sha256(b"tovholder master key" + self.secret).hexdigest()[:16]

    def wrap(self, data_key: bytes) -> bytes:
        return aes_key_wrap_with_padding(self.secret, data_key)

    def unwrap(self, wrapped: bytes) -> bytes:
        """Return the data key. Raises WrongMasterKey when another master key wrapped it, or it is damaged."""
        try:
            return aes_key_unwrap_with_padding(self.secret, bytes(wrapped))
        except (InvalidUnwrap, ValueError) as fault:
            raise WrongMasterKey(self.fingerprint) from fault


def blind(index_key: bytes, kind: str, value: str) -> bytes:
    """Return sixteen bytes that are the same for the same value, and tell nothing without the index key."""
    return hmac.new(index_key, f"{kind}|{value}".encode(), hashlib.sha256).digest()[:16]
