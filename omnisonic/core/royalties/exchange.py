"""Exchange of money between two currencies: exact, in whole numbers, cut off toward zero. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypedDict
from uuid import UUID

from omnisonic.core.money import EXACT

RATE_SCALE = 12
RATE_INTEGER_DIGITS_MAX = 12
_ONE: int = 10**RATE_SCALE
_PLAIN = re.compile(r"([0-9]+)(?:\.([0-9]+))?", re.ASCII).fullmatch


class BadRate(ValueError):
    """A text that is no rate that can be used; the message is for whoever wrote it."""


class ExchangeFacts(TypedDict):
    """An exchange as a payout and its journal keep it. Amounts are nano-units as text."""

    base: str
    quote: str
    rate: str
    source: str
    day: str
    rateId: str  # of the row that states it; empty where it is of none
    fromCurrency: str
    fromNano: str
    toCurrency: str
    toNano: str


@dataclass(frozen=True)
class StatedRate:
    """How many units of `quote` a source says one unit of `base` was worth on a day."""

    base: str
    quote: str
    day: date
    rate: Decimal
    source: str
    id: UUID | None = None  # of its row


def parse_rate(text: str) -> Decimal:
    """The rate that a decimal text writes: above zero, 12 digits before and after the point at most.

    Raises `BadRate`.
    """
    found = _PLAIN(text.strip())
    if found is None:
        raise BadRate(f"“{text[:40]}” is no rate. Write digits such as 1.0842, without grouping.")
    if len(found[1]) > RATE_INTEGER_DIGITS_MAX or len(found[2] or "") > RATE_SCALE:
        raise BadRate(f"A rate has at most {RATE_SCALE} digits before and {RATE_SCALE} after the point.")
    rate = Decimal(text.strip())
    if not rate:
        raise BadRate("A rate is above zero.")
    return rate


def exchange_nano(amount_nano: int, stated: StatedRate, *, is_inverse: bool = False) -> int:
    """Nano-units of the other currency, cut off toward zero, so that −x mirrors x.

    From base to quote; with `is_inverse` from quote to base by the same stated rate.
    """
    units = int(stated.rate.scaleb(RATE_SCALE, EXACT))
    magnitude = abs(amount_nano)
    exchanged = magnitude * _ONE // units if is_inverse else magnitude * units // _ONE
    return -exchanged if amount_nano < 0 else exchanged


def format_rate(rate: Decimal) -> str:
    """The rate without needless zeros."""
    return f"{rate.normalize():f}"


def exchange_facts(stated: StatedRate, from_nano: int, *, is_inverse: bool) -> ExchangeFacts:
    """What is recorded of an exchange of this amount: the rate as stated, and both sides."""
    given, got = (stated.quote, stated.base) if is_inverse else (stated.base, stated.quote)
    return ExchangeFacts(
        base=stated.base,
        quote=stated.quote,
        rate=format_rate(stated.rate),
        source=stated.source,
        day=stated.day.isoformat(),
        rateId=str(stated.id or ""),
        fromCurrency=given,
        fromNano=str(from_nano),
        toCurrency=got,
        toNano=str(exchange_nano(from_nano, stated, is_inverse=is_inverse)),
    )
