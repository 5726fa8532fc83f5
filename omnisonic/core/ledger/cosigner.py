"""The process `cosigner`: a small HTTP server before `Cosigner`."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from redis.exceptions import RedisError

from omnisonic.core.ledger.cosigning import TEXT_TYPE, Answer, Cosigner
from omnisonic.core.ledger.keys import cosigner_folder, cosigner_signer
from omnisonic.core.ledger.witness import ADD_CHECKPOINT, VKEY_HEADER
from omnisonic.platform.embedded.listen import ANY, LOCAL_NAMES
from omnisonic.platform.embedded.ports import LOOPBACK
from omnisonic.platform.errors import OmnisonicError, ServiceUnavailable
from omnisonic.platform.logging import configure_logging, get_logger
from omnisonic.platform.process import StopSignal
from omnisonic.platform.settings import Settings, get_settings
from omnisonic.platform.vitals import beat

PROCESS = "cosigner"
BODY_MAX_BYTES = 64 * 1024
SOCKET_TIMEOUT_S = 10
BEAT_S = 10.0
LIVE_PATHS = {"/", "/healthz", "/health/live", "/health/ready"}

log = get_logger(__name__)


def make_cosigner() -> Cosigner:
    """The cosigner of this installation's log. Raises `LedgerKeyUnusable`."""
    settings = get_settings()
    return Cosigner(
        cosigner_signer(),
        cosigner_folder(),
        origin=settings.ledger_origin,
        may_pin=not settings.is_production,
    )


def make_server(cosigner: Cosigner, *, host: str, port: int) -> ThreadingHTTPServer:
    """A server that is bound and not serving yet."""

    class Handler(_Handler):
        answerer = cosigner

    return ThreadingHTTPServer((host, port), Handler)


def run() -> None:
    """Serve until SIGTERM or SIGINT."""
    configure_logging(PROCESS)
    stop = StopSignal.installed()
    settings = get_settings()
    server = make_server(make_cosigner(), host=_host(settings), port=settings.cosigner_port)
    threading.Thread(target=server.serve_forever, name="cosigner-http", daemon=True).start()
    log.info("cosigner_started", port=settings.cosigner_port)
    _say_alive()
    while not stop.wait(BEAT_S):
        _say_alive()
    server.shutdown()
    log.info("cosigner_stopped")


class _Handler(BaseHTTPRequestHandler):
    """Two paths to read, one to ask for a signature."""

    answerer: Cosigner
    timeout = SOCKET_TIMEOUT_S
    protocol_version = "HTTP/1.1"
    server_version = "omnisonic-cosigner"
    sys_version = ""

    def do_GET(self) -> None:
        """Signs of life, and the public key."""
        if self.path in LIVE_PATHS:
            self._send(Answer(200, '{"ok":true}\n', "application/json"))
        elif self.path == "/vkey":
            self._send(Answer(200, f"{self.answerer.signer.verifier.vkey}\n"))
        else:
            self._send(Answer(404, "there is nothing here\n"))

    def do_POST(self) -> None:
        """`POST /add-checkpoint`."""
        if self.path != ADD_CHECKPOINT:
            self._send(Answer(404, "there is nothing here\n"))
            return
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > BODY_MAX_BYTES:
            self.close_connection = True  # the body stays unread
            self._send(Answer(413 if length.isdecimal() else 411, "a body of at most 64 KiB is needed\n"))
            return
        body = self.rfile.read(int(length))
        try:
            self._send(self.answerer.add_checkpoint(body, offered_vkey=self.headers.get(VKEY_HEADER)))
        except (OmnisonicError, OSError) as error:
            log.exception("cosigning_failed", error=str(error))
            self._send(Answer(500, "the cosigner cannot sign now; its log says why\n"))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's name)
        """Requests go to our own log."""
        log.debug("cosigner_request", line=format % args)

    def _send(self, answer: Answer) -> None:
        content = answer.body.encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type or TEXT_TYPE)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _host(settings: Settings) -> str:
    name = urlsplit(settings.cosigner_url or "").hostname or "localhost"
    return LOOPBACK if name in LOCAL_NAMES else ANY


def _say_alive() -> None:
    try:
        beat(PROCESS)
    except (RedisError, ServiceUnavailable) as error:  # it signs without Redis as well
        log.debug("heartbeat_missed", error=str(error))
