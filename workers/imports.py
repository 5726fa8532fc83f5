"""Jobs on imports: bring a file into the graph, make what changed searchable."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from omnisonic.core.imports import lifecycle
from omnisonic.core.imports.indexing import index_changes
from omnisonic.core.imports.lifecycle import Claim, Disowned
from omnisonic.core.imports.runner import run_import
from omnisonic.platform.errors import InvalidFields, NotFound, OmnisonicError, UnsupportedType
from omnisonic.platform.logging import get_logger
from omnisonic.platform.storage import get_storage
from workers.runtime import JobStopped, RowHeartbeat, StopReason, work_folder

INTERRUPTED = "The import was interrupted; going on."
FILE_GONE = "The uploaded file is no longer there. Import it again."

log = get_logger(__name__)


def import_file(job_id: str) -> None:
    """Import one file and settle its row. Safe to run twice: only a pending row is taken."""
    claim = lifecycle.claim_import(job_id=UUID(job_id))
    if claim is None:
        return
    owned: dict[str, Any] = {"job_id": claim.job.id, "attempt": claim.job.attempt}
    heart = RowHeartbeat(partial(lifecycle.beat_import, **owned))
    try:
        with heart:
            _import(claim, heart)
        lifecycle.complete_import(**owned)
    except JobStopped as error:
        if error.reason is StopReason.DISOWNED:
            lifecycle.cancel_claimed(**owned)
        else:
            is_fault = error.reason is not StopReason.SHUTDOWN
            lifecycle.release_import(**owned, reason=INTERRUPTED, is_fault=is_fault)
    except Disowned:
        log.warning("import_disowned", job_id=job_id)
    except (InvalidFields, UnsupportedType) as error:  # the file itself: another try changes nothing
        lifecycle.fail_import(**owned, slug=error.slug, message=error.detail)
    except NotFound:
        lifecycle.fail_import(**owned, slug="not-found", message=FILE_GONE)
    except BaseException as error:  # whatever broke, the row must not stay at "processing"
        log.exception("import_failed", job_id=job_id, error=type(error).__name__)
        reason = error.detail if isinstance(error, OmnisonicError) else INTERRUPTED
        lifecycle.release_import(**owned, reason=reason, is_fault=True)
        raise


def index_import(source: str, after: str) -> None:
    """Make a slice of an import's changes searchable; the rest follows as a job of its own."""
    index_changes(source=source, after=int(after))


def _import(claim: Claim, heart: RowHeartbeat) -> None:
    with work_folder() as folder:
        path = folder / "file"
        get_storage().download(claim.job.file_key, path)
        heart.check()
        run_import(claim, path, heart.check)
