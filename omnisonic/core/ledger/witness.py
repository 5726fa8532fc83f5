"""Asking the cosigner for its signature (C2SP tlog-witness), and the texts of that conversation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import httpx

from omnisonic.core.ledger.checkpoint_text import parse_checkpoint_text
from omnisonic.core.ledger.cosignature import CosignatureVerifier
from omnisonic.core.ledger.log_errors import CosignerRefused, CosignerUnreachable
from omnisonic.core.ledger.signed_note import Note, NoteSignature, parse_signature
from omnisonic.core.ledger.wire_text import WireTextError, decode_hash, encode_base64, parse_decimal
from omnisonic.platform.tls import tls_for

ADD_CHECKPOINT = "/add-checkpoint"
SIZE_TYPE = "text/x.tlog.size"
VKEY_HEADER = "Omnisonic-Log-Vkey"  # for a cosigner in development, which pins the first key it sees
TIMEOUT_S = 10.0
ATTEMPTS = 3
MAX_PATH_LINES = 63  # of a request, by the protocol
ANSWER_MAX_BYTES = 128 * 1024  # sixteen signatures, each as long as those of the newest kinds
_OLD = "old "


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """A request: the size the witness is thought to know, the path from there, and the signed note."""

    old_size: int
    path: tuple[bytes, ...]
    note: str

    def __str__(self) -> str:
        """Write the request's body."""
        hashes = "".join(f"{encode_base64(value)}\n" for value in self.path)
        return f"{_OLD}{self.old_size}\n{hashes}\n{self.note}"


def parse_add_checkpoint(text: str) -> AddCheckpoint:
    """Read a request's body. Raises WireTextError."""
    head, gap, note = text.partition("\n\n")
    first, *lines = head.split("\n")
    if not gap or not first.startswith(_OLD):
        raise WireTextError("a request is `old <size>`, the path, an empty line and the checkpoint")
    if len(lines) > MAX_PATH_LINES:
        raise WireTextError("the path is longer than that of any log")
    old_size = parse_decimal(first.removeprefix(_OLD), "the old size")
    return AddCheckpoint(old_size, tuple(decode_hash(line, "a hash of the path") for line in lines), note)


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    content_type: str
    text: str


def cosign(
    note: Note,
    *,
    url: str,
    log_vkey: str,
    verifier: CosignatureVerifier,
    old_size: int,
    prove: Callable[[int], Sequence[bytes]],
) -> NoteSignature:
    """Get the cosigner's signature over a signed checkpoint; `prove(size)` gives the path from that size.

    If the cosigner names another size that it knows, it is asked again from there. Raises
    `CosignerUnreachable` or `CosignerRefused`, also for a signature that its key did not make.
    """
    size = parse_checkpoint_text(note.text).size
    for _ in range(ATTEMPTS):
        request = AddCheckpoint(old_size, tuple(prove(old_size)) if old_size else (), str(note))
        answer = _post(url, str(request), log_vkey)
        if answer.status == 200:
            return _verified(answer.text, note, verifier)
        known = _known_size(answer)
        # Another root at this size is 422; by the first version of the protocol it was 409 with the size.
        if known == old_size or (answer.status == 422 and old_size == size):
            raise CosignerRefused(f"The cosigner has signed another tree of {old_size:,} leaves.")
        if known is None:
            break
        old_size = known
    raise CosignerRefused(f"The cosigner answers {answer.status}: {answer.text[:300].strip()}")


def _known_size(answer: _Answer) -> int | None:
    if answer.status != 409 or not answer.content_type.startswith(SIZE_TYPE):
        return None
    try:
        return parse_decimal(answer.text.strip(), "the size")
    except WireTextError as error:
        raise CosignerRefused("The cosigner does not say which size it knows.") from error


def _post(url: str, body: str, log_vkey: str) -> _Answer:
    try:
        with httpx.stream(
            "POST",
            f"{url}{ADD_CHECKPOINT}",
            content=body.encode(),
            headers={"Content-Type": "text/plain; charset=utf-8", VKEY_HEADER: log_vkey},
            timeout=TIMEOUT_S,
            trust_env=False,
            verify=tls_for(url),
        ) as response:
            content = bytearray()
            for piece in response.iter_bytes():
                content += piece
                if len(content) > ANSWER_MAX_BYTES:
                    raise CosignerRefused("The cosigner's answer is longer than any it may give.")
    except httpx.HTTPError as error:
        raise CosignerUnreachable(f"No answer from the cosigner ({type(error).__name__}).") from error
    content_type = response.headers.get("content-type", "")
    return _Answer(response.status_code, content_type, content.decode(errors="replace"))


def _verified(answer: str, note: Note, verifier: CosignatureVerifier) -> NoteSignature:
    try:
        found = [parse_signature(line) for line in answer.removesuffix("\n").split("\n")]
    except WireTextError as error:
        raise CosignerRefused(f"The cosigner's answer cannot be read: {error}.") from error
    for signature in found:
        if (signature.name, signature.key_id) == (verifier.name, verifier.key_id) and verifier.verifies(
            note.text, signature.signature
        ):
            return signature
    raise CosignerRefused("The cosigner answered with a signature that its known key did not make.")
