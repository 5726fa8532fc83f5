"""Encrypts small secrets that we must be able to read again, such as a webhook's signing key.

AES-256-GCM (NIST SP 800-38D) with a key derived from AUTH_SECRET for each purpose (HKDF, RFC 5869). What
is sealed for one row cannot be opened for another: the owner's id is authenticated along with it.
"""

from __future__ import annotations

import os
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from omnisonic.platform.errors import OmnisonicError
from omnisonic.platform.settings import get_settings

VERSION = b"\x01"
NONCE_BYTES = 12
KEY_BYTES = 32


class Unsealable(OmnisonicError):
    """A stored secret was sealed with another AUTH_SECRET, or was changed."""

    slug, title, status = "unsealable", "A stored secret cannot be read any more", 409
    advice = "AUTH_SECRET has changed since it was stored. Enter the secret again."


def seal(plain: bytes, *, purpose: str, owner: UUID) -> bytes:
    """Version byte, nonce and ciphertext with its tag."""
    nonce = os.urandom(NONCE_BYTES)
    return VERSION + nonce + AESGCM(_key(purpose)).encrypt(nonce, plain, owner.bytes)


def unseal(sealed: bytes, *, purpose: str, owner: UUID) -> bytes:
    """What was sealed for this purpose and owner. Raises `Unsealable`."""
    if sealed[:1] != VERSION:
        raise Unsealable
    nonce, encrypted = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        return AESGCM(_key(purpose)).decrypt(nonce, encrypted, owner.bytes)
    except (InvalidTag, ValueError) as error:
        raise Unsealable from error


def _key(purpose: str) -> bytes:
    secret = get_settings().auth_secret.get_secret_value().encode()
    info = f"omnisonic sealing, version 1: {purpose}".encode()
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(secret)
