"""Names of background jobs. Slices declare a `JobSpec`; the relay enqueues it; `workers/` runs it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

_DECLARED: dict[str, JobSpec] = {}


class Queue(StrEnum):
    """One worker pool per class of work, so that none starves another."""

    MIXDOWN = "mixdown"
    MEDIA = "media"
    IMPORTS = "imports"
    FEEDS = "feeds"
    ARCHIVE = "archive"
    ALERTS = "alerts"
    MAINTENANCE = "maintenance"


@dataclass(frozen=True)
class JobSpec:
    """A job: the dotted path of its function, its pool and how long it may take.

    With `expires_s` it is dropped when it waited that long: for jobs that come again anyway.
    """

    function: str
    queue: Queue
    timeout_s: int
    expires_s: int | None = None

    def __post_init__(self) -> None:
        _DECLARED[self.function] = self


def declared_jobs() -> list[JobSpec]:
    """Every job declared by the modules imported so far (a test resolves each)."""
    return list(_DECLARED.values())
