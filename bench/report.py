"""What a benchmark reports: one number of ours beside one of a peer's."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measured value; `theirs` is None and `peer` is `-` where there is nothing to compare with."""

    name: str
    figure: str
    peer: str
    ours: float
    theirs: float | None
    unit: str
    higher_is_better: bool

    @property
    def ratio(self) -> float | None:
        """Ours over theirs."""
        return None if not self.theirs else self.ours / self.theirs


def as_json(figure: Figure) -> str:
    """One line for programs."""
    keys = ("name", "figure", "peer", "ours", "theirs", "ratio", "unit", "higher_is_better")
    return json.dumps({key: getattr(figure, key) for key in keys})


def as_table(figures: Sequence[Figure]) -> str:
    """The same for people."""
    rows = [("name", "figure", "peer", "ours", "theirs", "ratio", "unit")]
    rows += [
        (one.name, one.figure, one.peer, _short(one.ours), _short(one.theirs), _short(one.ratio), one.unit)
        for one in figures
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _short(value: float | None) -> str:
    return "-" if value is None else f"{value:.4g}"
