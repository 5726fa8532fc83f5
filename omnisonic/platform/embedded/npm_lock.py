"""The committed npm lock: a build changes it only when the packages change."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

NAMES = ("package.json", "package-lock.json")


@contextmanager
def kept_stable(lock_folder: Path, web_folder: Path) -> Iterator[None]:
    """Undo rewrites of the lock that mean the same: npm's order of keys, the registry it was asked.

    A file that did change in meaning is left for its author to commit.
    """
    before = {name: file.read_text() for name in NAMES if (file := lock_folder / name).exists()}
    yield
    for name, text in before.items():
        file = lock_folder / name
        if file.read_text() != text and meaning(file.read_text()) == meaning(text):
            file.write_text(text)
            (web_folder / name).write_text(text)  # Reflex installs again when the two differ


def meaning(text: str) -> Any:
    """A lock file's content without what may differ between two machines."""
    return _without_registry(json.loads(text))


def _without_registry(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_registry(part) for key, part in value.items() if key != "resolved"}
    if isinstance(value, list):
        return [_without_registry(part) for part in value]
    return value
