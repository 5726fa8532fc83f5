"""Composition: proof files with the leaf in them, for whoever may see what the leaf is about."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Response
from sqlmodel import Session

from omnisonic.core.ledger.api import LeafHash
from omnisonic.core.ledger.models import LeafKind, LogRecord
from omnisonic.core.ledger.proofs import InclusionProof, inclusion_proof, proof_file
from omnisonic.core.royalties.access import is_curator
from omnisonic.core.royalties.cases import get_case
from omnisonic.core.royalties.entries import find_entry
from omnisonic.core.royalties.models import LineDispute, ShareClaim
from omnisonic.core.royalties.statements_lines import find_line
from omnisonic.platform.actor import Actor, Scope
from omnisonic.platform.auth.http import SignedInActor
from omnisonic.platform.db import read_session
from omnisonic.platform.errors import NotFound
from omnisonic.studio.exports import service as exports
from omnisonic.studio.sessions import service as sessions
from omnisonic.studio.split_sheets.models import SplitSheet

IN_STUDIO = {LeafKind.RELEASE, LeafKind.SPLIT}
CASES: Final[dict[LeafKind, Any]] = {LeafKind.DISPUTE: LineDispute, LeafKind.CLAIM: ShareClaim}
HIDDEN = {"Cache-Control": "private, no-store"}

router = APIRouter(tags=["log"])


@router.get(
    "/log/proof/{leaf_hash}.tlog-proof",
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}}},
)
def download_proof(actor: SignedInActor, leaf_hash: LeafHash) -> Response:
    """The proof of one entry, line or fact as a file that `/verify` and `omnisonic verify` check offline.

    For the payee whom it is about, members of the session of a release or split sheet, and curators; that
    of an exchange rate for every account.
    """
    with read_session() as session:
        proof = inclusion_proof(session, leaf_hash=bytes.fromhex(leaf_hash))
        require_reader(session, actor, proof)
        content = proof_file(session, proof)
    name = f"{proof.kind}-{leaf_hash[:12]}.tlog-proof"
    headers = {**HIDDEN, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="text/plain; charset=utf-8", headers=headers)


def require_reader(session: Session, actor: Actor, proof: InclusionProof) -> None:
    """Raise `NotFound` unless the leaf is the caller's to see, `Forbidden` for a token of another scope."""
    actor.require_scope(Scope.STUDIO if proof.kind in IN_STUDIO else Scope.ROYALTIES_READ)
    if is_curator(actor):
        return
    if proof.kind in IN_STUDIO:
        _require_member(session, actor, proof)
    elif proof.kind in CASES:
        get_case(session, actor, CASES[proof.kind], _subject(session, proof))
    elif proof.kind is not LeafKind.RATE and not _is_payee(session, actor, proof):
        raise NotFound("The log has no such leaf, or it is not about you.")


def _is_payee(session: Session, actor: Actor, proof: InclusionProof) -> bool:
    if proof.kind is LeafKind.ENTRY:
        return find_entry(session, actor, entry_id=proof.row_id) is not None
    if proof.kind is not LeafKind.LINE:
        return False
    return find_line(session, actor, line_id=proof.row_id) is not None


def _require_member(session: Session, actor: Actor, proof: InclusionProof) -> None:
    subject_id = _subject(session, proof)
    if proof.kind is LeafKind.RELEASE:
        exports.get_export(session, actor, export_id=subject_id)
        return
    sheet = session.get(SplitSheet, subject_id)
    if sheet is None:
        raise NotFound("The log has no such leaf, or it is not about you.")
    sessions.get_session(session, actor, session_id=sheet.session_id)


def _subject(session: Session, proof: InclusionProof) -> UUID:
    record = session.get(LogRecord, proof.row_id)
    return record.subject_id if record else proof.row_id
