"""Whether a process lives, whether it can serve, and what it is: over HTTP and for `omnisonic health`."""

from __future__ import annotations

import platform as python_platform
import signal
import socket
import sys
from types import FrameType
from typing import Any

import httpx
from fastapi import APIRouter
from fastapi.responses import JSONResponse
from redis.exceptions import RedisError

from omnisonic import __version__
from omnisonic.platform.readiness import check_readiness, is_required, newest_revision
from omnisonic.platform.redis import get_redis
from omnisonic.platform.schemas import ApiModel, Ok
from omnisonic.platform.settings import Settings, get_settings
from omnisonic.platform.vitals import beat

__all__ = ["beat", "check_process", "mark_stopping", "router"]

PROBE_TIMEOUT_S = 5.0
NO_STORE = {"Cache-Control": "no-store"}

router = APIRouter(tags=["health"])


class Check(ApiModel):
    """One server."""

    ok: bool
    required: bool = True
    detail: str = ""


class Readiness(ApiModel):
    """Whether requests should be sent here."""

    ok: bool
    stopping: bool
    checks: dict[str, Check]


class Version(ApiModel):
    """What runs here."""

    version: str
    revision: str | None
    python: str
    environment: str


@router.get("/healthz", operation_id="healthz")
async def healthz() -> Ok:
    """The process answers."""
    return Ok()


@router.get("/health/live", operation_id="health_live")
async def live() -> Ok:
    """The process answers; no server is asked."""
    return Ok()


@router.get("/health/ready", operation_id="health_ready", responses={503: {"model": Readiness}})
async def ready() -> JSONResponse:
    """Whether requests should be sent here: every needed server answers and it is not stopping."""
    results = await check_readiness()
    checks = {
        name: Check(ok=result.ok, required=is_required(name), detail=result.detail)
        for name, result in results.items()
    }
    is_ready = not _stopping.is_set and all(check.ok for check in checks.values() if check.required)
    body = Readiness(ok=is_ready, stopping=_stopping.is_set, checks=checks)
    return JSONResponse(body.model_dump(mode="json"), 200 if is_ready else 503, NO_STORE)


@router.get("/health/version", operation_id="health_version")
async def version() -> Version:
    """What runs here."""
    return Version(
        version=__version__,
        revision=newest_revision(),
        python=python_platform.python_version(),
        environment=get_settings().omnisonic_env,
    )


def check_process(name: str) -> int:
    """Exit status for `omnisonic health NAME`: 0 when the process on this machine is well, else 1.

    Processes with a port are asked there; the others leave a sign of life in Redis every few seconds.
    """
    url = _health_url(name, get_settings())
    problem = _ask(url) if url else _missing_sign_of_life(name)
    sys.stdout.write(f"{name}: {problem or 'well'}\n")
    return 1 if problem else 0


class _StopFlag:
    is_set = False


_stopping = _StopFlag()


def mark_stopping(_signal: int = 0, _frame: FrameType | None = None) -> None:
    """From now on /health/ready answers 503, so that a balancer sends nobody here any more."""
    _stopping.is_set = True


def mark_stopping_on_sigterm() -> None:
    """Note SIGTERM, then do what would have been done without us (main thread only)."""
    before: Any = signal.getsignal(signal.SIGTERM)

    def note(number: int, frame: FrameType | None) -> None:
        mark_stopping()
        if callable(before):
            before(number, frame)
        elif before is signal.SIG_DFL:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.raise_signal(signal.SIGTERM)

    signal.signal(signal.SIGTERM, note)


def _health_url(name: str, settings: Settings) -> str | None:
    if name == "web":
        return f"http://127.0.0.1:{settings.port}/health/ready"
    if name == "gateway":
        return f"http://127.0.0.1:{settings.gateway_port}/health/ready"
    if name == "graph":
        return f"http://127.0.0.1:{settings.graph_port}/health/ready"
    if name == "cosigner":
        return f"http://127.0.0.1:{settings.cosigner_port}/health/ready"
    return None


def _ask(url: str) -> str | None:
    try:
        answer = httpx.get(url, timeout=PROBE_TIMEOUT_S, trust_env=False)
    except httpx.HTTPError as error:
        return f"no answer at {url} ({type(error).__name__})"
    return None if answer.status_code == 200 else f"{url} answers {answer.status_code}: {answer.text[:500]}"


def _missing_sign_of_life(name: str) -> str | None:
    pattern = f"health:{name}:{socket.gethostname()}:*"
    try:
        signs = list(get_redis().scan_iter(match=pattern, count=1000))
    except RedisError as error:
        return f"Redis is not reachable ({type(error).__name__})"
    return None if signs else "no sign of life in the last 30 seconds"
