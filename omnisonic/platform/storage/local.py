"""The object store in a folder: whole files only, by rename; links signed by us."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from omnisonic.platform.errors import NotFound, ServiceUnavailable, TooLarge
from omnisonic.platform.storage.local_parts import LocalParts
from omnisonic.platform.storage.protocol import (
    CHUNK_BYTES,
    LINK_LIFETIME_S,
    ObjectStat,
    Part,
    check_key,
    folder_prefix,
)
from omnisonic.platform.storage.signing import signed_link

DEFAULT_TYPE = "application/octet-stream"
ADOPT_ATTEMPTS = 3


class LocalStorage:
    """Objects below `root/objects`, their content types below `root/types`, unfinished work in `root/tmp`."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.objects = self.root / "objects"
        self.types = self.root / "types"
        self.temp = self.root / "tmp"
        with _reachable():
            for folder in (self.objects, self.types, self.temp, self.root / "multipart"):
                folder.mkdir(parents=True, exist_ok=True, mode=0o750)
        self.parts = LocalParts(self.root / "multipart", self.temp)

    def put_file(self, key: str, path: Path, content_type: str) -> ObjectStat:
        """Store a file; a reader sees the old content or the new, never a piece."""
        with path.open("rb") as source:
            self.put_stream(key, source, content_type, path.stat().st_size)
        return self._get_stat(key)

    def put_stream(self, key: str, stream: BinaryIO, content_type: str, max_bytes: int) -> int:
        """Store what `stream` gives and return its size; more than `max_bytes` stores nothing."""
        check_key(key)
        with self.new_file() as (target, temp_path):
            size = _copy_limited(stream, target, max_bytes)
            _sync(target)
            self._adopt(key, temp_path, content_type)
        return size

    def stat(self, key: str) -> ObjectStat | None:
        """Size and kind of an object, or None."""
        path = self._path(key)
        with _reachable():
            try:
                found = path.stat()
            except (FileNotFoundError, NotADirectoryError):
                return None
        if not path.is_file():
            return None
        return _describe(key, found, self._content_type(key))

    def download(self, key: str, path: Path) -> None:
        """Write an object into a local file."""
        with self._open(key) as source, path.open("wb") as target:
            shutil.copyfileobj(source, target, CHUNK_BYTES)

    def read(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes `start` up to but not including `end`, in pieces. Raises before the first piece."""
        source = self._open(key)
        source.seek(start)
        return _pieces(source, None if end is None else max(0, end - start))

    def delete(self, key: str) -> None:
        """Remove one object and the folders that become empty."""
        with _reachable():
            for base in (self.objects, self.types):
                path = self._path(key, base)
                path.unlink(missing_ok=True)
                _prune(path.parent, base)

    def delete_prefix(self, prefix: str) -> int:
        """Remove everything below the folder `prefix`; returns how many objects."""
        keys = [found.key for found in self.list(folder_prefix(prefix))]
        for key in keys:
            self.delete(key)
        return len(keys)

    def list(self, prefix: str = "") -> Iterator[ObjectStat]:
        """Objects below the folder `prefix` in the order of their keys."""
        folder = self.objects / folder_prefix(prefix, may_be_root=True)
        with _reachable():
            keys = sorted(
                path.relative_to(self.objects).as_posix() for path in folder.rglob("*") if path.is_file()
            )
        for key in keys:
            if (found := self.stat(key)) is not None:
                yield found

    def signed_url(
        self, key: str, *, file_name: str, content_type: str, expires_s: int = LINK_LIFETIME_S
    ) -> str:
        """A link that lets anyone who has it download the object as `file_name` until it expires."""
        fields = {"expires": _expiry(expires_s), "name": file_name, "type": content_type}
        return signed_link("GET", check_key(key), fields)

    def create_multipart(self, key: str, content_type: str) -> str:
        """Begin an upload in parts; returns its id."""
        with _reachable():
            return self.parts.create(check_key(key), content_type)

    def sign_part(
        self,
        key: str,
        upload_id: str,
        n: int,
        *,
        size_bytes: int | None = None,
        expires_s: int = LINK_LIFETIME_S,
    ) -> str:
        """A link that takes part `n` by PUT; with `size_bytes` the body must have exactly that length."""
        fields = {"expires": _expiry(expires_s), "uploadId": upload_id, "partNumber": str(n)}
        if size_bytes is not None:
            fields["size"] = str(size_bytes)
        return signed_link("PUT", check_key(key), fields)

    def list_parts(self, key: str, upload_id: str) -> Sequence[Part]:
        """Parts that arrived so far, by number. Unknown upload: `NotFound`."""
        with _reachable():
            return self.parts.list(check_key(key), upload_id)

    def complete_multipart(self, key: str, upload_id: str, parts: Sequence[Part]) -> ObjectStat:
        """Join the parts into the object; `Conflict` when one is missing or differs from what arrived."""
        with _reachable():
            paths = self.parts.matching(check_key(key), upload_id, parts)
            content_type = self.parts.content_type(upload_id)
        with self.new_file() as (target, temp_path):
            for path in paths:
                with path.open("rb") as source:
                    shutil.copyfileobj(source, target, CHUNK_BYTES)
            _sync(target)
            self._adopt(key, temp_path, content_type)
        self.parts.remove(key, upload_id)
        return self._get_stat(key)

    def abort_multipart(self, key: str, upload_id: str) -> None:
        """Forget an upload and its parts."""
        with _reachable():
            self.parts.remove(check_key(key), upload_id)

    def abort_stale_multiparts(self, older_than: datetime) -> int:
        """Forget uploads in parts begun before `older_than`, and temporary files that old."""
        with _reachable():
            for leftover in self.temp.iterdir():
                with suppress(FileNotFoundError):  # adopted or removed by its owner meanwhile
                    if leftover.stat().st_mtime < older_than.timestamp():
                        _remove(leftover)
            return self.parts.remove_older(older_than)

    @contextmanager
    def new_file(self) -> Iterator[tuple[BinaryIO, Path]]:
        """A temporary file on the store's own disk; gone afterwards unless it was renamed."""
        with _reachable():
            handle, name = tempfile.mkstemp(dir=self.temp)
            path = Path(name)
            try:
                with os.fdopen(handle, "wb") as target:
                    yield target, path
            finally:
                path.unlink(missing_ok=True)

    def _adopt(self, key: str, temp_path: Path, content_type: str) -> None:
        type_path, path = self._path(key, self.types), self._path(key)
        for attempt in range(ADOPT_ATTEMPTS):
            try:
                path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
                if content_type == DEFAULT_TYPE:
                    type_path.unlink(missing_ok=True)
                else:
                    type_path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
                    type_path.write_text(content_type, encoding="utf-8")
                temp_path.replace(path)
                break
            except FileNotFoundError:  # a delete pruned the folder that we had just made
                if attempt == ADOPT_ATTEMPTS - 1:
                    raise
        _sync_folder(path.parent)

    def _path(self, key: str, base: Path | None = None) -> Path:
        return (base or self.objects) / check_key(key)

    def _content_type(self, key: str) -> str:
        try:
            return self._path(key, self.types).read_text(encoding="utf-8") or DEFAULT_TYPE
        except FileNotFoundError:
            return DEFAULT_TYPE

    def _get_stat(self, key: str) -> ObjectStat:
        found = self.stat(key)
        if found is None:
            raise NotFound
        return found

    def _open(self, key: str) -> BinaryIO:
        with _reachable():
            try:
                return self._path(key).open("rb")
            except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
                raise NotFound from None


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def _describe(key: str, found: os.stat_result, content_type: str) -> ObjectStat:
    # Content is only ever replaced by renaming a new file over it, so these three identify it.
    etag = f"{found.st_mtime_ns:x}-{found.st_size:x}-{found.st_ino:x}"
    modified_at = datetime.fromtimestamp(found.st_mtime, UTC)
    return ObjectStat(key, found.st_size, etag, content_type, modified_at)


def _copy_limited(stream: BinaryIO, target: BinaryIO, max_bytes: int) -> int:
    size = 0
    while piece := stream.read(CHUNK_BYTES):
        size += len(piece)
        if size > max_bytes:
            raise TooLarge(f"More than {max_bytes:,} bytes arrived; that is the limit.")
        target.write(piece)
    return size


def _pieces(source: BinaryIO, length: int | None) -> Iterator[bytes]:
    with source:
        left = length
        while piece := source.read(CHUNK_BYTES if left is None else min(CHUNK_BYTES, left)):
            yield piece
            if left is not None:
                left -= len(piece)


def _sync(target: BinaryIO) -> None:
    target.flush()
    os.fsync(target.fileno())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _prune(folder: Path, base: Path) -> None:
    while folder != base:
        try:
            folder.rmdir()
        except OSError:  # not empty, or another delete was faster
            return
        folder = folder.parent


def _expiry(expires_s: int) -> str:
    return str(int(time.time()) + expires_s)


@contextmanager
def _reachable() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ServiceUnavailable(f"The storage folder cannot be used: {error.strerror}.") from error
