"""Sets of territory numbers: half-open ranges, bits, and PostgreSQL's multirange. Pure and exact."""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Iterable

FIRST, AFTER_LAST = 1, 2000

Ranges = tuple[tuple[int, int], ...]
WORLD: Ranges = ((FIRST, AFTER_LAST),)


def to_numbers(ranges: Ranges) -> frozenset[int]:
    """Every number in the ranges."""
    return frozenset(number for low, high in ranges for number in range(low, high))


def intersection(one: Ranges, other: Ranges) -> Ranges:
    """What two sets share."""
    return ranges_of(bits_of(one) & bits_of(other))


def union(sets: Iterable[Ranges]) -> Ranges:
    """What any of the sets holds."""
    return ranges_of(functools.reduce(operator.or_, map(bits_of, sets), 0))


def difference(one: Ranges, other: Ranges) -> Ranges:
    """What the first set holds and the second does not."""
    return ranges_of(bits_of(one) & ~bits_of(other))


def bits_of(ranges: Ranges) -> int:
    """The set as one number: bit n stands for territory n."""
    return functools.reduce(operator.or_, (((1 << high - low) - 1) << low for low, high in ranges), 0)


def to_multirange(ranges: Ranges) -> str:
    """PostgreSQL's text of an int4multirange: `{[1,840),[841,2000)}`."""
    return "{" + ",".join(f"[{low},{high})" for low, high in ranges) + "}"


def from_multirange(text: str) -> Ranges:
    """The ranges that `to_multirange` wrote and PostgreSQL gives back."""
    return tuple((int(low), int(high)) for low, high in re.findall(r"\[(\d+),(\d+)\)", text))


def bits_of_numbers(numbers: Iterable[int]) -> int:
    """Numbers as bits."""
    return functools.reduce(operator.or_, (1 << number for number in numbers), 0)


def ranges_of(bits: int) -> Ranges:
    """Bits as the fewest half-open ranges, ascending."""
    return tuple(run.span() for run in re.finditer("1+", f"{bits:b}"[::-1]))
