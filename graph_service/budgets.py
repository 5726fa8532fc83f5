"""How often who may ask: an account (by cookie and all of its tokens together), else a network address.

Counted in Redis, so that every process counts together; when it is away nobody is refused.
"""

from __future__ import annotations

from graph_service.limits import BUDGET_WINDOW_S, STRANGER_OPERATIONS
from omnisonic.platform.actor import Actor
from omnisonic.platform.rate_limit import RateState, address_key, check_rate
from omnisonic.platform.settings import get_settings

BUCKET = "graph"


def count_operation(actor: Actor | None, address: str) -> RateState:
    """Take one operation from the budget of the account, else of the address. Blocking.

    Raises `RateLimited`.
    """
    if actor is None:
        return check_rate(BUCKET, f"address:{address_key(address)}", STRANGER_OPERATIONS, BUDGET_WINDOW_S)
    limit = get_settings().graph_operations_per_minute
    return check_rate(BUCKET, f"account:{actor.user_id}", limit, BUDGET_WINDOW_S)
