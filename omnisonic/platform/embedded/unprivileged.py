"""Where a server that refuses to run as root can live: under which user, and in which folder.

Folders of others are never opened up: what `nobody` cannot reach is kept a second time where it can.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from omnisonic.platform.settings import SettingsError

USER = "nobody"  # in every passwd file
SHELTERS = (Path("/var/lib/omnisonic"), Path("/var/tmp/omnisonic"))  # noqa: S108 (root's own folder in it)


def server_user() -> str | None:
    """The user to run as: ourselves, or `nobody` when we are root."""
    return USER if os.geteuid() == 0 else None


def is_reachable(path: Path) -> bool:
    """Whether the server's user can enter folder `path` or execute file `path`: asked by trying."""
    user = server_user()
    if user is None:
        return True
    probe = subprocess.run(
        ["/bin/sh", "-c", 'test -x "$1"', "sh", str(path)], cwd="/", user=user, extra_groups=[], check=False
    )
    return probe.returncode == 0


def reachable_folder(wanted: Path, key: str) -> Path:
    """`wanted`, or its stand-in below a shelter when the server's user cannot get there. Made if new.

    `key` is unique to the data folder: one that was deleted and made again starts empty here too.
    """
    wanted.parent.mkdir(parents=True, exist_ok=True)
    place = wanted
    if not is_reachable(wanted.parent):
        place = shelter() / f"{wanted.name}-{key}"
        _forget_replaced(wanted, place)
        place.with_suffix(".for").write_text(str(wanted))
    place.mkdir(mode=0o700, exist_ok=True)
    if (user := server_user()) is not None:
        shutil.chown(place, user)
    return place


def reachable_binaries(installed: Path, program: str) -> Path:
    """`installed`, or a copy of it when the server's user cannot execute `program` in it."""
    if is_reachable(installed / program):
        return installed
    marker = (installed / program).stat()
    key = hashlib.sha256(f"{installed} {marker.st_size} {marker.st_mtime_ns}".encode()).hexdigest()[:12]
    copy = shelter() / f"{installed.name}-{key}"
    if not copy.exists():
        draft = copy.with_name(f"{copy.name}.{os.getpid()}")
        shutil.copytree(installed, draft, symlinks=True)
        _open_to_all(draft)
        put_in_place(draft, copy)
    return copy


def put_in_place(draft: Path, copy: Path) -> None:
    """Make `draft` the copy, unless another start made it meanwhile. Raises `OSError`."""
    try:
        draft.rename(copy)
    except OSError:
        if not copy.exists():
            raise
        shutil.rmtree(draft)  # another start was quicker; both copies are the same


def shelter() -> Path:
    """A folder of ours that every user can enter."""
    for place in SHELTERS:
        try:
            place.mkdir(mode=0o755, parents=True, exist_ok=True)
        except OSError:
            continue
        if place.owner() == "root" and is_reachable(place):
            return place
    raise SettingsError(
        "OMNISONIC_DATA_DIR: as root the database runs as `nobody`, who can enter neither this folder nor "
        f"{SHELTERS[0]}. Choose a folder that others may enter, or set DATABASE_URL."
    )


def _forget_replaced(wanted: Path, place: Path) -> None:
    """Remove what earlier data folders at the same path left in the shelter."""
    for note in place.parent.glob(f"{wanted.name}-*.for"):
        if note.stem != place.name and note.read_text() == str(wanted):
            shutil.rmtree(note.with_suffix(""), ignore_errors=True)
            note.unlink()


def _open_to_all(folder: Path) -> None:
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        if path.is_symlink():
            continue
        executable = path.is_dir() or path.stat().st_mode & 0o100
        path.chmod(0o755 if executable else 0o644)
