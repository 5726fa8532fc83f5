"""Merges staged rows into the graph in key order, chunk by chunk, each a transaction with its marker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from omnisonic.core.imports import merge_sql, preparation_sql
from omnisonic.core.imports.codes import Code, Warned
from omnisonic.core.imports.ground import Ground
from omnisonic.core.imports.headers import Field
from omnisonic.core.imports.mapping import Mapping
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.ids import new_id

NOT_LINKED = (
    "The recording was taken, but its work belongs to someone else, so the two were not linked. "
    "Ask the work's owner or a curator."
)
CHUNK_ROWS = 20_000  # the same in every attempt: markers count chunks of this size
IMPORT_LOCK = 0x1A90
NOT_YOURS = "This recording was registered by someone else. Ask them or a curator to change it."


@dataclass(frozen=True)
class Outcome:
    """What became of the rows of one chunk, or of all."""

    accepted: int = 0
    rejected: int = 0

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(self.accepted + other.accepted, self.rejected + other.rejected)


class Merge:
    """One import's way from its staged rows into the graph, on the connection that holds them."""

    def __init__(self, ground: Ground, *, columns: Mapping) -> None:
        self._ground = ground
        self._bound = ground.bound()
        self._column = columns.column_of(Field.ISRC) or str(Field.ISRC)
        self._work_column = columns.column_of(Field.ISWC) or columns.column_of(Field.WORK)
        self._has_works = False
        self._has_other_codes = False
        self.rows = 0

    def order(self, *, reports_duplicates: bool) -> int:
        """Put the rows in key order; returns how many are refused because an earlier one has their code."""
        with self._transaction() as uow:
            self._run(uow, preparation_sql.ORDER_ROWS, id_prefix=id_prefix())
            if reports_duplicates:
                self._run(
                    uow, preparation_sql.REPORT_DUPLICATES, column=self._column, code=str(Code.DUPLICATE_ROW)
                )
            facts = uow.session.execute(
                text(
                    "SELECT count(*), count(*) FILTER (WHERE first_row <> row), "
                    "bool_or(work_key IS NOT NULL), bool_or(other_isrcs IS NOT NULL) FROM merge_rows"
                )
            ).one()
        self.rows, self._has_works, self._has_other_codes = facts[0], bool(facts[2]), bool(facts[3])
        return int(facts[1])

    def prepare(self, check: Callable[[], None]) -> None:
        """Find or make the people and works that the rows name. `check` raises when the job should stop."""
        with self._transaction() as uow:
            self._run(uow, preparation_sql.FIND_KNOWN)
            if self._count(uow, "SELECT count(*) FROM known WHERE NOT is_editable"):
                self._run(uow, "CREATE INDEX ON merge_rows (credit_no)")
                self._run(uow, preparation_sql.FORGET_FOREIGN_CREDITS)
            self._run(uow, preparation_sql.LIST_PEOPLE)
            people = self._count(uow, "SELECT count(*) FROM people")
        for low in range(0, people, CHUNK_ROWS):
            check()
            self._make_people(low)
        with self._transaction() as uow:
            self._run(uow, preparation_sql.ASSIGN_CREDITS)
        if self._has_works:
            self._make_works(check)

    @property
    def chunk_count(self) -> int:
        """How many chunks there are."""
        return -(-self.rows // CHUNK_ROWS)

    def merge_chunk(self, number: int, settle: Callable[[UnitOfWork, Outcome], None]) -> Outcome:
        """Bring one chunk into the graph, all or nothing; `settle` runs in the same transaction."""
        bound = {"low": number * CHUNK_ROWS, "high": (number + 1) * CHUNK_ROWS}
        with self._transaction() as uow:
            outcome, known = self._outcome(uow, bound)
            made = self._run(uow, self._with_works(merge_sql.INSERT_RECORDINGS), **bound)
            if made < outcome.accepted - known:  # someone else registered a code of this chunk a moment ago
                self._run(uow, merge_sql.FIND_LATECOMERS, **bound)
                outcome, known = self._outcome(uow, bound)
            self._run(uow, merge_sql.INSERT_CREDITS, **bound)
            self._run(uow, self._with_works(merge_sql.TELL_CREATED), **bound)
            if known:
                self._update(uow, bound)
            if self._has_other_codes:
                self._run(uow, merge_sql.INSERT_OTHER_CODES, **bound)
            self._report(uow, bound, outcome)
            settle(uow, outcome)
        return outcome

    def _report(self, uow: UnitOfWork, bound: dict[str, int], outcome: Outcome) -> None:
        if outcome.rejected:
            remark = {"column": self._column, "code": str(Code.NOT_YOURS), "message": NOT_YOURS}
            self._run(uow, merge_sql.REPORT_FOREIGN, **bound, **remark)
        if self._has_works:
            column = self._work_column or str(Field.WORK)
            remark = {"column": column, "code": str(Warned.WORK_NOT_LINKED), "message": NOT_LINKED}
            self._run(uow, merge_sql.REPORT_FOREIGN_WORKS, **bound, **remark)

    def _make_people(self, low: int) -> None:
        bound = {"low": low, "high": low + CHUNK_ROWS}
        with self._transaction() as uow:
            self._lock_names(uow)
            numbered = self._count(
                uow,
                "SELECT count(*) FROM people WHERE n > :low AND n <= :high AND num_nulls(isni, ipi) < 2",
                **bound,
            )
            if numbered:
                self._match_numbers(uow, bound)
            self._run(uow, preparation_sql.MATCH_PEOPLE_BY_NAME, **bound)
            if numbered:
                self._run(uow, preparation_sql.NUMBER_PEOPLE, **bound)
            self._run(uow, preparation_sql.MAKE_PEOPLE, **bound, id_prefix=id_prefix())
            if numbered:
                self._match_numbers(uow, bound)

    def _match_numbers(self, uow: UnitOfWork, bound: dict[str, int]) -> None:
        self._run(uow, preparation_sql.MATCH_PEOPLE_BY_NUMBER, **bound)
        self._run(uow, preparation_sql.MATCH_PEOPLE_BY_ARCHIVED_NUMBER, **bound)

    def _make_works(self, check: Callable[[], None]) -> None:
        with self._transaction() as uow:
            self._run(uow, preparation_sql.LIST_WORKS)
            works = self._count(uow, "SELECT count(*) FROM stage_works")
        for low in range(0, works, CHUNK_ROWS):
            check()
            bound = {"low": low, "high": low + CHUNK_ROWS}
            with self._transaction() as uow:
                self._lock_names(uow)
                for statement in preparation_sql.MATCH_WORKS.split(";"):
                    self._run(uow, statement, **bound)
                self._run(uow, preparation_sql.MAKE_WORKS, **bound, id_prefix=id_prefix())
                for statement in preparation_sql.MATCH_WORKS.split(";")[:2]:
                    self._run(uow, statement, **bound)  # what another import made meanwhile
                self._run(uow, preparation_sql.PART_FROM_FOREIGN_WORKS, **bound)
                self._run(uow, preparation_sql.ADD_WORK_GENRES, **bound)

    def _lock_names(self, uow: UnitOfWork) -> None:
        # Bare names have no unique key: two imports of one account make a name one after the other.
        uow.session.execute(
            text("SELECT pg_advisory_xact_lock(:space, hashtext(:user))"),
            {"space": IMPORT_LOCK, "user": str(self._bound["user_id"])},
        )

    def _update(self, uow: UnitOfWork, bound: dict[str, int]) -> None:
        self._run(uow, merge_sql.CHANGED_ROWS)
        self._run(uow, self._with_works(merge_sql.UPDATE_RECORDINGS), **bound)
        self._run(uow, merge_sql.TELL_CHANGED)
        self._run(uow, merge_sql.DROP_OLD_CREDITS)
        self._run(uow, merge_sql.INSERT_NEW_CREDITS)

    def _outcome(self, uow: UnitOfWork, bound: dict[str, int]) -> tuple[Outcome, int]:
        accepted, rejected, known = uow.session.execute(text(merge_sql.COUNT_CHUNK), bound).one()
        return Outcome(int(accepted), int(rejected)), int(known)

    def _with_works(self, statement: str) -> str:
        if not self._has_works:
            return statement.format(work="NULL::uuid", work_join="", known_work="''", told_work="")
        told = ", 'work_id', s.work_id"
        return statement.format(
            work="s.work_id", work_join=merge_sql.WORK_JOIN, known_work="s.work_id", told_work=told
        )

    def _transaction(self) -> Any:
        return self._ground.transaction()

    def _run(self, uow: UnitOfWork, statements: str, **bound: Any) -> int:
        statements = statements.replace("{issues}", self._ground.issues_table)
        result: Any = uow.session.execute(text(statements), {**self._bound, **bound})
        return int(result.rowcount)

    def _count(self, uow: UnitOfWork, statement: str, **bound: Any) -> int:
        return int(uow.session.execute(text(statement), bound).scalar_one())


def id_prefix() -> str:
    """The first 24 digits of a new UUIDv7 as text; the statement appends its rows' numbers."""
    return str(new_id())[:-8]
