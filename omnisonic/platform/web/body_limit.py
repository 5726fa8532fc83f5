"""No request body is larger than what its address is for."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from omnisonic.platform.errors import Malformed, OmnisonicError, TooLarge
from omnisonic.platform.problems import problem_response
from omnisonic.platform.web.headers import header

BODY_MAX_BYTES = 1024 * 1024
FEED_LIST_MAX_BYTES = 5 * 1024 * 1024
FORM_OVERHEAD_BYTES = 1024 * 1024  # boundaries and the other fields of an upload form


class BodyTooLarge(Exception):
    """Unwinds the application after its client has been told; never leaves `BodyLimit`."""


class BodyLimit:
    """Refuses by Content-Length at once, and counts what really arrives.

    `uploads` gives the largest file by paths; a path that ends in `/` stands for all below it.
    """

    def __init__(
        self,
        app: ASGIApp,
        uploads: Mapping[tuple[str, ...], int] | None = None,
        *,
        body_max_bytes: int = BODY_MAX_BYTES,
    ) -> None:
        self.app = app
        self.body_max_bytes = body_max_bytes
        self.uploads = [
            (path, file_max_bytes + FORM_OVERHEAD_BYTES)
            for paths, file_max_bytes in (uploads or {}).items()
            for path in paths
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on with a counting `receive`."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self._limit_of(scope["path"])
        refusal = _refusal_by_length(scope, limit)
        if refusal is not None:
            await _answer(refusal, scope)(scope, receive, send)
            return
        await _Counted(self.app, scope, receive, send, limit=limit).run()

    def _limit_of(self, path: str) -> int:
        for known, limit in self.uploads:
            if path == known or (known.endswith("/") and path.startswith(known)):
                return limit
        return self.body_max_bytes


class _Counted:
    """One request whose body is counted."""

    def __init__(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send, *, limit: int) -> None:
        self.app, self.scope, self.limit = app, scope, limit
        self.inner_receive, self.inner_send = receive, send
        self.size_bytes = 0
        self.started = False
        self.refused = False

    async def run(self) -> None:
        try:
            await self.app(self.scope, self.receive, self.send)
        except BodyTooLarge:
            if not self.refused:
                raise
        except Exception:
            if not self.refused:  # else: whatever the application made of its cut body is of no interest
                raise

    async def receive(self) -> Message:
        message = await self.inner_receive()
        if message["type"] == "http.request":
            self.size_bytes += len(message.get("body", b""))
        if self.size_bytes > self.limit:
            await self._refuse()
        return message

    async def send(self, message: Message) -> None:
        if self.refused:
            return
        self.started = self.started or message["type"] == "http.response.start"
        await self.inner_send(message)

    async def _refuse(self) -> None:
        if not self.started:
            self.refused = True
            answer = _answer(_too_large(self.limit), self.scope)
            await answer(self.scope, self.inner_receive, self.inner_send)
        raise BodyTooLarge


def _answer(refusal: OmnisonicError, scope: Scope) -> Response:
    answer = problem_response(refusal, instance=scope["path"])
    # The rest of the body is never read, so the client must not send its next request behind it.
    answer.headers["Connection"] = "close"
    return answer


def _refusal_by_length(scope: Scope, limit: int) -> OmnisonicError | None:
    declared = header(scope, b"content-length")
    if declared is None:
        return None
    if not (declared.isascii() and declared.isdigit()):
        return Malformed("The header Content-Length must be a number.")
    return _too_large(limit) if int(declared) > limit else None


def _too_large(limit: int) -> TooLarge:
    hint = TooLarge.advice if limit > BODY_MAX_BYTES else "Send less at once."
    megabytes = (limit - FORM_OVERHEAD_BYTES if limit > BODY_MAX_BYTES else limit) / 1024 / 1024
    return TooLarge(f"The limit here is {megabytes:g} MB. {hint}")
