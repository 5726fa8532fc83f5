"""Shapes that several parts of the royalties share."""

from __future__ import annotations

from omnisonic.core.money import SCALE
from omnisonic.platform.schemas import ApiModel


class MoneyView(ApiModel):
    """Money: `amount` is an integer as text, in units of 10^-scale of the currency."""

    amount: str
    scale: int = SCALE
    currency: str


def money_view(amount_nano: int, currency: str) -> MoneyView:
    """Nano-units as programs get them."""
    return MoneyView(amount=str(amount_nano), currency=currency)
