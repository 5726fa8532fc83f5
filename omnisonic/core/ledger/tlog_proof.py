"""Proof files (C2SP tlog-proof): what shows, without asking anyone, that a leaf stands in a log. Pure.

Our files carry the leaf itself in the `extra` line, so that a reader sees what is proved. The strict reader
of such files, which refuses what it does not know, is `offline_verifier.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from omnisonic.core.ledger.checkpoint_text import CheckpointText, parse_checkpoint_text
from omnisonic.core.ledger.merkle import MAX_PATH_HASHES, verify_inclusion
from omnisonic.core.ledger.signed_note import Verifier, open_note
from omnisonic.core.ledger.wire_text import (
    WireTextError,
    decode_base64,
    decode_hash,
    encode_base64,
    parse_decimal,
)

HEADER = "c2sp.org/tlog-proof@v1"
MAX_PROOF_CHARS = 512 * 1024
_EXTRA, _INDEX = "extra ", "index "


class ProofTextError(WireTextError):
    """A proof file that is not written as the format demands."""


class ProofRefusedError(WireTextError):
    """A well-written proof that does not prove what it should."""


@dataclass(frozen=True, slots=True)
class TlogProof:
    """A leaf's index, its path (lowest sibling first), the signed checkpoint, and the leaf as `extra`."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: str
    extra: bytes | None = None

    def __str__(self) -> str:
        """Write the proof file."""
        extra = "" if self.extra is None else f"{_EXTRA}{encode_base64(self.extra)}\n"
        hashes = "".join(f"{encode_base64(value)}\n" for value in self.path)
        return f"{HEADER}\n{extra}{_INDEX}{self.index}\n{hashes}\n{self.checkpoint}"


def parse_proof(text: str) -> TlogProof:
    """Read a proof file without verifying it. Raises ProofTextError."""
    if len(text) > MAX_PROOF_CHARS:
        raise ProofTextError(f"the proof is above the limit of {MAX_PROOF_CHARS} characters")
    head, gap, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if not gap or lines.pop(0) != HEADER:
        raise ProofTextError(f"a proof begins with {HEADER} and has a checkpoint after an empty line")
    try:
        extra = None
        if lines and lines[0].startswith(_EXTRA):
            extra = decode_base64(lines.pop(0).removeprefix(_EXTRA), "the extra line")
        if not lines or not lines[0].startswith(_INDEX):
            raise ProofTextError("the proof does not say which index it is about")
        index = parse_decimal(lines.pop(0).removeprefix(_INDEX), "the index")
        path = tuple(decode_hash(line, "a hash of the path") for line in lines[: MAX_PATH_HASHES + 1])
    except WireTextError as error:
        raise ProofTextError(str(error)) from error
    if len(path) > MAX_PATH_HASHES:
        raise ProofTextError("the path is longer than that of any log")
    return TlogProof(index, path, checkpoint, extra)


def check_proof(proof: TlogProof, leaf_hash: bytes, verifiers: Sequence[Verifier]) -> CheckpointText:
    """Require every verifier's signature and the leaf hash at its index; gives the checkpoint proved against.

    Raises ProofRefusedError, and the errors of `open_note` and `parse_checkpoint_text`.
    """
    note, found = open_note(proof.checkpoint, verifiers)
    missing = [verifier.name for verifier in verifiers if verifier not in found]
    if missing:
        raise ProofRefusedError(f"the checkpoint is not signed by {missing[0]}")
    checkpoint = parse_checkpoint_text(note.text)
    if not verify_inclusion(leaf_hash, proof.index, checkpoint.size, proof.path, checkpoint.root):
        raise ProofRefusedError("the path does not lead from the leaf to the signed root")
    return checkpoint
