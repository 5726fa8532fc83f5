"""Jobs on news that people asked for: fetch feeds now, tag the archive again."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from omnisonic.insight.ingest_jobs import lifecycle
from omnisonic.insight.ingest_jobs.errors import Disowned
from omnisonic.insight.ingest_jobs.fetching import fetch_feeds as fetch_all
from omnisonic.insight.ingest_jobs.lifecycle import Claim
from omnisonic.insight.ingest_jobs.models import IngestKind
from omnisonic.insight.ingest_jobs.retagging import tag_slice
from omnisonic.platform.errors import Forbidden, OmnisonicError, ServiceUnavailable
from omnisonic.platform.logging import get_logger
from workers.row_job import RowJob
from workers.runtime import RowHeartbeat

INTERRUPTED = "It was interrupted; going on."

log = get_logger(__name__)


def fetch_feeds(job_id: str) -> None:
    """Fetch the feeds of a job and settle its row. Safe to run twice: only a pending row is taken."""
    _run(job_id)


def tag_again(job_id: str) -> None:
    """Tag a slice of the archive again and queue the rest, or settle the row."""
    _run(job_id)


def _run(job_id: str) -> None:
    claim = lifecycle.claim_job(job_id=UUID(job_id))
    if claim is not None:
        _NewsJob(claim).run()


class _NewsJob(RowJob[dict[str, Any] | None]):
    refusals = (Forbidden, Disowned)

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        self.owned: dict[str, Any] = {"job_id": claim.job.id, "attempt": claim.job.attempt}

    def beat(self) -> bool:
        return lifecycle.beat_job(**self.owned)

    def work(self, folder: Path, heart: RowHeartbeat) -> dict[str, Any] | None:  # noqa: ARG002  (no files)
        if self.claim.job.kind is IngestKind.RSS:
            return fetch_all(self.claim, heart.check)
        return tag_slice(self.claim, heart.check)

    def finish(self, result: dict[str, Any] | None) -> None:
        if result is None:
            lifecycle.continue_later(**self.owned)
        else:
            lifecycle.complete_job(**self.owned, result=result)

    def refuse(self, error: OmnisonicError) -> None:
        if isinstance(error, Disowned):
            log.warning("ingest_job_disowned", job_id=str(self.claim.job.id))
        else:
            lifecycle.fail_job(**self.owned, slug=error.slug, message=error.detail)

    def release(self, error: BaseException | None, *, is_fault: bool) -> None:
        reason = error.detail if isinstance(error, OmnisonicError) else INTERRUPTED
        rests = isinstance(error, ServiceUnavailable)
        lifecycle.release_job(**self.owned, reason=reason, is_fault=is_fault, rests=rests)

    def let_go(self) -> None:
        lifecycle.cancel_claimed(**self.owned)
