"""Jobs of the archive worker, the only process that opens the archive of news."""

from __future__ import annotations

from dataclasses import asdict

from omnisonic.insight.archive import export, pipeline
from omnisonic.insight.archive.errors import ArchiveInUse
from omnisonic.insight.ingest_jobs import new_names
from omnisonic.platform.errors import ServiceUnavailable
from omnisonic.platform.logging import get_logger
from workers.rq_worker import is_shutting_down

log = get_logger(__name__)


def archive_deliveries() -> None:
    """Take what the feeds delivered into the archive, the charts and the tags. May run at any time."""
    try:
        ran = pipeline.run_pipeline(lambda: not is_shutting_down())
    except ArchiveInUse as error:  # whoever has it does the same; the run of the next minute looks again
        log.warning("archive_in_use", advice=error.advice)
        return
    if any(asdict(ran).values()):
        log.info("news_archived", **asdict(ran))


def export_archive() -> None:
    """Copy what came since yesterday to object storage."""
    log.info("archive_exported", rows=export.export_archive())


def link_new_names() -> None:
    """Link what the catalog learned to the articles that name it. May run at any time."""
    try:
        tagged = new_names.link_new_names(lambda: not is_shutting_down())
    except (ArchiveInUse, ServiceUnavailable) as error:
        log.warning("new_names_wait", reason=error.slug)  # the run of the next minute looks again
        return
    if tagged:
        log.info("new_names_linked", articles=tagged)
