"""What everyone may read of the log, without an account: keys, checkpoints, tiles of hashes, proofs.

Entry bundles hold amounts and are never served; a leaf's own bytes go to its readers only (`proof_file`).
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from omnisonic.core.ledger.key_history import list_keys, vkeys_text
from omnisonic.core.ledger.log_store import BINARY, TEXT, LogStore
from omnisonic.core.ledger.merkle import MAX_TREE_SIZE
from omnisonic.core.ledger.proofs import consistency_proof, inclusion_proof
from omnisonic.core.ledger.repository import find_checkpoint
from omnisonic.core.ledger.schemas import ConsistencyAnswer, InclusionAnswer
from omnisonic.core.ledger.tiles import TileError, parse_tile_path, split_hashes
from omnisonic.platform.db import read_session
from omnisonic.platform.errors import NotFound

LEAF_HASH = r"^[0-9a-f]{64}$"
MAX_TILE_PATH_CHARS = 60
FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}
BRIEFLY = {"Cache-Control": "public, max-age=10"}

LeafHash = Annotated[str, Path(pattern=LEAF_HASH, description="SHA-256 of the leaf in lower-case hex.")]
TreeSize = Annotated[int, Query(ge=0, le=MAX_TREE_SIZE)]

router = APIRouter(tags=["log"])


@router.get("/log/vkeys", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
def get_vkeys() -> Response:
    """Public keys: the log's, then its cosigner's, one a line; former ones as comment lines below."""
    return Response(vkeys_text(list_keys(LogStore())), media_type=TEXT, headers=BRIEFLY)


@router.get("/log/checkpoint", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
def get_checkpoint() -> Response:
    """The newest checkpoint, signed by the log and its cosigner (C2SP tlog-checkpoint)."""
    note = LogStore().newest_checkpoint()
    if note is None:
        raise NotFound("No checkpoint has been signed yet: the first closing of a cycle makes one.")
    return Response(note, media_type=TEXT, headers=BRIEFLY)


@router.get(
    "/log/checkpoint/{number}", response_class=Response, responses={200: {"content": {"text/plain": {}}}}
)
def get_numbered_checkpoint(number: Annotated[int, Path(ge=1, le=MAX_TREE_SIZE)]) -> Response:
    """A checkpoint by its number, counted from 1."""
    with read_session() as session:
        found = find_checkpoint(session, number)
    if found is None:
        raise NotFound(f"There is no checkpoint {number} yet.")
    return Response(found.note, media_type=TEXT, headers=FOREVER)


@router.get(
    "/log/tile/{path:path}",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}}},
)
def get_tile(path: Annotated[str, Path(max_length=MAX_TILE_PATH_CHARS)]) -> Response:
    """A tile of hashes, `<level>/<number>[.p/<width>]` (C2SP tlog-tiles). Its content never changes."""
    try:
        tile = parse_tile_path(f"tile/{path}")
        content = b"".join(split_hashes(tile, LogStore().read_tile(tile)))
    except TileError as error:
        raise NotFound(f"The log has no such tile: {error}.") from error
    return Response(content, media_type=BINARY, headers=FOREVER)


@router.get("/log/proof/{leaf_hash}")
def get_proof(
    leaf_hash: LeafHash, tree_size: Annotated[TreeSize | None, Query(alias="treeSize")] = None
) -> InclusionAnswer:
    """Where a leaf stands and the path up to a signed root; whoever has the leaf can check it.

    Under the newest checkpoint, or the one over exactly `treeSize` leaves.
    """
    with read_session() as session:
        proof = inclusion_proof(session, leaf_hash=bytes.fromhex(leaf_hash), tree_size=tree_size)
    return InclusionAnswer.of(proof)


@router.get("/log/consistency")
def get_consistency(
    from_size: Annotated[TreeSize, Query(alias="from", description="Leaves of the earlier log.")],
    to_size: Annotated[TreeSize, Query(alias="to", description="Leaves of the later log.")],
) -> ConsistencyAnswer:
    """The path that shows an earlier log to be the beginning of a later one: nothing was rewritten."""
    with read_session() as session:
        return ConsistencyAnswer.of(consistency_proof(session, from_size=from_size, to_size=to_size))
