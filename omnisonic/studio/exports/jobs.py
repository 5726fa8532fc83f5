"""Background work on exports, by name."""

from omnisonic.platform.jobs import JobSpec, Queue

RENDER_EXPORT = JobSpec("workers.mixdown.render_export", queue=Queue.MIXDOWN, timeout_s=1800)
