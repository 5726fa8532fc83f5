"""How often somebody without an account may ask: the public log's fields cost us tiles and hashes."""

from __future__ import annotations

from graph_service.limits import STRANGER_OPERATIONS, STRANGER_WINDOW_S
from omnisonic.platform.rate_limit import RateState, address_key, check_rate


def count_stranger(address: str) -> RateState:
    """Take one operation from the budget of a network address. Blocking. Raises `RateLimited`."""
    return check_rate("graph", f"address:{address_key(address)}", STRANGER_OPERATIONS, STRANGER_WINDOW_S)
