"""What can be wrong with the file of the archive."""

from __future__ import annotations

from omnisonic.platform.errors import ServiceUnavailable


class ArchiveInUse(ServiceUnavailable):
    """Another process holds the file: DuckDB lets exactly one in, readers included."""

    slug, title = "archive-in-use", "The archive of news is open in another process"
    advice = "Run exactly one `omnisonic worker archive` per archive, and open the file nowhere else."


class ArchiveUnavailable(ServiceUnavailable):
    """The file cannot be opened: no space, no permission, or it is not a DuckDB file."""

    slug, title = "archive-unavailable", "The archive of news cannot be opened"
    advice = "Look at the disk and at INGEST_DUCKDB_PATH. What the feeds bring is kept until it is back."
