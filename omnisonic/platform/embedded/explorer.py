"""GraphiQL's own files, taken out of its npm packages at build time, so that no content network is needed."""

from __future__ import annotations

import hashlib
import os
import subprocess
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / ".web" / "graphiql"

# package, file in it, name under which we serve it, SHA-256
FILES = (
    (
        "graphiql@3.9.0",
        "graphiql.min.js",
        "graphiql.min.js",
        "a330a2be1d2389486840a9d0a834767d9083a23f105879e0de54e4fce83d3513",
    ),
    (
        "graphiql@3.9.0",
        "graphiql.min.css",
        "graphiql.min.css",
        "bdddd50aac5bdb0edd83e5c862ba2fed9db2964e4c75d4655ab62b0a7d5bd730",
    ),
    (
        "react@18.3.1",
        "umd/react.production.min.js",
        "react.min.js",
        "d949f1c3687aedadcedac85261865f29b17cd273997e7f6b2bfc53b2f9d4c4dd",
    ),
    (
        "react-dom@18.3.1",
        "umd/react-dom.production.min.js",
        "react-dom.min.js",
        "35f4f974f4b2bcd44da73963347f8952e341f83909e4498227d4e26b98f66f0d",
    ),
)


class ExplorerFailed(Exception):
    """The files did not come, or are not those that were reviewed."""


def is_installed(folder: Path = FOLDER) -> bool:
    """Whether every file is there in its right version."""
    return all(_digest(folder / name) == digest for _, _, name, digest in FILES)


def install(folder: Path = FOLDER) -> None:
    """Bring the files into `folder`. Raises `ExplorerFailed` when npm fails or a checksum differs."""
    if is_installed(folder):
        return
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        for package in dict.fromkeys(package for package, *_ in FILES):
            archive = _pack(package, work)
            for _, inner, target, digest in (one for one in FILES if one[0] == package):
                _extract(archive, f"package/{inner}", folder / target, digest=digest)


def _pack(package: str, work: Path) -> Path:
    from omnisonic.platform.embedded.toolchain import NODE, NPM_SCRIPT, build_environment

    command = [str(NODE), str(NPM_SCRIPT), "pack", "--silent", "--pack-destination", str(work), package]
    environment = {**os.environ, **build_environment(work / "toolchain")}
    found = subprocess.run(command, cwd=work, env=environment, capture_output=True, text=True, check=False)
    if found.returncode != 0:
        raise ExplorerFailed(f"npm could not fetch {package}: {found.stderr.strip()[-500:]}")
    return work / found.stdout.split()[-1]


def _extract(archive: Path, member: str, target: Path, *, digest: str) -> None:
    with tarfile.open(archive) as packed:
        source = packed.extractfile(member)
        content = source.read() if source else b""
    if hashlib.sha256(content).hexdigest() != digest:
        raise ExplorerFailed(f"{member} of {archive.name} is not the file that was reviewed.")
    draft = target.with_suffix(f"{target.suffix}.{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(target)


def _digest(file: Path) -> str | None:
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else None
