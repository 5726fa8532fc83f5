"""Whether this process lives, whether it can serve, and what it is."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter(tags=["health"])


@router.get("/healthz", operation_id="healthz")
async def healthz() -> dict[str, bool]:
    """The process answers."""
    return {"ok": True}
