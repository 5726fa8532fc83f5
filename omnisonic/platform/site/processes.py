"""Which processes of the installation give signs of life."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from omnisonic.platform.ids import utc_now
from omnisonic.platform.jobs import Queue
from omnisonic.platform.redis import get_redis

EXPECTED = ("gateway", "graph", "relay", "cosigner", "scheduler", *(f"worker-{queue}" for queue in Queue))
SIGNS_MAX = 1000


@dataclass(frozen=True)
class ProcessSign:
    """One kind of process: whether any of them lives, and the words for it."""

    name: str
    is_well: bool
    reason: str


def list_process_signs() -> list[ProcessSign]:
    """Every process that should run, and every other that does. Blocking."""
    redis = get_redis()
    keys = sorted(redis.scan_iter(match="health:*", count=SIGNS_MAX))[:SIGNS_MAX]
    found: dict[str, list[str]] = {name: [] for name in EXPECTED}
    for key in keys:
        seen_at = str(redis.get(key) or "")
        if seen_at:
            found.setdefault(key.split(":")[1], []).append(seen_at)
    return [_sign(name, times) for name, times in found.items()]


def _sign(name: str, times: list[str]) -> ProcessSign:
    if not times:
        return ProcessSign(name, False, "no sign of life for 30 s; look into its log and start it again")
    age_s = max(0, int((utc_now() - datetime.fromisoformat(max(times))).total_seconds()))
    return ProcessSign(name, True, f"{len(times)} running, seen {age_s} s ago")
