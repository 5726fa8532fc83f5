"""Makes ready once per pool, before it forks, what each job would: it then starts in milliseconds."""

from __future__ import annotations

from importlib import import_module

from sqlalchemy.orm import configure_mappers

from omnisonic.platform.jobs import Queue, declared_jobs
from omnisonic.platform.process import keep_what_is_loaded

DECLARING = (
    "omnisonic.platform.auth.jobs",
    "omnisonic.core.catalog.jobs",
    "omnisonic.core.imports.jobs",
    "omnisonic.core.ledger.jobs",
    "omnisonic.core.royalties.usage_jobs",
    "omnisonic.insight.feeds.jobs",
    "omnisonic.insight.tagging.jobs",
    "omnisonic.insight.archive.jobs",
    "omnisonic.insight.ingest_jobs.jobs",
    "omnisonic.insight.alerts.jobs",
    "omnisonic.studio.uploads.jobs",
    "omnisonic.studio.exports.jobs",
    "workers.schedule",
)
DRIVERS = ("psycopg2.extras",)  # imported at the first connection


def preload(queue: Queue) -> list[str]:
    """Import every module that runs jobs of `queue`, and what they use; returns their names."""
    for name in DECLARING:
        import_module(name)
    modules = sorted({job.function.rpartition(".")[0] for job in declared_jobs() if job.queue is queue})
    for name in (*modules, *DRIVERS):
        import_module(name)
    configure_mappers()  # half a second of computing at the first statement of each job otherwise
    keep_what_is_loaded()
    return modules
