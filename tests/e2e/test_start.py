"""The first page works in a real browser, under either name of this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.e2e.conftest import Stack


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_page_talks_to_the_host_it_came_from(page: Page, stack: Stack, host: str) -> None:
    address = stack.base_url.replace("localhost", host)

    with page.expect_websocket(lambda socket: "/_event" in socket.url) as opened:
        response = page.goto(address)

    assert response is not None
    assert response.ok
    assert opened.value.url.startswith(address.replace("http://", "ws://"))
