"""Background work on usage, by name."""

from omnisonic.platform.jobs import JobSpec, Queue

BOOK_STATEMENT = JobSpec("workers.usage.book_statement", queue=Queue.IMPORTS, timeout_s=3600)
RELEASE_MATCH = JobSpec("workers.usage.release_match", queue=Queue.IMPORTS, timeout_s=3600)
