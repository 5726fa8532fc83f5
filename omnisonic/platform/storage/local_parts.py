"""Unfinished multipart uploads of the local store: one folder each, one file per part."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

from omnisonic.platform.errors import Conflict, NotFound
from omnisonic.platform.ids import new_id, parse_id
from omnisonic.platform.storage.protocol import PART_COUNT_MAX, Part

_PART_FILE = re.compile(r"(?P<number>\d{5})-(?P<etag>[0-9a-f]{32})")


class LocalParts:
    """Parts are named by number and MD5, so a listing needs no further bookkeeping."""

    def __init__(self, folder: Path, temp: Path) -> None:
        self.folder = folder
        self.temp = temp

    def create(self, key: str, content_type: str) -> str:
        """Begin an upload; returns its id."""
        upload_id = str(new_id())
        beginning = self.temp / upload_id
        beginning.mkdir()
        (beginning / "about.json").write_text(json.dumps({"key": key, "content_type": content_type}))
        beginning.replace(self.folder / upload_id)
        return upload_id

    def content_type(self, upload_id: str) -> str:
        """What the whole will be."""
        return self._about(self._folder_of(upload_id))["content_type"]

    def keep(self, key: str, upload_id: str, *, number: int, etag: str, path: Path) -> None:
        """Take over a finished temporary file as part `number`, replacing an earlier try."""
        if not 1 <= number <= PART_COUNT_MAX:
            raise NotFound
        folder = self._open(key, upload_id)
        target = folder / f"{number:05d}-{etag}"
        path.replace(target)
        for earlier in folder.glob(f"{number:05d}-*"):
            if earlier != target:
                earlier.unlink(missing_ok=True)

    def list(self, key: str, upload_id: str) -> Sequence[Part]:
        """Parts by number."""
        found = []
        for path in sorted(self._open(key, upload_id).iterdir()):
            if match := _PART_FILE.fullmatch(path.name):
                found.append(Part(int(match["number"]), match["etag"], path.stat().st_size))
        return found

    def matching(self, key: str, upload_id: str, parts: Sequence[Part]) -> Sequence[Path]:
        """Files of `parts` in order; `Conflict` unless they are 1, 2, 3 … and equal what arrived."""
        folder = self._open(key, upload_id)
        arrived = {part.number: part for part in self.list(key, upload_id)}
        if not parts or [part.number for part in parts] != list(range(1, len(parts) + 1)):
            raise Conflict("Parts must be numbered 1, 2, 3 … without a gap.")
        for part in parts:
            if arrived.get(part.number) != part:
                raise Conflict(f"Part {part.number} did not arrive as described. Send it again.")
        return [folder / f"{part.number:05d}-{part.etag}" for part in parts]

    def remove(self, key: str, upload_id: str) -> None:
        """Forget one upload; an unknown one is no error."""
        try:
            folder = self._open(key, upload_id)
        except NotFound:
            return
        shutil.rmtree(folder, ignore_errors=True)

    def remove_older(self, older_than: datetime) -> int:
        """Forget uploads begun before a time."""
        stale = [
            folder
            for folder in self.folder.iterdir()
            if (folder / "about.json").stat().st_mtime < older_than.timestamp()
        ]
        for folder in stale:
            shutil.rmtree(folder, ignore_errors=True)
        return len(stale)

    def _open(self, key: str, upload_id: str) -> Path:
        folder = self._folder_of(upload_id)
        if self._about(folder)["key"] != key:
            raise NotFound
        return folder

    def _folder_of(self, upload_id: str) -> Path:
        parsed: UUID | None = parse_id(upload_id)
        if parsed is None:
            raise NotFound
        return self.folder / str(parsed)

    def _about(self, folder: Path) -> dict[str, str]:
        try:
            about: dict[str, str] = json.loads((folder / "about.json").read_text())
        except FileNotFoundError:
            raise NotFound from None
        return about
