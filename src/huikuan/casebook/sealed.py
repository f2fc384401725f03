"""Personal numbers at rest: sealed with AES-GCM, found again by a keyed blind index, shown masked.

The key comes from settings (HUIKUAN_DATA_KEY). An index is an HMAC, so equal numbers meet without being readable.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import os
from collections.abc import Iterable

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings


@functools.cache
def _keys(secret: str) -> tuple[AESGCM, bytes, bytes]:
    def derived(purpose: bytes) -> bytes:
        return hmac.digest(secret.encode(), b"huikuan:" + purpose, "sha256")

    return AESGCM(derived(b"seal")), derived(b"index"), derived(b"person")


def seal(text: str) -> bytes:
    """12 bytes of nonce, then the sealed text."""
    nonce = os.urandom(12)
    return nonce + _keys(settings.DATA_KEY)[0].encrypt(nonce, text.encode(), None)


def seal_many(texts: Iterable[str]) -> list[bytes]:
    """`seal` of each text, for bulk loading."""
    encrypt, fresh = _keys(settings.DATA_KEY)[0].encrypt, os.urandom
    return [(nonce := fresh(12)) + encrypt(nonce, text.encode(), None) for text in texts]


def seal_bytes(data: bytes) -> bytes:
    """A file or a part of one, sealed like a text."""
    nonce = os.urandom(12)
    return nonce + _keys(settings.DATA_KEY)[0].encrypt(nonce, data, None)


def unseal_bytes(data: bytes) -> bytes:
    """The bytes again. cryptography.exceptions.InvalidTag when they were changed or the key is another."""
    return _keys(settings.DATA_KEY)[0].decrypt(data[:12], data[12:], None)


def unseal(data: bytes | memoryview) -> str:
    """The text again. cryptography.exceptions.InvalidTag when the key is not the one it was sealed with."""
    raw = bytes(data)
    return _keys(settings.DATA_KEY)[0].decrypt(raw[:12], raw[12:], None).decode()


def index(kind: str, text: str) -> bytes:
    """16 bytes by which an equal text of the same kind is found again."""
    return hmac.digest(_keys(settings.DATA_KEY)[1], f"{kind}:{text}".encode(), hashlib.sha256)[:16]


def index_many(kind: str, texts: Iterable[str]) -> list[bytes]:
    """`index` of each text, for bulk loading."""
    key, front, digest = _keys(settings.DATA_KEY)[1], f"{kind}:".encode(), hmac.digest
    return [digest(key, front + text.encode(), "sha256")[:16] for text in texts]


def person_keys(texts: Iterable[str]) -> list[bytes]:
    """`person_key` of each text, for bulk loading."""
    key, digest = _keys(settings.DATA_KEY)[2], hmac.digest
    return [digest(key, text.encode(), "sha256") for text in texts]


def person_key(text: str) -> bytes:
    """32 bytes that join one human's or company's records over all creditors, for the gate's counters only."""
    return hmac.digest(_keys(settings.DATA_KEY)[2], text.encode(), hashlib.sha256)
