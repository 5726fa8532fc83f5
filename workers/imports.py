"""Jobs on imports: bring a file into the graph, make what changed searchable."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from omnisonic.core.imports import lifecycle
from omnisonic.core.imports.errors import Disowned
from omnisonic.core.imports.indexing import index_changes
from omnisonic.core.imports.lifecycle import Claim
from omnisonic.core.imports.runner import run_import
from omnisonic.platform.errors import InvalidFields, NotFound, OmnisonicError, UnsupportedType
from omnisonic.platform.logging import get_logger
from omnisonic.platform.storage import get_storage
from workers.row_job import RowJob
from workers.runtime import RowHeartbeat

INTERRUPTED = "The import was interrupted; going on."
FILE_GONE = "The uploaded file is no longer there. Import it again."

log = get_logger(__name__)


def import_file(job_id: str) -> None:
    """Import one file and settle its row. Safe to run twice: only a pending row is taken."""
    claim = lifecycle.claim_import(job_id=UUID(job_id))
    if claim is not None:
        _ImportJob(claim).run()


def index_import(source: str, after: str) -> None:
    """Make a slice of an import's changes searchable; the rest follows as a job of its own."""
    index_changes(source=source, after=int(after))


class _ImportJob(RowJob[None]):
    refusals = (InvalidFields, UnsupportedType, NotFound, Disowned)

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        self.owned: dict[str, Any] = {"job_id": claim.job.id, "attempt": claim.job.attempt}

    def beat(self) -> bool:
        return lifecycle.beat_import(**self.owned)

    def work(self, folder: Path, heart: RowHeartbeat) -> None:
        path = folder / "file"
        get_storage().download(self.claim.job.file_key, path)
        heart.check()
        run_import(self.claim, path, heart.check)

    def finish(self, result: None) -> None:  # noqa: ARG002  (there is none)
        lifecycle.complete_import(**self.owned)

    def refuse(self, error: OmnisonicError) -> None:
        if isinstance(error, Disowned):
            log.warning("import_disowned", job_id=str(self.claim.job.id))
        else:
            message = FILE_GONE if isinstance(error, NotFound) else error.detail
            lifecycle.fail_import(**self.owned, slug=error.slug, message=message)

    def release(self, error: BaseException | None, *, is_fault: bool) -> None:
        reason = error.detail if isinstance(error, OmnisonicError) else INTERRUPTED
        lifecycle.release_import(**self.owned, reason=reason, is_fault=is_fault)

    def let_go(self) -> None:
        lifecycle.cancel_claimed(**self.owned)
