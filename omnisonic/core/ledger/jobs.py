"""Background work on the ledger, by name."""

from omnisonic.platform.jobs import JobSpec, Queue

AUDIT_LEDGER = JobSpec("workers.maintenance.audit_ledger", queue=Queue.MAINTENANCE, timeout_s=3600)
