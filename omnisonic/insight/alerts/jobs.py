"""Background jobs of alerts."""

from __future__ import annotations

from omnisonic.platform.jobs import JobSpec, Queue

DELIVER = JobSpec("workers.alerts.deliver", Queue.ALERTS, timeout_s=120)
SEND_CHANNEL_CONFIRMATION = JobSpec("workers.alerts.send_channel_confirmation", Queue.ALERTS, timeout_s=120)
EVALUATE_RULES = JobSpec("workers.alerts.evaluate_rules", Queue.ALERTS, timeout_s=300, expires_s=60)
