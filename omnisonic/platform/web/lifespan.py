"""Start and end of the web process; `rx.App.register_lifespan_task` runs it in each worker."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from omnisonic.platform import telemetry
from omnisonic.platform.auth.roles import announce_setup_code
from omnisonic.platform.db import dispose_engines, in_thread
from omnisonic.platform.health import mark_stopping, mark_stopping_on_sigterm
from omnisonic.platform.logging import configure_logging
from omnisonic.platform.process import keep_what_is_loaded

SERVICE = "studio-web"


@asynccontextmanager
async def web_lifespan() -> AsyncIterator[None]:
    """Logs and traces from the first request on; at the end nothing stays open or unsent."""
    configure_logging(SERVICE)
    telemetry.configure(SERVICE)
    if threading.current_thread() is threading.main_thread():
        mark_stopping_on_sigterm()
    await in_thread(announce_setup_code)
    keep_what_is_loaded()
    yield
    mark_stopping()
    await in_thread(telemetry.flush)
    await in_thread(dispose_engines)
