"""Temporary folders of jobs: gone with the job, and found and removed when the job was killed."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FOLDER = "omnisonic-work"
LOCK_FILE = ".lock"
NEWBORN_S = 60  # a folder this young may not have its lock yet


def work_root() -> Path:
    """Where this machine's jobs keep their temporary folders (TMPDIR decides)."""
    root = Path(tempfile.gettempdir()) / f"{FOLDER}-{os.getuid()}"
    root.mkdir(mode=0o700, exist_ok=True)
    return root


@contextmanager
def work_folder() -> Iterator[Path]:
    """A folder for one job's files. It is locked while its process lives, so the dead are told apart."""
    folder = Path(tempfile.mkdtemp(dir=work_root()))
    try:
        with (folder / LOCK_FILE).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def remove_dead_folders(*, newborn_s: float = NEWBORN_S) -> int:
    """Remove the folders of killed jobs; returns how many."""
    dead = [folder for folder in work_root().iterdir() if _is_dead(folder, newborn_s)]
    for folder in dead:
        shutil.rmtree(folder, ignore_errors=True)
    return len(dead)


def _is_dead(folder: Path, newborn_s: float) -> bool:
    try:
        if time.time() - folder.stat().st_mtime < newborn_s:
            return False
        with (folder / LOCK_FILE).open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except FileNotFoundError:  # ended meanwhile, or killed before it had made its lock
        return folder.exists()
    return True
