"""Which keys signed which checkpoints: the present ones, and the retired ones up to their last tree size."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass

from omnisonic.core.ledger.checkpoint_text import parse_checkpoint_text
from omnisonic.core.ledger.cosignature import CosignatureVerifier
from omnisonic.core.ledger.head import ledger_folder, write_durable
from omnisonic.core.ledger.keys import cosigner_verifier, log_signer
from omnisonic.core.ledger.log_errors import CosignerUnreachable, LedgerKeyUnusable
from omnisonic.core.ledger.log_store import JSON, LogStore
from omnisonic.core.ledger.signed_note import NoteVerifier, parse_note

FILE = "keys.json"


@dataclass(frozen=True)
class KeyUse:
    """A public key of the log or of the cosigner. `last_size` is None while it signs."""

    role: str  # log | cosigner
    vkey: str
    last_size: int | None = None


def list_keys(store: LogStore) -> list[KeyUse]:
    """Every key: those that signed the newest checkpoint, those that will sign the next one, former ones.

    A cosigner that does not answer before the first checkpoint is not in it. Raises `LedgerKeyUnusable`
    where nothing was signed yet and no key is configured.
    """
    stored = _stored(store)
    next_keys = {("log", vkey) for vkey in _own_vkey(is_needed=not stored)}
    with suppress(CosignerUnreachable, LedgerKeyUnusable):
        next_keys.add(("cosigner", cosigner_verifier().vkey))
    known = {(one.role, one.vkey) for one in stored}
    added = [KeyUse(role, vkey) for role, vkey in sorted(next_keys - known, reverse=True)]
    return sorted([*stored, *added], key=lambda one: (one.last_size is not None, one.role != "log"))


def note_keys(store: LogStore, *, log_vkey: str, cosigner_vkey: str) -> None:
    """Keep that these keys sign from now on; others of their role retire at the newest checkpoint's size."""
    newest = store.newest_checkpoint()
    newest_size = parse_checkpoint_text(parse_note(newest).text).size if newest else 0
    present = {("log", log_vkey), ("cosigner", cosigner_vkey)}
    stored = _stored(store)
    kept = [
        KeyUse(one.role, one.vkey, None)
        if (one.role, one.vkey) in present
        else KeyUse(one.role, one.vkey, newest_size if one.last_size is None else one.last_size)
        for one in stored
    ]
    new = present - {(one.role, one.vkey) for one in stored}
    changed = [*(KeyUse(role, vkey) for role, vkey in sorted(new, reverse=True)), *kept]
    if changed != stored:
        content = json.dumps([asdict(one) for one in changed], indent=1).encode()
        write_durable(ledger_folder() / FILE, content)
        store.put(FILE, content, JSON)


def verifiers_at(keys: Sequence[KeyUse], size: int) -> tuple[list[NoteVerifier], list[CosignatureVerifier]]:
    """Keys of the log and of the cosigner that may have signed a checkpoint of this size."""
    valid = [one for one in keys if one.last_size is None or size <= one.last_size]
    return (
        [NoteVerifier.parse(one.vkey) for one in valid if one.role == "log"],
        [CosignatureVerifier.parse(one.vkey) for one in valid if one.role == "cosigner"],
    )


def vkeys_text(keys: Sequence[KeyUse]) -> str:
    """The list as it is served: the log's and its cosigner's key of the newest checkpoint, one a line.

    Others follow as comment lines, so that nobody trusts them by taking the whole list.
    """
    active = [one for one in keys if one.last_size is None]
    first = {one.role: one for one in reversed(active)}
    lines = [first[role].vkey for role in ("log", "cosigner") if role in first]
    if "cosigner" not in first:
        lines.append("# the cosigner does not answer: its key comes with the first checkpoint")
    lines += [f"# next key of the {one.role}: {one.vkey}" for one in active if one is not first[one.role]]
    lines += [
        f"# former key of the {one.role}, signed up to size {one.last_size}: {one.vkey}"
        for one in keys
        if one.last_size is not None
    ]
    return "\n".join(lines) + "\n"


def _own_vkey(*, is_needed: bool) -> list[str]:
    try:
        return [log_signer().verifier.vkey]
    except LedgerKeyUnusable:  # a process that only reads has no private key
        if is_needed:
            raise
        return []


def _stored(store: LogStore) -> list[KeyUse]:
    content = store.find(FILE)
    if content is None:
        file = ledger_folder() / FILE
        content = file.read_bytes() if file.exists() else b"[]"
    return [KeyUse(one["role"], one["vkey"], one["last_size"]) for one in json.loads(content)]
