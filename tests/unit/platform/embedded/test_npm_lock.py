"""The committed lock keeps its bytes unless the packages change."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from omnisonic.platform.embedded.npm_lock import kept_stable

LOCK = json.dumps(
    {"packages": {"node_modules/react": {"version": "19.3.1", "integrity": "sha512-x"}}}, indent=2
)


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    lock, web = tmp_path / "reflex.lock", tmp_path / ".web"
    for folder in (lock, web):
        folder.mkdir()
        (folder / "package-lock.json").write_text(LOCK)
    return lock, web


def test_a_rewrite_that_means_the_same_is_undone(folders: tuple[Path, Path]) -> None:
    lock, web = folders
    same = json.loads(LOCK)
    same["packages"]["node_modules/react"]["resolved"] = "https://registry.example.org/react.tgz"
    with kept_stable(lock, web):
        (lock / "package-lock.json").write_text(json.dumps(same))
    assert (lock / "package-lock.json").read_text() == LOCK
    assert (web / "package-lock.json").read_text() == LOCK


def test_a_new_version_stays(folders: tuple[Path, Path]) -> None:
    lock, web = folders
    newer = LOCK.replace("19.3.1", "19.4.0")
    with kept_stable(lock, web):
        (lock / "package-lock.json").write_text(newer)
    assert (lock / "package-lock.json").read_text() == newer
