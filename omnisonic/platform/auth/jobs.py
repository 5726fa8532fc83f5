"""Background jobs of sign-in."""

from __future__ import annotations

from omnisonic.platform.jobs import JobSpec, Queue

SEND_CONFIRMATION = JobSpec("workers.mail.send_confirmation", Queue.MAINTENANCE, timeout_s=120)
