"""Cosignatures (C2SP tlog-cosignature, type 0x04): a second key says when it saw a log's checkpoint. Pure.

What is signed is `cosignature/v1`, the time and the checkpoint's text; what stands in the note is the time
(64 bits, big-endian) and the Ed25519 signature.
"""

from __future__ import annotations

from dataclasses import dataclass

from omnisonic.core.ledger.note_keys import PrivateKey, PublicKey, SignatureType, parse_vkey
from omnisonic.core.ledger.signed_note import NoteError, NoteSignature

TIME_BYTES = 8
MAX_TIME_S = (1 << 63) - 1


@dataclass(frozen=True)
class CosignatureVerifier:
    """Verifies the cosignatures of one key."""

    public: PublicKey

    @classmethod
    def parse(cls, vkey: str) -> CosignatureVerifier:
        """Read the verifier from its vkey. Raises KeyTextError."""
        return cls(parse_vkey(vkey, SignatureType.COSIGNATURE))

    @property
    def name(self) -> str:
        return self.public.name

    @property
    def key_id(self) -> bytes:
        return self.public.key_id

    @property
    def vkey(self) -> str:
        return self.public.vkey

    def verifies(self, text: str, signature: bytes) -> bool:
        """Tell whether the key cosigned this checkpoint text at the time that stands in the signature."""
        time_s = int.from_bytes(signature[:TIME_BYTES], "big")
        if len(signature) <= TIME_BYTES or time_s > MAX_TIME_S:
            return False
        return self.public.verifies(cosigned_message(text, time_s), signature[TIME_BYTES:])


@dataclass(frozen=True)
class CosignatureSigner:
    """Cosigns checkpoints with one key."""

    private: PrivateKey

    @classmethod
    def generate(cls, name: str) -> CosignatureSigner:
        """Make a cosigner with a new key."""
        return cls(PrivateKey.generate(name, SignatureType.COSIGNATURE))

    @classmethod
    def parse(cls, skey: str) -> CosignatureSigner:
        """Read the cosigner from its skey. Raises KeyTextError."""
        return cls(PrivateKey.parse(skey, SignatureType.COSIGNATURE))

    @property
    def verifier(self) -> CosignatureVerifier:
        """Who verifies what this cosigner signs."""
        return CosignatureVerifier(self.private.public)

    @property
    def skey(self) -> str:
        """The secret text to store."""
        return self.private.skey

    def sign(self, text: str, *, time_s: int) -> NoteSignature:
        """Cosign a checkpoint's text as of a POSIX time in seconds. NoteError for an impossible time."""
        signature = self.private.key.sign(cosigned_message(text, time_s))
        stamped = time_s.to_bytes(TIME_BYTES, "big") + signature
        return NoteSignature(self.private.name, self.private.public.key_id, stamped)


def cosigned_message(text: str, time_s: int) -> bytes:
    """Write what a cosigner signs. Raises NoteError for an impossible time."""
    if not 0 <= time_s <= MAX_TIME_S:
        raise NoteError(f"{time_s} is no time of a cosignature")
    return f"cosignature/v1\ntime {time_s}\n{text}".encode()


def cosigned_at_s(signature: NoteSignature) -> int:
    """Tell the POSIX time of a cosignature, in seconds. Raises NoteError if it is cut off."""
    if len(signature.signature) <= TIME_BYTES:
        raise NoteError("a cosignature is cut off")
    return int.from_bytes(signature.signature[:TIME_BYTES], "big")
