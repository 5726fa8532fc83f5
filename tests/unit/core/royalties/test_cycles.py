"""Which cycle takes an event."""

from __future__ import annotations

from datetime import date

import pytest

from omnisonic.core.royalties.cycles import choose_cycle, free_month
from omnisonic.core.royalties.models import Cycle


def cycle(number: int, starts: str, ends: str, *currencies: str) -> Cycle:
    return Cycle(
        number=number,
        name=str(number),
        starts_on=date.fromisoformat(starts),
        ends_on=date.fromisoformat(ends),
        currencies=list(currencies),
        currency="EUR",
    )


MARCH = cycle(1, "2026-03-01", "2026-04-01")
MARCH_IN_DOLLARS = cycle(2, "2026-03-01", "2026-04-01", "USD")
MAY = cycle(3, "2026-05-01", "2026-06-01")
ALL = (MAY, MARCH_IN_DOLLARS, MARCH)


@pytest.mark.parametrize(
    ("day", "currency", "number"),
    [
        ("2026-03-01", "EUR", 1),
        ("2026-03-31", "USD", 2),
        ("2026-04-01", "EUR", 3),
        ("2026-01-15", "EUR", 1),
        ("2026-01-15", "USD", 2),
        ("2026-06-01", "EUR", None),
    ],
)
def test_the_day_then_the_currency_then_the_next_one(day: str, currency: str, number: int | None) -> None:
    found = choose_cycle(ALL, date.fromisoformat(day), currency)
    assert (found.number if found else None) == number


@pytest.mark.parametrize(
    ("ended", "day", "starts", "ends"),
    [
        ([], "2026-12-31", "2026-12-01", "2027-01-01"),
        ([MARCH], "2026-03-15", "2026-04-01", "2026-05-01"),
        ([cycle(4, "2026-03-01", "2026-03-08")], "2026-03-20", "2026-03-08", "2026-04-01"),
        ([cycle(4, "2026-03-01", "2026-03-08")], "2026-03-02", "2026-03-08", "2026-04-01"),
        ([cycle(4, "2026-03-20", "2026-04-10")], "2026-03-02", "2026-03-01", "2026-03-20"),
        ([MARCH, cycle(4, "2026-04-01", "2026-04-10")], "2026-03-02", "2026-04-10", "2026-05-01"),
    ],
)
def test_a_month_is_opened_beside_what_has_ended(
    ended: list[Cycle], day: str, starts: str, ends: str
) -> None:
    assert free_month(ended, date.fromisoformat(day)) == (
        date.fromisoformat(starts),
        date.fromisoformat(ends),
    )
