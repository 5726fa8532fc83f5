"""The npm packages that tests run, installed once beside the front end's and kept."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path

from omnisonic.platform.embedded.toolchain import NODE, NPM_SCRIPT, build_environment

SOURCE = Path(__file__).parent / "npm"
KEPT = Path(__file__).parents[1] / ".web" / ".tests-npm"
MANIFESTS = ("package.json", "package-lock.json")


@lru_cache(maxsize=1)
def script_folder() -> Path:
    """Folder with our scripts and, as its `node_modules`, exactly the locked packages."""
    digest = hashlib.sha256(b"".join((SOURCE / name).read_bytes() for name in MANIFESTS)).hexdigest()[:16]
    folder = KEPT / digest
    folder.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for file in SOURCE.iterdir():
            shutil.copy(file, folder)
        if not (folder / "installed").exists():
            command = [str(NODE), str(NPM_SCRIPT), "ci", "--silent", "--ignore-scripts"]
            environment = {**os.environ, **build_environment(KEPT / "toolchain")}
            subprocess.run(command, cwd=folder, env=environment, check=True)
            (folder / "installed").touch()
    return folder


def start_script(name: str, *arguments: str) -> subprocess.Popen[str]:
    """One of our scripts, running; its output is text."""
    folder = script_folder()
    command = [str(NODE), str(folder / name), *arguments]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True)
