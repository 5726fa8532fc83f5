"""Imports the jobs once per pool, before it forks: a job then starts in milliseconds, not seconds."""

from __future__ import annotations

from importlib import import_module

from omnisonic.platform.jobs import Queue, declared_jobs

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


def preload(queue: Queue) -> list[str]:
    """Import every module that runs jobs of `queue`; returns their names."""
    for name in DECLARING:
        import_module(name)
    modules = sorted({job.function.rpartition(".")[0] for job in declared_jobs() if job.queue is queue})
    for name in modules:
        import_module(name)
    return modules
