"""Settings to `rx.Config`; no logic."""

import reflex as rx

from omnisonic.platform.embedded.same_origin import SameOriginPlugin
from omnisonic.platform.settings import get_settings

settings = get_settings()

config = rx.Config(
    app_name="omnisonic",
    redis_url=settings.redis_url.get_secret_value() if settings.redis_url else None,
    state_manager_mode="redis" if settings.redis_url else "memory",
    cors_allowed_origins=settings.allowed_origins,
    trusted_proxy_hops=settings.trusted_proxy_hops,
    telemetry_enabled=False,
    show_built_with_reflex=False,
    plugins=[SameOriginPlugin()],
    disable_plugins=[rx.plugins.SitemapPlugin],
)
