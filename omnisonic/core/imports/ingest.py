"""The small way in: up to a thousand rows in one request, all in one transaction, answered at once."""

from __future__ import annotations

import tempfile
from pathlib import Path
from uuid import UUID

from sqlalchemy import text

from omnisonic.core.imports.errors import ImportFileTooLarge, ImportNothingAccepted
from omnisonic.core.imports.ground import Ground, leave, request_ground
from omnisonic.core.imports.jobs import INDEX_IMPORT
from omnisonic.core.imports.mapping import Mapping
from omnisonic.core.imports.merging import Merge, Outcome
from omnisonic.core.imports.reading import Batch, choose, file_warnings, open_sheet, read_batches
from omnisonic.core.imports.repository import last_change
from omnisonic.core.imports.schemas import IngestAnswer, RowIssue
from omnisonic.core.imports.staging import Stage
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.errors import FieldError
from omnisonic.platform.ids import new_id, utc_now

ROWS_MAX = 1000


def ingest_rows(uow: UnitOfWork, actor: Actor, *, body: bytes, file_name: str = "") -> IngestAnswer:
    """Take the rows of a CSV or JSON body; refused rows say why.

    Raises `ImportNothingAccepted` when no row is good, and what `open_sheet` and `choose` raise.
    """
    batch, mapping = _read(body, file_name)
    ground = request_ground(uow, actor, job_id=new_id())
    after = last_change(uow.session)
    stage = Stage(ground)
    stage.add(batch)
    stage.flush()
    outcome = _merge(ground, stage, mapping)
    answer = _answer(uow, ground.job_id, outcome)
    if not answer.accepted:
        raise _nothing_accepted(answer)
    leave(uow)
    uow.enqueue(INDEX_IMPORT, source=ground.source, after=str(after))
    return answer


def _read(body: bytes, file_name: str) -> tuple[Batch, Mapping]:
    with tempfile.TemporaryDirectory(prefix="omnisonic-ingest-") as folder:
        path = Path(folder) / "body"
        path.write_bytes(body)
        sheet = open_sheet(path, file_name=file_name, sample_rows=ROWS_MAX)
        mapping = choose(sheet, None)
        batch = next(read_batches(sheet, mapping, batch_size=ROWS_MAX + 1, year=utc_now().year))
    if len(batch.rows) + batch.rejected > ROWS_MAX:
        raise ImportFileTooLarge(
            f"At most {ROWS_MAX} rows are taken here. Send the file to /ingest/isrc/bulk instead."
        )
    issues = file_warnings(sheet, mapping, first_row=1) + batch.issues
    return Batch(batch.rows, issues, batch.rejected, batch.last_row), mapping


def _merge(ground: Ground, stage: Stage, mapping: Mapping) -> Outcome:
    merge = Merge(ground, columns=mapping)
    outcome = Outcome(0, stage.rejected + merge.order(reports_duplicates=True))
    merge.prepare(lambda: None)
    for number in range(merge.chunk_count):
        outcome += merge.merge_chunk(number, lambda _uow, _outcome: None)
    return outcome


def _answer(uow: UnitOfWork, job_id: UUID, outcome: Outcome) -> IngestAnswer:
    found = uow.session.execute(
        text(
            'SELECT "row", "column", code, message, is_warning FROM own_issues '
            'WHERE job_id = :job_id ORDER BY "row"'
        ),
        {"job_id": job_id},
    ).all()
    errors, warnings = (
        [
            RowIssue(row=row, column=column, code=code, message=message)
            for row, column, code, message, _ in part
        ]
        for part in ([one for one in found if not one[4]], [one for one in found if one[4]])
    )
    return IngestAnswer(
        accepted=outcome.accepted, rejected=outcome.rejected, errors=errors, warnings=warnings
    )


def _nothing_accepted(answer: IngestAnswer) -> ImportNothingAccepted:
    errors = [
        FieldError(
            f"{issue.row}.{issue.column}" if issue.column else str(issue.row), issue.code, issue.message
        )
        for issue in answer.errors
    ]
    several = f"None of the {answer.rejected} rows could be taken."
    detail = several if answer.rejected > 1 else "The only row could not be taken."
    return ImportNothingAccepted(
        f"{detail} {ImportNothingAccepted.advice}",
        errors=errors,
        current=answer,
    )
