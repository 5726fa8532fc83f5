"""Jobs on usage: book a statement, release what a match leaves."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from omnisonic.core.royalties import usage_lifecycle as lifecycle
from omnisonic.core.royalties.matching import release_match as release_part
from omnisonic.core.royalties.usage_errors import UsageStatementDisowned
from omnisonic.core.royalties.usage_lifecycle import StatementClaim
from omnisonic.platform.db import unit_of_work
from omnisonic.platform.errors import InvalidFields, NotFound, OmnisonicError, UnsupportedType
from omnisonic.platform.logging import get_logger
from omnisonic.platform.storage import get_storage
from workers.row_job import RowJob
from workers.runtime import RowHeartbeat

FILE_GONE = "The file is no longer there. Send it again."

log = get_logger(__name__)


def book_statement(statement_id: str) -> None:
    """Book one usage statement and settle its row. Safe to run twice: only a pending row is taken."""
    claim = lifecycle.claim_statement(statement_id=UUID(statement_id))
    if claim is not None:
        _StatementJob(claim).run()


def release_match(reported_id: str) -> None:
    """Release the rest of what waits for a confirmed match, a part per transaction."""
    is_complete = False
    while not is_complete:
        with unit_of_work() as uow:
            _, is_complete = release_part(uow, reported_id=UUID(reported_id))


class _StatementJob(RowJob[None]):
    refusals = (InvalidFields, UnsupportedType, NotFound, UsageStatementDisowned)

    def __init__(self, claim: StatementClaim) -> None:
        self.claim = claim

    def beat(self) -> bool:
        return lifecycle.beat_statement(self.claim)

    def work(self, folder: Path, heart: RowHeartbeat) -> None:
        path = folder / "file"
        get_storage().download(self.claim.storage_key, path)
        lifecycle.book_file(self.claim, path, heart.check)

    def finish(self, result: None) -> None:  # noqa: ARG002  (there is none)
        lifecycle.complete_statement(self.claim)

    def refuse(self, error: OmnisonicError) -> None:
        if isinstance(error, UsageStatementDisowned):
            log.warning("usage_statement_disowned", statement_id=str(self.claim.id))
            return
        message = FILE_GONE if isinstance(error, NotFound) else error.detail
        lifecycle.fail_statement(self.claim, slug=error.slug, message=message)

    def release(self, error: BaseException | None, *, is_fault: bool) -> None:  # noqa: ARG002
        lifecycle.release_statement(self.claim, is_fault=is_fault)

    def let_go(self) -> None:
        log.info("usage_statement_let_go", statement_id=str(self.claim.id))
