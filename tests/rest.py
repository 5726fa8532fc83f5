"""The REST application for tests that ask it in this process."""

from __future__ import annotations

from functools import cache

from fastapi import FastAPI

from omnisonic.api import create_api


@cache
def rest_api() -> FastAPI:
    """One for the whole run: its routes are put together at the first request, which takes most of a second.

    It reads the settings with every request. Who overrides its dependencies takes that back.
    """
    return create_api()
