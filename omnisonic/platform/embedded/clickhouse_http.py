"""ClickHouse's HTTP interface as an ASGI application in front of the engine."""

from __future__ import annotations

import asyncio
import tempfile
import traceback
from collections.abc import Awaitable, Callable
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import IO, TypeVar

import anyio
from anyio.to_thread import run_sync
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from omnisonic.platform.embedded.clickhouse_answers import IN_MEMORY_BYTES, About, Answer, Pieces, Spooled
from omnisonic.platform.embedded.clickhouse_engine import Engine, Order, Rows
from omnisonic.platform.embedded.clickhouse_errors import Refusal, from_engine, refuse
from omnisonic.platform.embedded.clickhouse_requests import MAX_BODY_BYTES, Ask, Credentials, Rest

READERS = 8
T = TypeVar("T")


class ClickHouseApp:
    """Reads run side by side; what changes something runs one after the other."""

    def __init__(self, engine: Engine, credentials: Credentials, spool: Path) -> None:
        self._engine = engine
        self._credentials = credentials
        self._spool = spool
        self._readers = anyio.CapacityLimiter(READERS)
        self._writer = anyio.CapacityLimiter(1)
        self._closers = anyio.CapacityLimiter(READERS)  # of their own: full readers must not keep them
        self._in_flight = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        self._in_flight += 1
        self._idle.clear()
        try:
            await self._route(scope, receive, send)
        except ClientDisconnect:
            return
        finally:
            self._in_flight -= 1
            if not self._in_flight:
                self._idle.set()

    async def drain(self, *, within_s: float) -> None:
        """Wait until nothing is being answered, or until the time is over."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), within_s)

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        path, method = scope["path"], scope["method"]
        if path == "/ping" or (path == "/" and method == "GET" and not scope["query_string"]):
            await PlainTextResponse("Ok.\n")(scope, receive, send)
        elif path != "/" or method not in {"GET", "POST"}:
            await PlainTextResponse(f"There is no handle {path}\n", 404)(scope, receive, send)
        else:
            await self._answer(Request(scope, receive), send)

    async def _answer(self, request: Request, send: Send) -> None:
        ask = Ask.of(request)
        about = About(ask.query_id, self._engine.timezone)
        try:
            self._credentials.check(*ask.credentials)
            answer = Answer(send, about, ask.encoding)
            with tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES, dir=str(self._spool)) as body:
                await self._receive(ask, request, body)
                order, rest = await self._read(lambda: ask.read(body))
                if order.statement.has_rows:
                    departure = Departure(request.receive, partial(self._cancel, order))
                    await self._send_rows(order, answer, departure, must_wait=ask.must_wait)
                else:
                    await self._change(order, rest, answer)
        except Refusal as refusal:
            await self._refuse(refusal, about)(request.scope, request.receive, send)
        except ClientDisconnect:
            raise
        except Exception as error:  # noqa: BLE001 (the edge of the process)
            traceback.print_exc()  # the log of the process: nobody else would see it
            await self._refuse(from_engine(error), about)(request.scope, request.receive, send)

    def _refuse(self, refusal: Refusal, about: About) -> PlainTextResponse:
        headers = {
            **{name.decode(): value.decode("latin-1") for name, value in about.headers()},
            "content-type": "text/plain; charset=UTF-8",
            "x-clickhouse-exception-code": str(refusal.code),
        }
        text = f"{refusal.message} (version {self._engine.version})\n"
        return PlainTextResponse(text, refusal.status, headers)

    async def _receive(self, ask: Ask, request: Request, body: IO[bytes]) -> None:
        """Read the body, to disk when it is large."""
        if ask.is_form:
            await ask.add_form(request)
            return
        size_bytes = 0
        async for piece in request.stream():
            size_bytes += len(piece)
            if size_bytes > MAX_BODY_BYTES:
                raise refuse(307, "QUERY_IS_TOO_LARGE", f"A request is at most {MAX_BODY_BYTES} bytes")
            body.write(piece)

    async def _change(self, order: Order, rest: Rest, answer: Answer) -> None:
        """Run what is not a read. It runs to its end, also when the caller has left."""
        printed = b""
        if order.statement.data_at is not None:
            summary = await run_sync(lambda: self._engine.insert(order, rest), limiter=self._writer)
        else:
            printed, summary = await run_sync(lambda: self._engine.change(order), limiter=self._writer)
        await answer.print(printed, summary)

    async def _send_rows(
        self, order: Order, answer: Answer, departure: Departure, *, must_wait: bool
    ) -> None:
        try:
            rows = await self._read(lambda: self._engine.rows(order))
        except Refusal:
            await departure.ignore()
            raise
        end = partial(self._end, rows, departure)
        try:
            if not must_wait:
                await self._pump(rows, rows, answer, departure, end)
                return
            with closing(await self._read(lambda: Spooled(rows, self._spool))) as whole:
                await self._pump(rows, whole, answer, departure, end)
        finally:
            await end()

    async def _pump(
        self,
        rows: Rows,
        pieces: Pieces,
        answer: Answer,
        departure: Departure,
        end: Callable[[], Awaitable[None]],
    ) -> None:
        """Send piece after piece. What fails before the first one is refused with its own status."""
        piece = await self._read(pieces.read)
        await answer.begin(rows.summary, rows.format)
        try:
            while piece and not departure.is_noticed:
                await answer.write(await self._read(partial(answer.encode, piece)))
                piece = await self._read(pieces.read)
        except Refusal as refusal:
            await end()
            await answer.fail(refusal, self._engine.version)
            return
        await end()  # before the end is sent: the session is free for the next request
        await answer.end(answer.encode(b""))

    async def _end(self, rows: Rows, departure: Departure) -> None:
        with anyio.CancelScope(shield=True):
            await departure.ignore()  # a late cancel would hit the session's next statement
            await run_sync(rows.close, limiter=self._closers)

    async def _cancel(self, order: Order) -> None:
        await run_sync(lambda: self._engine.cancel(order.token), limiter=self._closers)

    async def _read(self, work: Callable[[], T]) -> T:
        return await run_sync(work, limiter=self._readers)


class Departure:
    """Notices that the caller has left: nobody computes for one who is gone."""

    def __init__(self, receive: Receive, cancel: Callable[[], Awaitable[None]]) -> None:
        self.is_noticed = False
        self._receive = receive
        self._cancel = cancel
        self._watching = asyncio.create_task(self._watch())

    async def ignore(self) -> None:
        """From now on it does not matter; a cancel under way has ended when this returns."""
        if not self.is_noticed:
            self._watching.cancel()
        await asyncio.wait({self._watching})

    async def _watch(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            continue
        self.is_noticed = True
        await self._cancel()
