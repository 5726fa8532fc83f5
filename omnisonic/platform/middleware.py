"""What every request of the web process passes through, pages and sockets included."""

from __future__ import annotations

import os
from pathlib import Path

from starlette.types import ASGIApp

from omnisonic.platform.page_gate import PageGate
from omnisonic.platform.problems import UnknownErrors
from omnisonic.platform.security_headers import SecurityHeaders
from omnisonic.platform.settings import get_settings
from omnisonic.platform.web.body_limit import FEED_LIST_MAX_BYTES, BodyLimit
from omnisonic.platform.web.correlation import Correlation
from omnisonic.platform.web.origin_check import OriginCheck
from omnisonic.platform.web.page_paths import PagePaths
from omnisonic.platform.web.proxy import TrustedProxies
from omnisonic.platform.web.tracing import Tracing

UPLOAD_PATHS = ("/api/upload", "/storage/")
IMPORT_PATHS = ("/ingest/isrc/bulk", "/ingest/isrc/bulk/preview", "/api/usage")
FEED_LIST_PATHS = ("/api/feeds/opml",)


def wrap(app: ASGIApp) -> ASGIApp:
    """The application behind our middleware; the last `api_transformer` of `rx.App`.

    Read from the bottom: the last one is the outermost.
    """
    settings = get_settings()
    app = PagePaths(app, build_dir=built_front_end())
    app = PageGate(app)
    app = OriginCheck(app, allowed_origins=settings.allowed_origins)
    app = BodyLimit(
        app,
        {
            UPLOAD_PATHS: settings.upload_max_bytes,
            IMPORT_PATHS: settings.bulk_import_max_file_size_mb * 1024 * 1024,
            FEED_LIST_PATHS: FEED_LIST_MAX_BYTES,
        },
    )
    app = UnknownErrors(app)
    app = SecurityHeaders(app, settings=settings, build_dir=built_front_end())
    app = Correlation(Tracing(app))
    return TrustedProxies(app, hops=settings.trusted_proxy_hops)


def built_front_end() -> Path:
    """Where the front-end build leaves its documents."""
    return Path(os.environ.get("REFLEX_WEB_WORKDIR", ".web")) / "build" / "client"
