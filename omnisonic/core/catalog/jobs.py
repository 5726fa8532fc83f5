"""Background work on the catalog, by name."""

from omnisonic.platform.jobs import JobSpec, Queue

SEND_CONTRIBUTOR_INVITE = JobSpec(
    "workers.mail.send_contributor_invite", queue=Queue.MAINTENANCE, timeout_s=120
)
