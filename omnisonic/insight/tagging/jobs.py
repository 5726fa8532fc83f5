"""Background work of tagging, by name."""

from omnisonic.platform.jobs import JobSpec, Queue

# Takes whatever is to be copied, whoever asked for it: one that waited a minute is as good as the next.
PUBLISH_TAGS = JobSpec("workers.tagging.publish_tags", queue=Queue.FEEDS, timeout_s=600, expires_s=300)
# It tags articles, which only the one worker of the archive does.
LINK_NEW_NAMES = JobSpec("workers.archive.link_new_names", queue=Queue.ARCHIVE, timeout_s=900, expires_s=300)
