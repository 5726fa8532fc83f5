"""Signs the head of the log, once it is shown to continue the head that was signed before."""

from __future__ import annotations

from omnisonic.core.ledger.checkpoint_text import CheckpointText
from omnisonic.core.ledger.head import Head, find_head, ledger_folder, locked_folder, write_head
from omnisonic.core.ledger.key_history import note_keys
from omnisonic.core.ledger.keys import cosigner_address, cosigner_verifier, log_signer
from omnisonic.core.ledger.log_errors import LogBehind, LogDamaged, LogForked
from omnisonic.core.ledger.log_store import LogStore
from omnisonic.core.ledger.merkle import verify_consistency
from omnisonic.core.ledger.signed_note import Note, sign_note
from omnisonic.core.ledger.tiles import TileError
from omnisonic.core.ledger.tree import TileTree
from omnisonic.core.ledger.witness import cosign
from omnisonic.platform.errors import NotFound
from omnisonic.platform.settings import get_settings


def sign_head(store: LogStore, size: int) -> tuple[CheckpointText, Note]:
    """Sign and cosign the tree of the first `size` published leaves.

    The root is read from the stored tiles, which is what others will see. Raises `LogBehind` below the head
    signed last, `LogForked` for a tree that does not continue it, `LogDamaged` for tiles that are not there
    or not whole, `LedgerKeyUnusable`, `CosignerUnreachable`, `CosignerRefused`.
    """
    signer, cosigner = log_signer(), cosigner_verifier()
    tree = TileTree(size, store.read_tile)
    with locked_folder(ledger_folder()):
        last = find_head(store)
        if last is not None and size < last.size:
            raise LogBehind(f"A tree of {last.size:,} leaves was signed; this one has {size:,}.")
        try:
            root = tree.root()
            _require_continuation(last, tree, root)
        except (TileError, NotFound) as error:
            raise LogDamaged(f"The stored tiles cannot be read: {error}.") from error
        text = CheckpointText(get_settings().ledger_origin, size, root)
        vkey = signer.verifier.vkey
        write_head(store, Head(size, root, vkey))
        previous_size = last.size if last else 0
        note = sign_note(str(text), signer)
        cosignature = cosign(
            note,
            url=cosigner_address(),
            log_vkey=vkey,
            verifier=cosigner,
            old_size=previous_size,
            prove=lambda known: _path_from(tree, known),
        )
        # Not before: without both signatures the newest checkpoint is still the one of the keys before.
        note_keys(store, log_vkey=vkey, cosigner_vkey=cosigner.vkey)
    return text, note.signed_also(cosignature)


def _require_continuation(last: Head | None, tree: TileTree, root: bytes) -> None:
    if last is None or not last.size:
        return
    path = tree.consistency_path(last.size)
    if not verify_consistency(last.size, tree.size, last.root, root, path):
        raise LogForked(f"The first {last.size:,} leaves are not those that were signed.")


def _path_from(tree: TileTree, known: int) -> list[bytes]:
    if known > tree.size:
        raise LogBehind(f"The cosigner knows a tree of {known:,} leaves; this one has {tree.size:,}.")
    return tree.consistency_path(known)
