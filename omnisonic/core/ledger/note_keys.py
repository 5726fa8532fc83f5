"""The named Ed25519 keys of signed notes and how they are written. Pure but for making a new key.

As in Go's checksum database: `name+id+base64(type ‖ public key)` and
`PRIVATE+KEY+name+id+base64(type ‖ seed)`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import IntEnum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from omnisonic.core.ledger.wire_text import WireTextError, decode_base64, encode_base64, is_key_name

KEY_ID_BYTES = 4
KEY_BYTES = 32
_PRIVATE = "PRIVATE+KEY+"


class SignatureType(IntEnum):
    """The byte before a key that says how it signs."""

    ED25519 = 0x01
    COSIGNATURE = 0x04


class KeyTextError(WireTextError):
    """A public or private key that is not written as the format demands."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A named public key; the name and the id together tell which one it is."""

    name: str
    type: SignatureType
    key: bytes

    @property
    def key_id(self) -> bytes:
        """SHA-256(name ‖ newline ‖ type ‖ key), the first four bytes."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.type]) + self.key).digest()[
            :KEY_ID_BYTES
        ]

    @property
    def vkey(self) -> str:
        """The key as it is handed out."""
        return f"{self.name}+{self.key_id.hex()}+{encode_base64(bytes([self.type]) + self.key)}"

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Tell whether this key made an Ed25519 signature (RFC 8032) over the message."""
        try:
            Ed25519PublicKey.from_public_bytes(self.key).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


def parse_vkey(vkey: str, kind: SignatureType) -> PublicKey:
    """Read a public key of one type. Raises KeyTextError, also when the id is not the key's own."""
    name, key_id, encoded = _split_key(vkey)
    public = PublicKey(name, kind, _key_material(encoded, kind))
    if public.key_id.hex() != key_id:
        raise KeyTextError("the id in the key does not belong to its name and bytes")
    return public


def _split_key(text: str) -> tuple[str, str, str]:
    parts = text.split("+", 2)  # base64 may hold a plus as well
    if len(parts) != 3 or not is_key_name(parts[0]):
        raise KeyTextError("a key is written as name+id+base64")
    return parts[0], parts[1], parts[2]


def _key_material(encoded: str, kind: SignatureType) -> bytes:
    try:
        material = decode_base64(encoded, "the last part of the key")
    except WireTextError as error:
        raise KeyTextError(str(error)) from error
    if len(material) != 1 + KEY_BYTES:
        raise KeyTextError(f"the key has {max(len(material) - 1, 0)} bytes instead of {KEY_BYTES}")
    if material[0] != kind:
        raise KeyTextError(f"the key is of type {material[0]:#04x} where {int(kind):#04x} is needed")
    return material[1:]


@dataclass(frozen=True)
class PrivateKey:
    """A named key that signs. Its text is a secret: it never belongs into a log or an answer."""

    name: str
    type: SignatureType
    key: Ed25519PrivateKey

    @classmethod
    def generate(cls, name: str, kind: SignatureType) -> PrivateKey:
        """Make a new key from the system's randomness. Raises KeyTextError for a name that cannot be one."""
        if not is_key_name(name):
            raise KeyTextError("a key's name has no spaces, no plus and no control characters")
        return cls(name, kind, Ed25519PrivateKey.generate())

    @classmethod
    def parse(cls, skey: str, kind: SignatureType) -> PrivateKey:
        """Read a private key of one type. Raises KeyTextError without repeating any of it."""
        if not skey.startswith(_PRIVATE):
            raise KeyTextError("a private key begins with PRIVATE+KEY+")
        name, key_id, encoded = _split_key(skey.removeprefix(_PRIVATE))
        private = cls(name, kind, Ed25519PrivateKey.from_private_bytes(_key_material(encoded, kind)))
        if private.public.key_id.hex() != key_id:
            raise KeyTextError("the id in the key does not belong to its name and bytes")
        return private

    @property
    def public(self) -> PublicKey:
        """The public half."""
        return PublicKey(self.name, self.type, self.key.public_key().public_bytes_raw())

    @property
    def skey(self) -> str:
        """The secret text to store."""
        secret = encode_base64(bytes([self.type]) + self.key.private_bytes_raw())
        return f"{_PRIVATE}{self.name}+{self.public.key_id.hex()}+{secret}"

    def __repr__(self) -> str:
        """Show whose key it is, without the key."""
        return f"PrivateKey({self.name!r}, {self.type!r})"
