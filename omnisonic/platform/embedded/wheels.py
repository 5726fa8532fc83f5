"""Finds the programs that some wheels carry, without running the wheel's own Python."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from omnisonic.platform.settings import SettingsError


def package_folder(name: str) -> Path:
    """Folder of an installed package; raises `SettingsError` when it is not installed."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise SettingsError(
            f"The package {name} is not installed. Run `make run`, or set the addresses of your own servers."
        )
    return Path(spec.origin).parent
