"""Operations take turns at the database, and one that was given up gives its turn back."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from sqlalchemy import text
from sqlmodel import Session

from graph_service.reads import Database, Reads
from omnisonic.platform.db import read_session


def one(session: Session) -> int:
    return int(session.execute(text("SELECT 1")).scalar_one())


def test_who_stops_waiting_for_a_turn_takes_none(db: None) -> None:
    async def run() -> list[int]:
        database = Database()
        database.turns = asyncio.Semaphore(1)
        first, second, third = (Reads(database, read_session) for _ in range(3))
        answers = [await first.run(one)]
        waiting = asyncio.create_task(second.run(one))  # a loader's: nobody cancels it
        await asyncio.sleep(0)
        second.close()  # its operation ran out of time
        first.close()
        with suppress(asyncio.CancelledError):
            await waiting
        async with asyncio.timeout(20):
            answers.append(await third.run(one))
        third.close()
        async with asyncio.timeout(20), database.turns:
            pass
        database.close()
        return answers

    assert asyncio.run(run()) == [1, 1]


def test_a_closed_operation_asks_no_more(db: None) -> None:
    async def run() -> bool:
        database = Database()
        reads = Reads(database, read_session)
        await reads.run(one)
        reads.close()
        try:
            await reads.run(one)
        except asyncio.CancelledError:
            return True
        finally:
            async with asyncio.timeout(20), database.turns:
                pass
            database.close()
        return False

    assert asyncio.run(run())
