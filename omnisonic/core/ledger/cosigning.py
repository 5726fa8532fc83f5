"""What the cosigner decides: it signs only what continues the last checkpoint of this log that it signed.

It keeps that checkpoint in its own folder, on disk before any answer, and asks nobody else: neither the
database nor the object store of the log it watches.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from omnisonic.core.ledger.checkpoint_text import CheckpointText, parse_checkpoint_text
from omnisonic.core.ledger.cosignature import CosignatureSigner
from omnisonic.core.ledger.head import locked_folder, write_durable
from omnisonic.core.ledger.keys import log_verifiers, pin_log
from omnisonic.core.ledger.merkle import EMPTY_ROOT, verify_consistency
from omnisonic.core.ledger.signed_note import (
    Note,
    NoteError,
    NoteVerifier,
    UnsignedNoteError,
    open_note,
    parse_note,
)
from omnisonic.core.ledger.wire_text import WireTextError
from omnisonic.core.ledger.witness import SIZE_TYPE, AddCheckpoint, parse_add_checkpoint
from omnisonic.platform.logging import get_logger

TEXT_TYPE = "text/plain; charset=utf-8"

log = get_logger(__name__)


@dataclass(frozen=True)
class Answer:
    """An HTTP answer."""

    status: int
    body: str
    content_type: str = TEXT_TYPE


class Cosigner:
    """Answers `add-checkpoint` requests, one at a time."""

    def __init__(self, signer: CosignatureSigner, folder: Path, *, origin: str, may_pin: bool) -> None:
        """`may_pin`: whether the first log key that comes is trusted from then on, where none is known."""
        self.signer = signer
        self._folder = folder
        self._origin = origin
        self._may_pin = may_pin
        self._lock = threading.Lock()

    def add_checkpoint(self, body: bytes, *, offered_vkey: str | None = None) -> Answer:
        """Cosign a checkpoint, or say why not. C2SP tlog-witness; the body is bounded by the caller.

        `offered_vkey` is the log's key as the caller names it: looked at only where one may be pinned.
        """
        try:
            request = parse_add_checkpoint(body.decode())
            note = parse_note(request.note)
            checkpoint = parse_checkpoint_text(note.text)
        except (WireTextError, UnicodeDecodeError) as error:
            return Answer(400, f"{error}\n")
        if checkpoint.origin != self._origin:
            return Answer(404, "this cosigner does not know the log\n")
        with self._lock, locked_folder(self._folder):
            return self._judge(request, note, checkpoint, offered_vkey)

    def _judge(
        self, request: AddCheckpoint, note: Note, checkpoint: CheckpointText, offered_vkey: str | None
    ) -> Answer:
        verifiers = log_verifiers()
        pinning = self._pinnable(offered_vkey) if not verifiers else None
        try:
            open_note(note, [pinning] if pinning else verifiers)
        except UnsignedNoteError:
            return Answer(403, "the checkpoint is not signed by a key that this cosigner trusts\n")
        except NoteError as error:
            return Answer(403, f"{error}\n")
        refusal = self._check_growth(request, checkpoint)
        if refusal is not None:
            log.warning("cosigning_refused", size=checkpoint.size, status=refusal.status)
            return refusal
        if pinning is not None:
            pin_log(pinning)
        write_durable(self._state_file, str(note).encode())
        log.info("cosigned", size=checkpoint.size, root=checkpoint.root.hex())
        return Answer(200, self.signer.sign(note.text, time_s=int(time.time())).line)

    def _pinnable(self, vkey: str | None) -> NoteVerifier | None:
        if not (self._may_pin and vkey):
            return None
        try:
            verifier = NoteVerifier.parse(vkey)
        except WireTextError:
            return None
        return verifier if verifier.name == self._origin else None

    def _check_growth(self, request: AddCheckpoint, checkpoint: CheckpointText) -> Answer | None:
        if request.old_size > checkpoint.size:
            return Answer(400, "the old size is above that of the checkpoint\n")
        known = self._known()
        if request.old_size != known.size:
            return Answer(409, f"{known.size}\n", SIZE_TYPE)
        reason = _inconsistency(known, checkpoint, request.path)
        return Answer(422, f"{reason}\n") if reason else None

    def _known(self) -> CheckpointText:
        if not self._state_file.exists():
            return CheckpointText(self._origin, 0, EMPTY_ROOT)
        return parse_checkpoint_text(parse_note(self._state_file.read_bytes()).text)

    @property
    def _state_file(self) -> Path:
        return self._folder / f"{hashlib.sha256(self._origin.encode()).hexdigest()[:16]}.checkpoint"


def _inconsistency(known: CheckpointText, new: CheckpointText, path: Sequence[bytes]) -> str:
    if not new.size and new.root != EMPTY_ROOT:
        return "an empty tree has another root"
    if known.size in (0, new.size):
        if path:
            return "from an empty tree, or between trees of one size, there is nothing to prove"
        is_other = known.size == new.size and known.root != new.root
        return f"another tree of {known.size} leaves was cosigned" if is_other else ""
    if verify_consistency(known.size, new.size, known.root, new.root, path):
        return ""
    return f"the path does not lead from size {known.size} to this checkpoint"
