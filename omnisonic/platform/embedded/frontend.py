"""The compiled front end: built once, rebuilt only when something that goes into it has changed.

Two steps, each skipped when its input is the same as last time: Reflex turns Python pages into JavaScript
sources, Vite turns those into what browsers load. No address of an installation goes into either.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from omnisonic.platform.embedded import npm_lock

ROOT = Path(__file__).resolve().parents[3]
WEB = ROOT / ".web"
OUTPUT = WEB / "build" / "client"
INPUT_MARK = WEB / ".omnisonic-input"
SOURCE_MARK = WEB / ".omnisonic-source"
SINGLE_INPUTS = ("rxconfig.py", "requirements.txt")
INPUT_SUFFIXES = frozenset({".py", ".js", ".jsx", ".css"})
GENERATED = frozenset({"node_modules", "build", "backend", ".react-router", ".vite"})
UNRELATED = frozenset({"reflex.install_frontend_packages.cached", "reflex.json", "nocompile"})


def is_current() -> bool:
    """Whether the built front end belongs to the present sources."""
    return (OUTPUT / "index.html").exists() and _noted(INPUT_MARK) == input_hash()


def build() -> bool:
    """Bring the front end up to date; returns whether Vite had to run."""
    with _one_builder():
        if is_current():
            return False
        pages_before = _hash_files(_page_files(), ROOT)
        with npm_lock.kept_stable(ROOT / "reflex.lock", WEB):
            _compile()
        sources = source_hash()
        is_stale = _noted(SOURCE_MARK) != sources or not (OUTPUT / "index.html").exists()
        if is_stale:
            SOURCE_MARK.unlink(missing_ok=True)
            _bundle()
            SOURCE_MARK.write_text(sources)
        if pages_before == _hash_files(_page_files(), ROOT):  # else: edited meanwhile, look again next time
            INPUT_MARK.write_text(input_hash())
        return is_stale


def input_hash() -> str:
    """Fingerprint of all that the generated sources depend on."""
    return _hash_files([*_page_files(), *(ROOT / "reflex.lock").glob("*")], ROOT)


def _page_files() -> list[Path]:
    found = [ROOT / name for name in SINGLE_INPUTS]
    for path in (ROOT / "omnisonic").rglob("*"):
        if path.suffix in INPUT_SUFFIXES and path.is_file():
            found.append(path)
    for path in (ROOT / "assets").rglob("*"):
        if path.is_file() and not path.is_symlink():  # Reflex links our own scripts into assets/external
            found.append(path)
    return found


def source_hash() -> str:
    """Fingerprint of the generated sources: what Vite reads."""
    files = []
    for folder, names, entries in os.walk(WEB):
        names[:] = [name for name in names if name not in GENERATED]
        files += [Path(folder, name) for name in entries if name not in UNRELATED and name[0] != "."]
    return _hash_files(files, WEB)


def _hash_files(files: Iterable[Path], base: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(files):
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        digest.update(f"{file.relative_to(base)} {content}\n".encode())
    return digest.hexdigest()


def _noted(mark: Path) -> str | None:
    return mark.read_text() if mark.exists() else None


@contextmanager
def _one_builder() -> Iterator[None]:
    WEB.mkdir(exist_ok=True)
    with (ROOT / ".web.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _compile() -> None:
    """Reflex: Python pages to JavaScript sources and installed npm packages."""
    from omnisonic.platform.embedded.toolchain import build_environment

    os.chdir(ROOT)
    os.environ.update(build_environment(WEB / ".toolchain"))
    os.environ["REFLEX_ENV_MODE"] = "prod"
    from reflex.utils import build as reflex_build
    from reflex.utils import prerequisites

    if prerequisites.needs_reinit():
        prerequisites.initialize_frontend_dependencies()  # type: ignore[no-untyped-call]
    prerequisites.get_compiled_app(prerender_routes=True, use_rich=False)
    reflex_build.setup_frontend(ROOT)


def _bundle() -> None:
    """Vite: JavaScript sources to the files that browsers load."""
    from reflex.utils import build as reflex_build

    reflex_build.build()  # type: ignore[no-untyped-call]
