"""Live figures of running imports: in Redis for whoever looks, at most a few times a second."""

from __future__ import annotations

import time
from uuid import UUID

from pydantic import ValidationError
from redis.exceptions import RedisError

from omnisonic.core.imports.schemas import ImportProgress
from omnisonic.platform.errors import ServiceUnavailable
from omnisonic.platform.events import publish_ephemeral
from omnisonic.platform.logging import get_logger
from omnisonic.platform.redis import get_redis

REPORT_EVERY_S = 0.4
KEPT_S = 3600

log = get_logger(__name__)


class ProgressReport:
    """Writes the figures of one import; what is lost does not matter, the row is the truth."""

    def __init__(self, job_id: UUID) -> None:
        self._job_id = job_id
        self._told_s = 0.0
        self._last = ImportProgress()

    def __call__(self, now: ImportProgress) -> None:
        """Tell how far it is, unless that was told a moment ago and the stage is the same."""
        moment_s = time.monotonic()
        if now.stage is self._last.stage and moment_s - self._told_s < REPORT_EVERY_S:
            return
        self._told_s, self._last = moment_s, now
        try:
            get_redis().set(_key(self._job_id), now.model_dump_json(), ex=KEPT_S)
        except (RedisError, ServiceUnavailable) as error:
            log.debug("import_progress_not_kept", error=str(error))
            return
        publish_ephemeral(channel_of(self._job_id), "import.progress", now.model_dump(mode="json"))


def read_progress(job_id: UUID) -> ImportProgress | None:
    """The figures of a running import, or None when there are none or Redis is away."""
    try:
        raw = get_redis().get(_key(job_id))
        return ImportProgress.model_validate_json(raw) if raw else None  # type: ignore[arg-type]
    except (RedisError, ServiceUnavailable, ValidationError):
        return None


def forget_progress(job_id: UUID) -> None:
    """Remove the figures: the row has the final ones."""
    try:
        get_redis().delete(_key(job_id))
    except (RedisError, ServiceUnavailable) as error:
        log.debug("import_progress_not_removed", error=str(error))


def channel_of(job_id: UUID) -> str:
    """The channel of an import's events."""
    return f"import:{job_id}"


def _key(job_id: UUID) -> str:
    return f"import:{job_id}:progress"
