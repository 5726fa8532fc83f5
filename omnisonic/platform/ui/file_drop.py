"""Choosing and sending a file in the browser: what the components that take files have in common.

Their own sources import its parts from `$/public/external/omnisonic/platform/ui/file_drop/file_drop.jsx`.
"""

from __future__ import annotations

import reflex as rx

from omnisonic.platform.settings import get_settings
from omnisonic.platform.ui.sources import link_source

link_source(__name__, "file_drop.jsx")


class FileLimits(rx.State):
    """What the settings allow; read at run time, so that no build holds it."""

    @rx.var
    def catalog_bytes(self) -> int:
        """BULK_IMPORT_MAX_FILE_SIZE_MB: catalogs and statements of usage."""
        return get_settings().bulk_import_max_file_size_mb << 20


class FileTaker(rx.NoSSRComponent):
    """A component that takes a file of at most `max_bytes`; a larger one is refused before it is sent."""

    is_default = False

    max_bytes: rx.Var[int]
