"""One result of a subscription, as the text that all its subscribers get."""

from __future__ import annotations

import json
from typing import Any

from graph_service.errors import refusal
from graph_service.operations import Operations, Prepared
from omnisonic.platform.actor import Actor
from omnisonic.platform.errors import OmnisonicError
from omnisonic.platform.logging import log_context


async def result_text(
    operations: Operations, prepared: Prepared, actor: Actor | None, row: Any = None
) -> str:
    """Run a subscription's selection once, on `row` where its field gives rows of a stream."""
    with log_context():
        try:
            payload = await operations.run(prepared, actor, row)
        except OmnisonicError as error:
            payload = {"data": None, "errors": [refusal(error)]}
    return json.dumps(payload, separators=(",", ":"), allow_nan=False)
