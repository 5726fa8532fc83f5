"""Exact money: decimal text to integer nano-units, ISO 4217 currencies, rounding to minor units. Pure.

A nano-unit is 10^-9 of a currency's unit. Nothing here is ever a binary floating-point number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Context, Decimal
from enum import StrEnum
from typing import TypedDict

SCALE = 9
NANO = 10**SCALE
INTEGER_DIGITS_MAX = 24
DECIMALS_MAX = 14
NANO_MAX = 2**63 - 1  # what a ledger entry can hold: about 9.2 thousand million units
EXACT = Context(prec=INTEGER_DIGITS_MAX + DECIMALS_MAX + SCALE)

# ISO 4217 list one, with its four-digit exceptions. CLDR's digits differ for 13 codes and are not for money.
_TWO_DECIMALS = """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF
    CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD
    HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT
    MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR
    SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU
    UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
"""
_NO_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND"
_FOUR_DECIMALS = "CLF UYW"
EXPONENTS: dict[str, int] = {
    code: exponent
    for exponent, codes in ((2, _TWO_DECIMALS), (0, _NO_DECIMALS), (3, _THREE_DECIMALS), (4, _FOUR_DECIMALS))
    for code in codes.split()
}
# In the standard without a minor unit: metals, baskets and codes for tests. Nobody is paid in them.
_WITHOUT_UNIT = "XAD XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX"
NOT_PAYABLE = frozenset(_WITHOUT_UNIT.split())

_PLAIN = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?").fullmatch
_SCIENTIFIC = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]*)?E[+-]?[0-9]+", re.IGNORECASE).fullmatch
_GROUPED = re.compile(r"-?[0-9]+(?:[.,'’ \u00a0\u202f][0-9]+)+").fullmatch


class MoneyProblem(StrEnum):
    """Why a text is no amount or no currency that is taken."""

    EMPTY = "empty"
    NOT_A_NUMBER = "not-a-number"
    SPREADSHEET = "spreadsheet-damage"
    SEPARATORS = "separators"
    NEGATIVE = "negative"
    TOO_PRECISE = "too-precise"
    TOO_LARGE = "too-large"
    UNKNOWN_CURRENCY = "unknown-currency"
    NOT_PAYABLE = "not-payable"


class BadMoney(ValueError):
    """An amount or currency that is refused, and a sentence for whoever wrote it."""

    def __init__(self, problem: MoneyProblem, message: str) -> None:
        super().__init__(message)
        self.problem = problem
        self.message = message


class MoneyForm(TypedDict):
    """Money on the wire: `amount` is an integer as text in units of 10^-scale."""

    amount: str
    scale: int
    currency: str


@dataclass(frozen=True)
class Rounded:
    """Whole minor units that can be paid, and what is left over, in nano-units of the same sign."""

    minor_units: int
    residue_nano: int


def parse_currency(text: str) -> str:
    """An ISO 4217 code in capitals that someone can be paid in. Raises `BadMoney`."""
    if text in EXPONENTS:
        return text
    if text in NOT_PAYABLE:
        message = f"{text} has no minor unit, so nobody can be paid in it. Report the amount in a currency."
        raise BadMoney(MoneyProblem.NOT_PAYABLE, message)
    shown = text[:20]
    hint = f" Did you mean {text.strip().upper()}?" if text.strip().upper() in EXPONENTS else ""
    message = f"“{shown}” is no ISO 4217 currency code such as EUR.{hint}"
    raise BadMoney(MoneyProblem.UNKNOWN_CURRENCY, message)


def parse_amount(text: str, *, is_signed: bool = False) -> Decimal:
    """The number that a decimal text writes: digits, at most one point, no grouping, no exponent.

    Up to 24 digits before and 14 after the point, and what fits a ledger entry. A minus sign only where
    `is_signed`; a zero has no sign. Raises `BadMoney`.
    """
    found = _PLAIN(text)
    if found is None:
        raise _no_number(text)
    sign, whole, decimals = found[1], found[2], found[3] or ""
    if len(whole) > INTEGER_DIGITS_MAX:
        raise _too_large()
    if len(decimals) > DECIMALS_MAX:
        message = (
            f"An amount has at most {DECIMALS_MAX} digits after the point; this one has {len(decimals)}."
        )
        raise BadMoney(MoneyProblem.TOO_PRECISE, message)
    amount = Decimal(f"{whole}.{decimals or '0'}")
    if sign and amount:
        if not is_signed:
            message = "An amount is not negative. To take usage back, reverse the statement or the event."
            raise BadMoney(MoneyProblem.NEGATIVE, message)
        amount = -amount
    if abs(amount) * NANO > NANO_MAX:
        raise _too_large()
    return amount


def to_nano(amount: Decimal) -> int:
    """Whole nano-units of an amount, cut off toward zero, so that −x mirrors x."""
    return int(amount.scaleb(SCALE, EXACT))


def from_nano(amount_nano: int) -> Decimal:
    """The exact decimal value of nano-units."""
    return Decimal(amount_nano).scaleb(-SCALE, EXACT)


def money_form(amount_nano: int, currency: str) -> MoneyForm:
    """How money is written for programs: a JavaScript number could not hold it."""
    return {"amount": str(amount_nano), "scale": SCALE, "currency": currency}


def format_nano(amount_nano: int, currency: str) -> str:
    """The exact decimal text, with at least the currency's decimals and no needless zeros after them."""
    sign = "-" if amount_nano < 0 else ""
    whole, rest = divmod(abs(amount_nano), NANO)
    decimals = f"{rest:0{SCALE}d}"
    kept = max(EXPONENTS[currency], len(decimals.rstrip("0")))
    return f"{sign}{whole}.{decimals[:kept]}" if kept else f"{sign}{whole}"


def format_money(amount_nano: int, currency: str) -> str:
    """For people: grouped by thousands, with its currency behind."""
    text = format_nano(amount_nano, currency)
    whole, point, decimals = text.partition(".")
    return f"{int(whole):,}{point}{decimals} {currency}" if whole != "-0" else f"{text} {currency}"


def round_to_minor(amount_nano: int, currency: str) -> Rounded:
    """Whole minor units toward zero and the residue: `minor_nano(minor_units) + residue_nano` is exact."""
    unit = nano_per_minor(currency)
    minor_units = abs(amount_nano) // unit
    if amount_nano < 0:
        minor_units = -minor_units
    return Rounded(minor_units, amount_nano - minor_units * unit)


def nano_per_minor(currency: str) -> int:
    """Nano-units of one minor unit (a cent of EUR has 10^7). Raises `KeyError` for what is not payable."""
    return int(10 ** (SCALE - EXPONENTS[currency]))


def format_minor(minor_units: int, currency: str) -> str:
    """Minor units as decimal text with exactly the currency's decimals."""
    exponent = EXPONENTS[currency]
    return f"{Decimal(minor_units).scaleb(-exponent, EXACT):.{exponent}f}"


def _no_number(text: str) -> BadMoney:
    if not text.strip():
        return BadMoney(MoneyProblem.EMPTY, "There is no amount here. Write one such as 12.345.")
    shown = text[:40]
    if _SCIENTIFIC(text):
        message = (
            f"“{shown}” was rewritten by a spreadsheet, which loses digits. Format the column as text and "
            "export it again."
        )
        return BadMoney(MoneyProblem.SPREADSHEET, message)
    if _GROUPED(text):
        message = f"“{shown}” can be read in two ways. Write a point before the decimals and group nothing."
        return BadMoney(MoneyProblem.SEPARATORS, message)
    return BadMoney(MoneyProblem.NOT_A_NUMBER, f"“{shown}” is no amount. Write digits such as 12.345.")


def _too_large() -> BadMoney:
    largest = NANO_MAX // NANO
    return BadMoney(MoneyProblem.TOO_LARGE, f"An amount is at most {largest:,} units of its currency.")
