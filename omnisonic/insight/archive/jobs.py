"""Background work on the archive of news, by name. All of it runs in the one archive worker."""

from omnisonic.platform.jobs import JobSpec, Queue

# Takes what the feeds delivered, whoever asked for it: one that waited for a minute is as good as the next.
ARCHIVE_DELIVERIES = JobSpec(
    "workers.archive.archive_deliveries", queue=Queue.ARCHIVE, timeout_s=600, expires_s=300
)
EXPORT_ARCHIVE = JobSpec("workers.archive.export_archive", queue=Queue.ARCHIVE, timeout_s=3600)
