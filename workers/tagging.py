"""Copies what people corrected to ClickHouse."""

from __future__ import annotations

from omnisonic.insight.tagging.publishing import publish_changed
from omnisonic.platform.errors import ServiceUnavailable
from omnisonic.platform.logging import get_logger

log = get_logger(__name__)


def publish_tags() -> None:
    """Bring ClickHouse up to date; while it is away the next run each minute does it."""
    try:
        sent = publish_changed()
    except ServiceUnavailable as error:
        log.warning("tags_not_published", reason=error.slug)
        return
    if sent:
        log.info("tags_published", links=sent)
