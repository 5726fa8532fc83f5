"""Background work on usage, by name."""

from omnisonic.platform.jobs import JobSpec, Queue

BOOK_STATEMENT = JobSpec("workers.usage.book_statement", queue=Queue.IMPORTS, timeout_s=3600)
ADD_UP_WAITING = JobSpec(
    "workers.maintenance.add_up_waiting", queue=Queue.MAINTENANCE, timeout_s=600, expires_s=120
)
RELEASE_MATCH = JobSpec("workers.usage.release_match", queue=Queue.IMPORTS, timeout_s=3600)
