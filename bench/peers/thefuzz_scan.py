"""The scan that most scripts do: `thefuzz.token_set_ratio` of each name with each text."""

from __future__ import annotations

from collections.abc import Sequence

from thefuzz import fuzz

THRESHOLD = 70


def scan(names: Sequence[str], text: str) -> list[str]:
    """Names that the text may hold."""
    return [name for name in names if fuzz.token_set_ratio(name, text) >= THRESHOLD]
