"""Signed notes (C2SP signed-note v1) with Ed25519 keys. Pure.

A note is a text, an empty line and signature lines `— <name> base64(key id ‖ signature)`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from omnisonic.core.ledger.note_keys import KEY_ID_BYTES, PrivateKey, PublicKey, SignatureType, parse_vkey
from omnisonic.core.ledger.wire_text import WireTextError, decode_base64, encode_base64, is_key_name

MAX_NOTE_BYTES = 256 * 1024
MAX_SIGNATURES = 100
_LINE_START = "— "


class NoteError(WireTextError):
    """A note that is not written as the format demands."""


class SignatureRefusedError(NoteError):
    """A signature in the name of a known key that this key did not make."""


class UnsignedNoteError(NoteError):
    """A note without a signature by any of the known keys."""


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line: who, with which key, and the bytes that this key's type defines."""

    name: str
    key_id: bytes
    signature: bytes

    @property
    def line(self) -> str:
        """The line as it stands in the note, with its newline."""
        return f"{_LINE_START}{self.name} {encode_base64(self.key_id + self.signature)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text, which ends in a newline, and its signatures. None of them is verified yet: see `open_note`."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def __str__(self) -> str:
        """Write the note as it is served and stored."""
        return f"{self.text}\n{''.join(signature.line for signature in self.signatures)}"

    def signed_also(self, *signatures: NoteSignature) -> Note:
        """Give the same note with further signatures below the ones it has."""
        return replace(self, signatures=(*self.signatures, *signatures))


class Verifier(Protocol):
    """Who knows a public key: of a log (`NoteVerifier`) or of a cosigner (`CosignatureVerifier`)."""

    @property
    def name(self) -> str: ...

    @property
    def key_id(self) -> bytes: ...

    def verifies(self, text: str, signature: bytes) -> bool:
        """Tell whether the key made this signature over this text."""
        ...


@dataclass(frozen=True)
class NoteVerifier:
    """Verifies plain note signatures (type 0x01) of one key."""

    public: PublicKey

    @classmethod
    def parse(cls, vkey: str) -> NoteVerifier:
        """Read the verifier from its vkey. Raises KeyTextError."""
        return cls(parse_vkey(vkey, SignatureType.ED25519))

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
        """Tell whether the key signed this text."""
        return self.public.verifies(text.encode(), signature)


@dataclass(frozen=True)
class NoteSigner:
    """Signs notes with one key (type 0x01)."""

    private: PrivateKey

    @classmethod
    def generate(cls, name: str) -> NoteSigner:
        """Make a signer with a new key."""
        return cls(PrivateKey.generate(name, SignatureType.ED25519))

    @classmethod
    def parse(cls, skey: str) -> NoteSigner:
        """Read the signer from its skey. Raises KeyTextError."""
        return cls(PrivateKey.parse(skey, SignatureType.ED25519))

    @property
    def verifier(self) -> NoteVerifier:
        """Who verifies what this signer signs."""
        return NoteVerifier(self.private.public)

    @property
    def skey(self) -> str:
        """The secret text to store."""
        return self.private.skey

    def sign(self, text: str) -> NoteSignature:
        """Sign a text. Raises NoteError for one that no note can have."""
        _require_text(text)
        signature = self.private.key.sign(text.encode())
        return NoteSignature(self.private.name, self.private.public.key_id, signature)


def sign_note(text: str, *signers: NoteSigner) -> Note:
    """Make a note signed by all signers, in their order."""
    return Note(text, tuple(signer.sign(text) for signer in signers))


def parse_note(raw: bytes | str) -> Note:
    """Read a note without verifying it. Raises NoteError."""
    note = _as_text(raw)
    split = note.rfind("\n\n")
    if split < 0 or not note.endswith("\n"):
        raise NoteError("a note is a text, an empty line and signature lines, each with a newline")
    lines = note[split + 2 :].split("\n")[:-1]
    if not lines:
        raise NoteError("the note has no signature")
    if len(lines) > MAX_SIGNATURES:
        raise NoteError(f"the note has more than {MAX_SIGNATURES} signatures")
    return Note(note[: split + 1], tuple(parse_signature(line) for line in lines))


def parse_signature(line: str) -> NoteSignature:
    """Read one signature line, without its newline. Raises NoteError."""
    name, space, encoded = line.removeprefix(_LINE_START).partition(" ")
    if not (line.startswith(_LINE_START) and space and is_key_name(name)):
        raise NoteError("a signature line is written as — name base64")
    try:
        content = decode_base64(encoded, "a signature")
    except WireTextError as error:
        raise NoteError(str(error)) from error
    if len(content) <= KEY_ID_BYTES:
        raise NoteError("a signature is cut off")
    return NoteSignature(name, content[:KEY_ID_BYTES], content[KEY_ID_BYTES:])


def open_note(raw: bytes | str | Note, verifiers: Sequence[Verifier]) -> tuple[Note, list[Verifier]]:
    """Read and verify a note; gives it with the verifiers that found their signature, in the note's order.

    Signatures of unknown keys are passed over. Raises SignatureRefusedError if one of a known key is wrong,
    UnsignedNoteError without any of a known key, NoteError for what is no note.
    """
    note = raw if isinstance(raw, Note) else parse_note(raw)
    found: list[Verifier] = []
    for signature in note.signatures:
        for verifier in verifiers:
            if (verifier.name, verifier.key_id) != (signature.name, signature.key_id):
                continue
            if not verifier.verifies(note.text, signature.signature):
                raise SignatureRefusedError(f"the signature of {verifier.name} is wrong")
            if verifier not in found:
                found.append(verifier)
    if not found:
        raise UnsignedNoteError("no known key has signed the note")
    return note, found


def _as_text(raw: bytes | str) -> str:
    if len(raw) > MAX_NOTE_BYTES:
        raise NoteError(f"the note is above the limit of {MAX_NOTE_BYTES} bytes")
    try:
        text = raw.decode() if isinstance(raw, bytes) else raw
    except UnicodeDecodeError as error:
        raise NoteError("the note is not UTF-8") from error
    _require_plain(text)
    return text


def _require_text(text: str) -> None:
    if not text.endswith("\n"):
        raise NoteError("the text of a note ends in a newline")
    _require_plain(text)


def _require_plain(text: str) -> None:
    if any(sign < " " and sign != "\n" for sign in text):
        raise NoteError("the note holds control characters")
