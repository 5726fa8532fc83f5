"""The generated client takes its addresses from the page, or the build fails."""

from __future__ import annotations

from pathlib import Path

import pytest
from reflex_base import constants

from omnisonic.platform.embedded.same_origin import FROM_PAGE, STATE_SCRIPT, use_page_origin

TEMPLATE = Path(constants.Templates.Dirs.WEB_TEMPLATE) / STATE_SCRIPT


def test_rewrites_the_client_of_the_installed_reflex() -> None:
    rewritten = use_page_origin(TEMPLATE.read_text())
    assert FROM_PAGE in rewritten
    assert rewritten.count("{") == TEMPLATE.read_text().count("{") + FROM_PAGE.count("{") - 1


def test_a_second_rewrite_changes_nothing() -> None:
    once = use_page_origin(TEMPLATE.read_text())
    assert use_page_origin(once) == once


def test_an_unknown_client_fails_the_build() -> None:
    with pytest.raises(ValueError, match="getBackendURL"):
        use_page_origin("export const getBackendURL = (url) => new URL(url);")
