"""The catalog's pages with a catalog in them, in both themes, wide and narrow."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import ROOT, Stack
from tests.e2e.pages.test_pages import LOOKS, check_page, open_page
from tests.e2e.people import sign_in, watch_console

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

MAKE = (
    "from omnisonic.core.demo.service import make_catalog;"
    "from omnisonic.studio.demo.service import demo_host; make_catalog(demo_host())"
)


@pytest.fixture(scope="module", autouse=True)
def _catalog(stack: Stack) -> None:
    environment = {**os.environ, **stack.environment}
    subprocess.run([sys.executable, "-c", MAKE], cwd=ROOT, env=environment, check=True, timeout=120)


def open_entry(page: Page, query: str) -> None:
    """Open the first entry that a search finds."""
    page.goto(f"/catalog?{query}")
    title = query.rpartition("q=")[2].replace("+", " ")
    page.get_by_test_id("catalog-row").filter(has_text=title).first.click()
    expect(page.get_by_test_id("history-line").first).to_be_visible()
    in_the_news = re.compile("^/entities/(artist|work|recording)/[0-9a-f-]{36}$")
    expect(page.get_by_test_id("to-news")).to_have_attribute("href", in_the_news)


@pytest.mark.parametrize(("theme", "size"), LOOKS)
def test_pages_of_the_catalog(new_context: Callable[..., BrowserContext], theme: str, size: str) -> None:
    page = open_page(new_context, theme, size)
    complaints = watch_console(page)
    sign_in(page, f"catalog-{theme}-{size}@example.org", then="/catalog")
    for kind in ("works", "recordings", "people"):
        page.get_by_test_id(f"kind-{kind}").click()
        expect(page.get_by_test_id("catalog-place")).to_be_visible()
        check_page(page)
    page.get_by_test_id("kind-works").click()
    page.get_by_test_id("filter-conflicts").click()
    expect(page.get_by_test_id("catalog-row")).to_have_text(["Glass Orchard"])
    check_page(page)
    page.get_by_test_id("catalog-row").click()
    expect(page.get_by_test_id("share-conflict")).to_be_visible()
    check_page(page)
    page.get_by_test_id("recording-row").get_by_role("link").click()
    expect(page.get_by_test_id("credit")).to_have_count(1)
    check_page(page)
    page.get_by_test_id("credit").get_by_role("link").click()
    expect(page.get_by_test_id("account-of-person")).to_be_visible()
    check_page(page)
    open_entry(page, "q=Copper+Rain")
    expect(page.get_by_test_id("license-timeline")).to_be_visible()
    check_page(page)
    page.goto("/catalog/works/00000000-0000-0000-0000-000000000000")
    expect(page.get_by_test_id("no-entry")).to_be_visible()
    check_page(page)
    page.goto("/catalog/link/nothing")
    expect(page.get_by_test_id("link-refused")).to_be_visible()
    check_page(page)

    page.goto("/catalog")
    page.get_by_test_id("new").click()
    page.get_by_test_id("work-title").fill("سماء")
    check_page(page)
    page.get_by_test_id("save-work-title").click()
    page.get_by_test_id("add-shares").click()
    page.get_by_test_id("share-person-input").fill("mira")
    expect(page.get_by_test_id("share-person-row").first).to_be_visible()
    check_page(page)
    page.get_by_test_id("share-person-row").first.click()
    page.get_by_test_id("edit-entry").click()
    expect(page.get_by_test_id("entry-form")).to_be_visible()
    check_page(page)
    assert complaints == []
