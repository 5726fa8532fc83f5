"""Columns for sums: of numbers that each fit 64 bits, but not always together."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Numeric, TypeDecorator

DIGITS = 38


class WholeSum(TypeDecorator[int]):
    """Whole numbers of any size: 64 bits of nano-units end at 9.2 thousand million, little in rupiah."""

    impl = Numeric(DIGITS, 0)
    cache_ok = True

    def process_result_value(self, value: Any, _dialect: Any) -> int | None:
        """What the database gives as a decimal, as a whole number."""
        return None if value is None else int(value)
