"""Background work that people ask for, by name."""

from omnisonic.platform.jobs import JobSpec, Queue

FETCH_FEEDS = JobSpec("workers.ingest_jobs.fetch_feeds", queue=Queue.FEEDS, timeout_s=3600)
# A slice of a re-tag; the rest is queued behind what the feeds brought meanwhile.
TAG_AGAIN = JobSpec("workers.ingest_jobs.tag_again", queue=Queue.ARCHIVE, timeout_s=900)
