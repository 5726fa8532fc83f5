"""The text of a checkpoint (C2SP tlog-checkpoint): origin, size and root of the log, one a line. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from omnisonic.core.ledger.merkle import HASH_BYTES, MAX_TREE_SIZE
from omnisonic.core.ledger.wire_text import (
    WireTextError,
    decode_hash,
    encode_base64,
    is_key_name,
    parse_decimal,
)


class CheckpointTextError(WireTextError):
    """A checkpoint that is not written as the format demands."""


@dataclass(frozen=True, slots=True)
class CheckpointText:
    """The head of a log: whose it is, how many leaves it has, and the root over them."""

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        """Refuse what could not be read back. Raises CheckpointTextError."""
        if not is_key_name(self.origin):
            raise CheckpointTextError("an origin has no spaces, no plus and no control characters")
        if not 0 <= self.size <= MAX_TREE_SIZE or len(self.root) != HASH_BYTES:
            raise CheckpointTextError("a checkpoint has a size from 0 and a root of 32 bytes")

    def __str__(self) -> str:
        """Write the text that is signed."""
        return f"{self.origin}\n{self.size}\n{encode_base64(self.root)}\n"


def parse_checkpoint_text(text: str) -> CheckpointText:
    """Read the text of a checkpoint. Raises CheckpointTextError, also for extension lines."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1]:
        raise CheckpointTextError("a checkpoint is an origin, a size and a root, one a line")
    if len(lines) > 4:
        raise CheckpointTextError("the checkpoint has lines that are not known here")
    try:
        size, root = parse_decimal(lines[1], "the size"), decode_hash(lines[2], "the root")
    except WireTextError as error:
        raise CheckpointTextError(str(error)) from error
    return CheckpointText(lines[0], size, root)
