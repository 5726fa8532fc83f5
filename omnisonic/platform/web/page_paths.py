"""A page has one address, without a slash at its end; the built document lies in a folder of that name."""

from __future__ import annotations

from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send


class PagePaths:
    """Serves `/about` from `about/index.html` at once, where the file server would redirect to `/about/`."""

    def __init__(self, app: ASGIApp, *, build_dir: Path) -> None:
        self.app = app
        self.build_dir = build_dir.resolve()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, with the path of the built document."""
        if scope["type"] == "http" and scope["method"] in {"GET", "HEAD"} and self._is_page(scope["path"]):
            path = f"{scope['path']}/"
            scope = {**scope, "path": path, "raw_path": path.encode()}
        await self.app(scope, receive, send)

    def _is_page(self, path: str) -> bool:
        if path.endswith("/") or "\x00" in path or len(path) > 512:
            return False
        document = (self.build_dir / path.lstrip("/") / "index.html").resolve()
        return document.is_relative_to(self.build_dir) and document.is_file()
