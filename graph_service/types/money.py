"""Money, exact on the wire."""

from __future__ import annotations

import graphene

from omnisonic.core.money import SCALE


class Money(graphene.ObjectType):
    """An exact amount: a whole number as text, in units of 10^-scale of the currency (ISO 4217)."""

    amount = graphene.String(required=True)
    scale = graphene.Int(required=True)
    currency = graphene.String(required=True)


class MoneyInput(graphene.InputObjectType):
    """An amount as decimal text such as "12.34" (up to 14 digits after the point) and its ISO 4217 code."""

    amount = graphene.String(required=True)
    currency = graphene.String(required=True)


def money_of(amount_nano: int, currency: str) -> Money:
    """Nano-units as clients get them."""
    return Money(amount=str(amount_nano), scale=SCALE, currency=currency)
