"""Copies the archive to object storage, once a day: the rows since the last time as Parquet files.

The log only grows, so the files of all days together are the archive. `manifest.json` beside them names
each with its rows and SHA-256; a file that it does not name does not count.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

from omnisonic.insight.archive.file import archive_id, last_seq, open_archive
from omnisonic.platform.ids import utc_now
from omnisonic.platform.storage import Storage, get_storage

FOLDER = "news-archive"
PARQUET = "application/vnd.apache.parquet"
ROWS_PER_FILE = 100_000
FORMAT_VERSION = 1
# One row per entry of the log with the facts of its article, so that a file can be read by itself.
COLUMNS = (
    "e.seq, e.item_id, e.version, e.feed_id, i.feed_id AS first_feed_id, i.source, i.source_tier, "
    "i.story_id, e.title, e.url, e.text, e.language, e.published_at, e.date_quality, i.first_seen_at, "
    "i.is_backfill, e.fetched_at, e.digest, e.raw"
)


def export_archive() -> int:
    """Export what came since the last export; how many rows. Raises `ArchiveInUse`, `ServiceUnavailable`."""
    storage, exported = get_storage(), 0
    with open_archive() as archive, tempfile.TemporaryDirectory(prefix="omnisonic-archive-") as folder:
        prefix, end = f"{FOLDER}/{archive_id(archive)}", last_seq(archive)
        manifest = _read_manifest(storage, prefix)
        while (after := _end_of(manifest)) < end:
            path = Path(folder) / "part.parquet"
            until = min(end, after + ROWS_PER_FILE)
            part = _write_part(archive, path, after=after, until=until)
            storage.put_file(f"{prefix}/{part['name']}", path, PARQUET)
            manifest["files"].append(part)
            _write_manifest(storage, prefix, manifest, Path(folder) / "manifest.json", utc_now())
            exported += part["rows"]
    return exported


def _write_part(archive: DuckDBPyConnection, path: Path, *, after: int, until: int) -> dict[str, Any]:
    # The name says where it begins, so a part whose manifest was not written is written over.
    query = (
        f"SELECT {COLUMNS} FROM entries e JOIN items i USING (item_id) "  # noqa: S608  (numbers of ours)
        f"WHERE e.seq > {after:d} AND e.seq <= {until:d} ORDER BY e.seq"
    )
    archive.query(query).write_parquet(str(path), compression="zstd")
    return {
        "name": f"entries-{after + 1:012d}.parquet",
        "firstSeq": after + 1,
        "lastSeq": until,
        "rows": until - after,
        "bytes": path.stat().st_size,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
    }


def _read_manifest(storage: Storage, prefix: str) -> dict[str, Any]:
    if storage.stat(f"{prefix}/manifest.json") is None:
        return {"formatVersion": FORMAT_VERSION, "archiveId": prefix.rpartition("/")[2], "files": []}
    manifest: dict[str, Any] = json.loads(b"".join(storage.read(f"{prefix}/manifest.json")))
    return manifest


def _write_manifest(
    storage: Storage, prefix: str, manifest: dict[str, Any], path: Path, now: datetime
) -> None:
    manifest["exportedAt"] = now.isoformat()
    path.write_text(json.dumps(manifest, indent=1))
    storage.put_file(f"{prefix}/manifest.json", path, "application/json")


def _end_of(manifest: dict[str, Any]) -> int:
    return int(manifest["files"][-1]["lastSeq"]) if manifest["files"] else 0
