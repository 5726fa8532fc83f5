"""Brings checked rows into temporary tables of the worker's own connection, and issues into theirs.

The temporary tables end with the connection: a resumed import fills them again from the file, which gives
the same rows in the same order, and goes on with the first chunk that is not in the graph yet.
"""

from __future__ import annotations

import io
from collections import Counter
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from omnisonic.core.imports.checked_row import CheckedRow, Credited
from omnisonic.core.imports.codes import MESSAGE_MAX_CHARS, RAW_MAX_CHARS, Issue, Warned
from omnisonic.core.imports.ground import Ground
from omnisonic.core.imports.reading import Batch

FLUSH_ROWS = 20_000
WARNINGS_KEPT_MAX = 10_000
ERRORS_KEPT_MAX = 1_000_000  # a file of 100 MB can have several million rows that say nothing
KNOWN_LINES_MAX = 200_000  # artist lines remembered at once; beyond that some are staged twice
CODE_COLUMN_MAX_CHARS = 200

ERRORS_CUT = "{count:,} refused rows are listed. Those from here on are refused and counted, not listed."

TABLES = """
CREATE TEMP TABLE stage_rows (
  row int, isrc text COLLATE "C", title text, artist text, credit_no int, duration_ms int,
  released_on date, genres text[], iswc text, work text, other_isrcs text[]
);
CREATE TEMP TABLE stage_credits (credit_no int, position int, name text, isni text, ipi text)
"""
COPY_ROWS = "COPY stage_rows FROM STDIN WITH (FORMAT text, NULL '')"
COPY_CREDITS = "COPY stage_credits FROM STDIN WITH (FORMAT text, NULL '')"
COPY_ISSUES = (
    'COPY {issues} (job_id, "row", "column", code, message, raw, is_warning) '
    "FROM STDIN WITH (FORMAT text, NULL '')"
)


class Stage:
    """The temporary tables of one import, filled batch by batch.

    With `keeps_issues` false they were stored by an earlier attempt and are only counted.
    """

    def __init__(self, ground: Ground, *, keeps_issues: bool = True) -> None:
        self._ground = ground
        self._job_id = ground.job_id
        self._keeps_issues = keeps_issues
        self._rows: list[str] = []
        self._credits: list[str] = []
        self._issues: list[str] = []
        self._line_numbers: dict[Any, int] = {}
        self._next_line = 0
        self._genres: dict[tuple[str, ...], str] = {}
        self.accepted = 0
        self.rejected = 0
        self.warnings: Counter[str] = Counter()
        self._error_count = 0
        with ground.transaction() as uow:
            uow.session.execute(text(TABLES))
            if keeps_issues:
                delete_issues(uow.session, ground)

    def add(self, batch: Batch) -> None:
        """Take a batch; from time to time it goes to the database."""
        for row in batch.rows:
            self._rows.append(self._row_line(row))
        for issue in batch.issues:
            self.add_issue(issue)
        self.accepted += len(batch.rows)
        self.rejected += batch.rejected
        if len(self._rows) >= FLUSH_ROWS or len(self._issues) >= FLUSH_ROWS:
            self.flush()

    def add_issue(self, issue: Issue) -> None:
        """Keep a remark; of each kind only the first ones, and the count of all."""
        if issue.is_warning:
            self.warnings[str(issue.code)] += 1
            if self.warnings.total() > WARNINGS_KEPT_MAX:
                return
        else:
            self._error_count += 1
            if self._error_count > ERRORS_KEPT_MAX + 1:
                return
            if self._error_count > ERRORS_KEPT_MAX:
                issue = Issue(issue.row, None, Warned.ERRORS_CUT, ERRORS_CUT.format(count=ERRORS_KEPT_MAX))
                self.warnings[str(issue.code)] += 1
        if self._keeps_issues:
            self._issues.append(_issue_line(self._job_id, issue))

    def flush(self) -> None:
        """Send what is held back, in one transaction."""
        with self._ground.transaction() as uow:
            cursor: Any = uow.session.connection().connection.cursor()
            for copy, lines in (
                (COPY_CREDITS, self._credits),
                (COPY_ROWS, self._rows),
                (COPY_ISSUES.format(issues=self._ground.issues_table), self._issues),
            ):
                if lines:
                    cursor.copy_expert(copy, io.StringIO("".join(lines)))
                    lines.clear()

    def _row_line(self, row: CheckedRow) -> str:
        number = self._line_number(row.artist, row.credits)
        genres = self._array(row.genres)
        others = _array(row.other_isrcs) if row.other_isrcs else ""
        line = (
            f"{row.row}\t{row.isrc}\t{row.title}\t{row.artist}\t{number}\t{row.duration_ms or ''}\t"
            f"{row.released_on or ''}\t{genres}\t{row.iswc or ''}\t{row.work or ''}\t{others}\n"
        )
        return line.replace("\\", "\\\\") if "\\" in line else line

    def _line_number(self, artist: str, performers: tuple[Credited, ...]) -> int:
        first = performers[0]
        key: Any = (artist, first.isni, first.ipi) if first.isni or first.ipi else artist
        number = self._line_numbers.get(key)
        if number is None:
            if len(self._line_numbers) >= KNOWN_LINES_MAX:
                self._line_numbers.clear()
            number = self._line_numbers[key] = self._next_line
            self._next_line += 1
            for position, one in enumerate(performers):
                name = one.name.replace("\\", "\\\\")
                self._credits.append(f"{number}\t{position}\t{name}\t{one.isni or ''}\t{one.ipi or ''}\n")
        return number

    def _array(self, values: tuple[str, ...]) -> str:
        found = self._genres.get(values)
        if found is None:
            if len(self._genres) > KNOWN_LINES_MAX:
                self._genres.clear()
            found = self._genres[values] = _array(values)
        return found


def delete_issues(session: Session, ground: Ground) -> None:
    """Forget the remarks of an attempt that did not get through the file."""
    statement = f"DELETE FROM {ground.issues_table} WHERE job_id = :job_id"  # noqa: S608  (one of two names)
    session.execute(text(statement), {"job_id": ground.job_id})


def _issue_line(job_id: UUID, issue: Issue) -> str:
    column = _plain(issue.column or "", CODE_COLUMN_MAX_CHARS)
    message = _plain(issue.message, MESSAGE_MAX_CHARS)
    raw = _plain(issue.raw or "", RAW_MAX_CHARS)
    flag = "t" if issue.is_warning else "f"
    return f"{job_id}\t{issue.row}\t{column}\t{issue.code}\t{message}\t{raw}\t{flag}\n"


def _plain(value: str, limit: int) -> str:
    if not value.isprintable() or "\\" in value:
        value = value.replace("\x00", "\u2400").encode("utf-8", "replace").decode()
        value = value[:limit].replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")
        return value.replace("\r", "\\r")
    return value[:limit]


def _array(values: tuple[str, ...]) -> str:
    inner = ",".join('"' + one.replace("\\", "\\\\").replace('"', '\\"') + '"' for one in values)
    return "{" + inner + "}"
