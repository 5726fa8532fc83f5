"""One import from file to graph, for a worker: read and stage, put in order, merge chunk by chunk."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from queue import Empty, Full, Queue

from omnisonic.core.imports import lifecycle
from omnisonic.core.imports.ground import Ground, bulk_ground
from omnisonic.core.imports.lifecycle import Claim
from omnisonic.core.imports.mapping import Mapping
from omnisonic.core.imports.merging import Merge, Outcome
from omnisonic.core.imports.models import BulkImportJob
from omnisonic.core.imports.progress import ProgressReport
from omnisonic.core.imports.reading import (
    Batch,
    Position,
    Sheet,
    choose,
    file_warnings,
    open_sheet,
    read_batches,
)
from omnisonic.core.imports.schemas import ImportProgress, ImportStage
from omnisonic.core.imports.staging import Stage
from omnisonic.platform.db import UnitOfWork, bulk_connection
from omnisonic.platform.ids import utc_now
from omnisonic.platform.settings import get_settings

READING_SHARE = 35  # percent of the bar, as measured: the indexes of the graph cost more than the file
SORTING_SHARE = 10
CHECK_EVERY_BATCHES = 50
WAIT_S = 0.5

Check = Callable[[], None]


def run_import(claim: Claim, path: Path, check: Check) -> None:
    """Import a file that is on disk. `check` raises when the job should stop.

    Raises what `open_sheet` and `choose` raise, and `Disowned`.
    """
    job = claim.job
    report = ProgressReport(job.id)
    report(ImportProgress(stage=ImportStage.READING))
    sheet = open_sheet(path, file_name=job.file_name)
    mapping = choose(sheet, job.mapping)
    with bulk_connection() as connection:
        ground = bulk_ground(connection, claim.actor, job_id=job.id)
        with _without_cycle_search():
            stage = _read(claim, sheet, mapping, ground, report, check)
        merge = _order(claim, ground, mapping, stage, report)
        merge.prepare(check)
        _merge(claim, merge, report, check)


def _read(
    claim: Claim, sheet: Sheet, mapping: Mapping, ground: Ground, report: ProgressReport, check: Check
) -> Stage:
    job = claim.job
    stage = Stage(ground, keeps_issues=not claim.is_read)
    for warning in file_warnings(sheet, mapping, first_row=max(1, sheet.header_row)):
        stage.add_issue(warning)
    settings = get_settings()
    position = Position()
    batches = read_batches(
        sheet,
        mapping,
        batch_size=settings.bulk_import_batch_size,
        year=utc_now().year,
        position=position,
    )
    with closing(_Ahead(stage, in_flight=settings.bulk_import_concurrency)) as ahead:
        for number, batch in enumerate(batches):
            ahead.put(batch)
            if number % CHECK_EVERY_BATCHES == 0:
                check()
                report(_reading(job, position, stage))
        ahead.finish()
    return stage


def _order(claim: Claim, ground: Ground, mapping: Mapping, stage: Stage, report: ProgressReport) -> Merge:
    job = claim.job
    merge = Merge(ground, columns=mapping)
    report(_figures(job, ImportStage.SORTING, READING_SHARE, stage.rejected))
    repeated = merge.order(reports_duplicates=not claim.is_read)
    if not claim.is_read:
        lifecycle.record_read(
            job_id=job.id,
            attempt=job.attempt,
            total=stage.accepted + stage.rejected,
            rejected=stage.rejected + repeated,
            warnings=stage.warnings,
        )
        job.rejected_records = stage.rejected + repeated
    return merge


def _merge(claim: Claim, merge: Merge, report: ProgressReport, check: Check) -> None:
    job = claim.job
    total = Outcome(job.accepted_records, job.rejected_records)
    start = READING_SHARE + SORTING_SHARE
    for number in range(merge.chunk_count):
        if number in claim.finished_chunks:
            continue
        check()

        def settle(uow: UnitOfWork, outcome: Outcome, *, chunk: int = number) -> None:
            lifecycle.record_chunk(uow, job_id=job.id, attempt=job.attempt, number=chunk, outcome=outcome)

        total += merge.merge_chunk(number, settle)
        percent = start + (number + 1) * (100 - start) // max(1, merge.chunk_count)
        report(
            ImportProgress(
                stage=ImportStage.MERGING,
                percent=min(99, percent),
                processed_records=total.accepted + total.rejected,
                accepted_records=total.accepted,
                rejected_records=total.rejected,
            )
        )


def _reading(job: BulkImportJob, position: Position, stage: Stage) -> ImportProgress:
    percent = READING_SHARE * position.read_bytes // max(1, job.file_size_bytes)
    return _figures(job, ImportStage.READING, percent, stage.rejected)


def _figures(job: BulkImportJob, stage: ImportStage, percent: int, rejected: int) -> ImportProgress:
    refused = max(rejected, job.rejected_records)
    return ImportProgress(
        stage=stage,
        percent=percent,
        processed_records=job.accepted_records + refused,
        accepted_records=job.accepted_records,
        rejected_records=refused,
    )


@contextmanager
def _without_cycle_search() -> Iterator[None]:
    # Rows hold no cycles; looking for some among millions of short-lived tuples takes a quarter of the time.
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _Ahead:
    """Stores batches from a thread while the next ones are read: COPY does not hold the interpreter."""

    def __init__(self, stage: Stage, *, in_flight: int) -> None:
        self._stage = stage
        self._batches: Queue[Batch | None] = Queue(maxsize=in_flight)
        self._failure: BaseException | None = None
        self._is_closed = threading.Event()
        self._thread = threading.Thread(target=self._store, name="import-stage", daemon=True)
        self._thread.start()

    def put(self, batch: Batch | None) -> None:
        """Hand a batch over; waits while enough are under way. Raises what storing raised."""
        while True:
            if self._failure is not None:
                raise self._failure
            try:
                self._batches.put(batch, timeout=WAIT_S)
            except Full:
                continue
            return

    def finish(self) -> None:
        """Wait until everything is stored."""
        self.put(None)
        self._thread.join()
        if self._failure is not None:
            raise self._failure

    def close(self) -> None:
        """End the thread, whatever is left."""
        self._is_closed.set()
        self._thread.join()

    def _store(self) -> None:
        try:
            for batch in self._taken():
                self._stage.add(batch)
            self._stage.flush()
        except BaseException as error:  # noqa: BLE001  (raised again where the batches come from)
            self._failure = error

    def _taken(self) -> Iterator[Batch]:
        while not self._is_closed.is_set():
            try:
                batch = self._batches.get(timeout=WAIT_S)
            except Empty:
                continue
            if batch is None:
                return
            yield batch
