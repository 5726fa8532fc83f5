"""What an audit finds: which row and column of which table is not what the log says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

MAX_FINDINGS = 500


@dataclass(frozen=True, slots=True)
class Finding:
    """One place that is wrong. `table` is `storage` for objects, whose `row` is their path."""

    table: str
    row: str
    column: str
    problem: str


class Findings:
    """Findings so far: each place once, and no more than anybody will read; `count` goes on."""

    def __init__(self) -> None:
        self.count = 0
        self._kept: dict[tuple[str, str, str], Finding] = {}

    def add(self, table: str, row: object, column: str, problem: str) -> None:
        """Note a place."""
        key = (table, str(row), column)
        if key in self._kept:
            return
        self.count += 1
        if len(self._kept) < MAX_FINDINGS:
            self._kept[key] = Finding(*key, problem)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._kept.values())

    def has(self, table: str, row: object, column: str) -> bool:
        """Whether this place is noted."""
        return (table, str(row), column) in self._kept

    def as_json(self) -> list[dict[str, Any]]:
        """As the row of the audit keeps them."""
        return [asdict(one) for one in self]
