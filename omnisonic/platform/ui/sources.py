"""Our own browser sources as parts of pages: linked into the public folder, where Vite finds them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from uuid import uuid4

PUBLIC = Path(__file__).resolve().parents[3] / "assets"


def link_sources(module: str, names: Iterable[str]) -> dict[str, str]:
    """Link files that lie beside `module` (its `__name__`); their import paths, for `library`, by name.

    The same places and paths as `rx.asset(shared=True)`, which inspects the whole stack to learn who calls:
    0.5 s of computing for each of our eighty files, in every build and at every start of the web process.
    Raises `FileNotFoundError` for a file that is not there.
    """
    beside = Path(str(sys.modules[module].__file__)).resolve().parent
    place = f"external/{module.replace('.', '/')}"
    (PUBLIC / place).mkdir(parents=True, exist_ok=True)
    for name in names:
        _link(PUBLIC / place / name, beside / name)
    return {name: f"$/public/{place}/{name}" for name in names}


def link_source(module: str, name: str) -> str:
    """The import path of one file beside `module`."""
    return link_sources(module, [name])[name]


def _link(link: Path, source: Path) -> None:
    """Point `link` at `source` in one step: others may build in the same folder."""
    if not source.is_file():
        raise FileNotFoundError(f"There is no {source} to be linked into the public folder.")
    if link.is_symlink() and os.readlink(link) == str(source):
        return
    draft = link.with_name(f".{uuid4().hex}")
    draft.symlink_to(source)
    draft.replace(link)
