"""The `web` process: pages, Reflex's socket and the REST API on one port, nothing compiled at start."""

from __future__ import annotations

import os
import sys

from omnisonic.platform.embedded import frontend
from omnisonic.platform.embedded.listen import listen_host
from omnisonic.platform.settings import SettingsError, get_settings

STOP_AFTER_S = 3  # open sockets do not end by themselves

SERVE_BUILT = {
    "REFLEX_ENV_MODE": "prod",
    "REFLEX_TELEMETRY_ENABLED": "false",
    "REFLEX_CHECK_LATEST_VERSION": "false",
    "__REFLEX_SKIP_COMPILE": "true",
    "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "true",
}


def run() -> None:
    """Serve until SIGTERM; raises `SettingsError` when the front end was never built."""
    settings = get_settings()
    if not (frontend.OUTPUT / "index.html").exists():
        raise SettingsError("The front end is not built. Run `make build` first.")
    os.chdir(frontend.ROOT)
    os.environ.update(SERVE_BUILT)
    sys.path.insert(0, str(frontend.ROOT))
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    server = Server(
        target="omnisonic.omnisonic:app",
        factory=True,
        address=listen_host(settings),
        port=settings.port,
        interface=Interfaces.ASGI,
        workers=1,
        log_level=LogLevels.warning,
        workers_kill_timeout=STOP_AFTER_S,
    )
    server.serve()
