"""The last head that was signed, kept outside of the database, and the refusal to go on below it.

It lies in a file on this machine and in object storage; the larger of both counts. Either is written
before the signature leaves, so that no other tree of that size can be signed by mistake afterwards.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from omnisonic.core.ledger.log_errors import LogBehind, LogForked
from omnisonic.core.ledger.log_store import JSON, LogStore
from omnisonic.platform.settings import get_settings

FILE = "head.json"


@dataclass(frozen=True)
class Head:
    """A tree: its size, its root, and the public key it was signed with."""

    size: int
    root: bytes
    vkey: str

    def encode(self) -> bytes:
        """As it is stored."""
        return json.dumps({"size": self.size, "root": self.root.hex(), "vkey": self.vkey}).encode()

    @classmethod
    def decode(cls, content: bytes) -> Head:
        """Read what `encode` wrote. Raises ValueError or KeyError."""
        found = json.loads(content)
        return cls(int(found["size"]), bytes.fromhex(found["root"]), str(found["vkey"]))


def ledger_folder() -> Path:
    """The signer's folder on this machine, readable by its owner only."""
    folder = get_settings().omnisonic_data_dir / "ledger"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def find_head(store: LogStore) -> Head | None:
    """The last signed head: the larger of file and object. Raises `LogForked` if they contradict."""
    file = ledger_folder() / FILE
    contents = [file.read_bytes() if file.exists() else None, store.find(FILE)]
    heads = [Head.decode(content) for content in contents if content]
    if len({head.root for head in heads}) == 2 and heads[0].size == heads[1].size:
        raise LogForked("The signer's file and object storage name two different trees of one size.")
    return max(heads, key=lambda head: head.size, default=None)


def write_head(store: LogStore, head: Head) -> None:
    """Keep the head that is about to be signed, in both places, on disk before this returns."""
    write_durable(ledger_folder() / FILE, head.encode())
    store.put(FILE, head.encode(), JSON)


def require_whole_log(size: int) -> None:
    """Raise `LogBehind` if the database's log is shorter than what was published or signed."""
    store = LogStore()
    head = find_head(store)
    known = max(store.published_size(), head.size if head else 0)
    if size < known:
        raise LogBehind(
            f"The database has {size:,} leaves, {known:,} were published. An older database was restored: "
            "run `omnisonic ledger replay`."
        )


def write_durable(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Replace a file as a whole; it is on the disk when this returns."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(handle, "wb") as target:
        target.write(content)
        target.flush()
        os.fsync(target.fileno())
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def locked_folder(folder: Path) -> Iterator[None]:
    """Let only one process of this machine at a time go past here."""
    with (folder / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
