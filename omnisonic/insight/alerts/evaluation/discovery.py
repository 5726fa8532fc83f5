"""How many of the tests of one tick may be called findings."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

KeyT = TypeVar("KeyT", bound=Hashable)


def discoveries(probabilities: Mapping[KeyT, float], *, level: float, tests: int | None = None) -> set[KeyT]:
    """The findings whose expected share of false ones is at most `level`.

    `tests` counts those too that were not worth computing, as if their probability were 1.
    Source: Benjamini and Hochberg, J. R. Stat. Soc. B 57 (1995).
    """
    whole = max(len(probabilities), tests or 0)
    ordered = sorted(probabilities.items(), key=lambda one: one[1])
    passed = 0
    for rank, (_, probability) in enumerate(ordered, 1):
        if probability <= level * rank / whole:
            passed = rank
    return {key for key, _ in ordered[:passed]}
