"""What takes and gives back a lock does both, whoever stops waiting for it."""

from __future__ import annotations

import asyncio

import pytest

from omnisonic.platform.ui.unbroken import unbroken


def test_work_ends_although_its_waiter_was_cancelled() -> None:
    async def run() -> list[str]:
        steps: list[str] = []
        begun, go_on, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

        async def work() -> None:
            steps.append("taken")
            begun.set()
            await go_on.wait()
            steps.append("given back")
            ended.set()

        waiter = asyncio.create_task(unbroken(work()))
        await begun.wait()
        waiter.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiter
        go_on.set()
        await ended.wait()
        return steps

    assert asyncio.run(run()) == ["taken", "given back"]


def test_what_it_returns_and_raises_goes_through() -> None:
    async def answer() -> int:
        return 7

    async def fail() -> None:
        raise ValueError("no")

    assert asyncio.run(unbroken(answer())) == 7
    with pytest.raises(ValueError, match="no"):
        asyncio.run(unbroken(fail()))
