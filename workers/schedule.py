"""What runs when. Times are UTC."""

from __future__ import annotations

from datetime import time

from omnisonic.core.ledger.jobs import AUDIT_LEDGER
from omnisonic.core.royalties.usage_jobs import ADD_UP_WAITING
from omnisonic.insight.alerts.jobs import EVALUATE_RULES
from omnisonic.insight.archive.jobs import ARCHIVE_DELIVERIES, EXPORT_ARCHIVE
from omnisonic.insight.feeds.jobs import POLL_FEEDS
from omnisonic.insight.tagging.jobs import LINK_NEW_NAMES, PUBLISH_TAGS
from omnisonic.platform import schedule
from omnisonic.platform.jobs import JobSpec, Queue
from omnisonic.platform.schedule import DailyAt, Every, ScheduledJob

SEND_DUE_EVERY_S = 20
EVALUATE_EVERY_S = 60
DIGESTS_EVERY_S = 1800  # zones differ by half hours
SWEEP_EVERY_S = 20  # with the sweeper's patience of 30 s a dead job is found within a minute
POLL_EVERY_S = 60

SWEEP = JobSpec("workers.maintenance.sweep", queue=Queue.MAINTENANCE, timeout_s=60, expires_s=120)
DELETE_ORPHANS = JobSpec("workers.maintenance.delete_orphans", queue=Queue.MAINTENANCE, timeout_s=1800)
EXPIRE_LICENSES = JobSpec("workers.maintenance.expire_licenses", queue=Queue.MAINTENANCE, timeout_s=1800)
CLEAN_UP = JobSpec("workers.maintenance.clean_up", queue=Queue.MAINTENANCE, timeout_s=1800)

ARCHIVE_EVERY_S = 60  # what waited for ClickHouse goes on within a minute of its return
SEND_DUE_ALERTS = JobSpec("workers.alerts.send_due", queue=Queue.ALERTS, timeout_s=60, expires_s=60)
SEND_DIGESTS = JobSpec("workers.alerts.send_digests", queue=Queue.ALERTS, timeout_s=600, expires_s=3600)
CLEAN_UP_ALERTS = JobSpec("workers.alerts.clean_up", queue=Queue.MAINTENANCE, timeout_s=1800)

JOBS = (
    ScheduledJob("sweep", SWEEP, Every(SWEEP_EVERY_S)),
    ScheduledJob("poll-feeds", POLL_FEEDS, Every(POLL_EVERY_S)),
    ScheduledJob("publish-tags", PUBLISH_TAGS, Every(60)),
    ScheduledJob("link-new-names", LINK_NEW_NAMES, Every(60)),
    ScheduledJob("expire-licenses", EXPIRE_LICENSES, DailyAt(time(0, 0))),
    ScheduledJob("delete-orphans", DELETE_ORPHANS, DailyAt(time(3, 0))),
    ScheduledJob("archive-deliveries", ARCHIVE_DELIVERIES, Every(ARCHIVE_EVERY_S)),
    ScheduledJob("export-archive", EXPORT_ARCHIVE, DailyAt(time(2, 30))),
    ScheduledJob("clean-up", CLEAN_UP, DailyAt(time(3, 30))),
    ScheduledJob("add-up-waiting", ADD_UP_WAITING, Every(60)),
    ScheduledJob("audit-ledger", AUDIT_LEDGER, DailyAt(time(4, 30))),
    ScheduledJob("evaluate-alerts", EVALUATE_RULES, Every(EVALUATE_EVERY_S)),
    ScheduledJob("send-due-alerts", SEND_DUE_ALERTS, Every(SEND_DUE_EVERY_S)),
    ScheduledJob("send-digests", SEND_DIGESTS, Every(DIGESTS_EVERY_S)),
    ScheduledJob("clean-up-alerts", CLEAN_UP_ALERTS, DailyAt(time(3, 45))),
)


def run() -> None:
    """Be the scheduler until SIGTERM or SIGINT."""
    schedule.run(JOBS)
