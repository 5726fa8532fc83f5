"""Background work on imports, by name."""

from omnisonic.platform.jobs import JobSpec, Queue

IMPORT_FILE = JobSpec("workers.imports.import_file", queue=Queue.IMPORTS, timeout_s=3600)
INDEX_IMPORT = JobSpec("workers.imports.index_import", queue=Queue.IMPORTS, timeout_s=1800)
