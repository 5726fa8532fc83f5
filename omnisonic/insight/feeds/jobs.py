"""Background work on feeds, by name."""

from omnisonic.platform.jobs import JobSpec, Queue

LEASE_S = 600  # a queued check that was not begun by then is queued again

POLL_FEEDS = JobSpec("workers.ingest.poll_feeds", queue=Queue.FEEDS, timeout_s=60, expires_s=120)
FETCH_FEED = JobSpec("workers.ingest.fetch_feed", queue=Queue.FEEDS, timeout_s=90, expires_s=LEASE_S - 60)
