"""Makes the pages talk to the host they were loaded from, whatever its name, port and scheme.

Reflex writes the server's address into the build; one build has to serve every address.
"""

from __future__ import annotations

from typing import Any

import reflex as rx

STATE_SCRIPT = "utils/state.js"
BAKED = "    SAME_DOMAIN_HOSTNAMES.includes(endpoint.hostname)\n  ) {\n"
FROM_PAGE = """    true
  ) {
    // The page's own origin, read when the page runs.
    const secure = window.location.protocol === "https:";
    const socket = endpoint.protocol.startsWith("ws");
    const origin = new URL(endpoint.pathname, window.location.href);
    origin.protocol = socket ? (secure ? "wss:" : "ws:") : window.location.protocol;
    return origin;
"""


class SameOriginPlugin(rx.plugins.Plugin):
    """Rewrites `getBackendURL` of the generated client."""

    def pre_compile(self, **context: Any) -> None:
        """Ask for the rewrite after the client was generated."""
        context["add_modify_task"](STATE_SCRIPT, use_page_origin)


def use_page_origin(script: str) -> str:
    """`script` with addresses taken from the page; raises `ValueError` when Reflex changed that place."""
    if FROM_PAGE in script:
        return script
    if script.count(BAKED) != 1:
        raise ValueError(
            f"Reflex's {STATE_SCRIPT} no longer has the line that fixes the server's address at build time. "
            "Look at getBackendURL in it and adapt omnisonic/platform/embedded/same_origin.py."
        )
    return script.replace(BAKED, FROM_PAGE)
