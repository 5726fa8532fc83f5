"""What every object store offers. Keys are paths of plain ASCII like `uploads/<id>/original`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

LINK_LIFETIME_S = 3600
CHUNK_BYTES = 256 * 1024
PART_MIN_BYTES = 5 * 1024 * 1024  # S3 refuses smaller parts, except the last
PART_COUNT_MAX = 10_000
KEY_LENGTH_MAX = 512

_SEGMENT = r"[A-Za-z0-9_-][A-Za-z0-9._-]*"
_KEY = re.compile(rf"{_SEGMENT}(?:/{_SEGMENT})*")


@dataclass(frozen=True)
class ObjectStat:
    """One stored object. `etag` has no quotes and changes with the content."""

    key: str
    size: int
    etag: str
    content_type: str
    modified_at: datetime


@dataclass(frozen=True)
class Part:
    """One stored part of a multipart upload; `number` counts from 1."""

    number: int
    etag: str
    size: int


class Storage(Protocol):
    """An object store. Every method raises `ServiceUnavailable` when the store cannot be reached.

    A key that does not exist raises `NotFound` where content is asked for; deleting it is no error.
    """

    def put_file(self, key: str, path: Path, content_type: str) -> ObjectStat:
        """Store a file; a reader sees the old content or the new, never a piece."""

    def put_stream(self, key: str, stream: BinaryIO, content_type: str, max_bytes: int) -> int:
        """Store what `stream` gives, return its size; beyond `max_bytes` nothing is stored (`TooLarge`)."""

    def stat(self, key: str) -> ObjectStat | None:
        """Size and kind of an object, or None."""

    def download(self, key: str, path: Path) -> None:
        """Write an object into a local file."""

    def read(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes `start` up to but not including `end`, in pieces. Raises before the first piece."""

    def delete(self, key: str) -> None:
        """Remove one object."""

    def delete_prefix(self, prefix: str) -> int:
        """Remove everything below the folder `prefix`; returns how many objects."""

    def list(self, prefix: str = "") -> Iterator[ObjectStat]:
        """Objects below the folder `prefix` in the order of their keys (content type may be empty)."""

    def signed_url(
        self, key: str, *, file_name: str, content_type: str, expires_s: int = LINK_LIFETIME_S
    ) -> str:
        """A link that lets anyone who has it download the object as `file_name` until it expires."""

    def create_multipart(self, key: str, content_type: str) -> str:
        """Begin an upload in parts; returns its id."""

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

    def list_parts(self, key: str, upload_id: str) -> Sequence[Part]:
        """Parts that arrived so far, by number. Unknown upload: `NotFound`."""

    def complete_multipart(self, key: str, upload_id: str, parts: Sequence[Part]) -> ObjectStat:
        """Join the parts into the object; `Conflict` when one is missing or differs from what arrived."""

    def abort_multipart(self, key: str, upload_id: str) -> None:
        """Forget an upload and its parts."""

    def abort_stale_multiparts(self, older_than: datetime) -> int:
        """Forget the uploads in parts begun before `older_than`; returns how many."""


def check_key(key: str) -> str:
    """The key itself; raises `ValueError` for anything that could leave its folder or be read two ways."""
    if len(key) > KEY_LENGTH_MAX or not _KEY.fullmatch(key):
        raise ValueError(f"not a storage key: {key!r}")
    return key


def folder_prefix(prefix: str, *, may_be_root: bool = False) -> str:
    """`prefix` with one slash at its end, so that `uploads/1` never means `uploads/12`."""
    if not prefix and may_be_root:
        return ""
    return check_key(prefix.rstrip("/")) + "/"
