"""A row that passed every check, on its way from the file to the staging tables."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

CREDIT_MARK = "\x1f"  # between the names and joining words of an artist line whose performers are known


class Credited(NamedTuple):
    """One credited performer of an artist line."""

    name: str
    isni: str | None = None
    ipi: str | None = None


class CheckedRow(NamedTuple):
    """A row that can be stored. `other_isrcs` are further codes of the same recording."""

    row: int
    isrc: str
    title: str
    artist: str
    credits: tuple[Credited, ...]
    duration_ms: int | None
    released_on: date | None
    genres: tuple[str, ...]
    iswc: str | None
    work: str | None
    other_isrcs: tuple[str, ...]
