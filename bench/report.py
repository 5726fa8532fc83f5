"""What a benchmark reports: one number of ours beside one of a peer's."""

from __future__ import annotations

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
