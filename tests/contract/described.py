"""The API description as committed; test_settings_documented.py holds it to the code."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parents[2] / "docs" / "api" / "openapi.json"


@cache
def described_paths() -> dict[str, dict[str, Any]]:
    """Operations by path and lower-case method; computing them from the code takes two seconds each time."""
    paths: dict[str, dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))["paths"]
    return paths
