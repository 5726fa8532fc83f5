"""Background work on uploads, by name."""

from omnisonic.platform.jobs import JobSpec, Queue

PROCESS_UPLOAD = JobSpec("workers.media.process_upload", queue=Queue.MEDIA, timeout_s=600)
REMOVE_PARTS = JobSpec("workers.media.remove_parts", queue=Queue.MAINTENANCE, timeout_s=120)
DELETE_OBJECTS = JobSpec("workers.media.delete_objects", queue=Queue.MAINTENANCE, timeout_s=120)
