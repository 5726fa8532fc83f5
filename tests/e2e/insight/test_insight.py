"""From what is up to an article, its evidence, a correction and the figures; and how the pages look."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Stack
from tests.e2e.insight.news import bring_news, make_analyst
from tests.e2e.pages.test_pages import LOOKS, check_page, open_page
from tests.e2e.people import be_signed_in, sign_in, watch_console

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Locator, Page

NewContext = Callable[..., "BrowserContext"]
ARTIST = "Mira Solheim"


@pytest.fixture(scope="module", autouse=True)
def _news(stack: Stack) -> None:
    bring_news(stack)


def drawn(page: Page) -> Locator:
    """The lines of the chart, once they are there."""
    return page.get_by_test_id("mentions").locator(".scatterlayer .trace")


def test_from_a_trend_to_a_correction_and_a_file(page: Page, stack: Stack) -> None:
    complaints = watch_console(page)
    be_signed_in(page, "analyst@example.org")
    make_analyst(stack, "analyst@example.org")

    # Two clicks from what is up to an article with its evidence.
    page.goto("/trends?count=mentions")
    row = page.get_by_test_id("trend").filter(has=page.get_by_role("link", name=ARTIST, exact=True))
    before = row.get_by_test_id("trend-articles").inner_text()
    row.get_by_test_id("trend-article").first.click()
    drawer = page.get_by_test_id("articles")
    link = drawer.get_by_test_id("link").filter(has=page.get_by_role("link", name=ARTIST, exact=True))
    expect(link.get_by_test_id("link-band")).to_have_text(re.compile(r"(high|medium|low), (over )?\d+%"))
    expect(link.get_by_test_id("evidence").get_by_role("listitem").first).to_be_visible()

    # A rejected link leaves the list behind the drawer at once; undo brings it back.
    link.get_by_test_id("reject-link").click()
    expect(drawer.get_by_test_id("corrected")).to_contain_text(f"no longer linked to {ARTIST}")
    expect(link).to_contain_text("Rejected")
    expect(row.get_by_test_id("trend-articles")).not_to_have_text(before, use_inner_text=True)
    drawer.get_by_test_id("undo-correction").click()
    expect(link.get_by_test_id("link-band")).to_be_visible()
    expect(row.get_by_test_id("trend-articles")).to_have_text(before, use_inner_text=True)
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()

    # A filter is part of the address, and so of the figures and of the file.
    page.goto("/analytics")
    expect(drawn(page).first).to_be_attached()
    page.get_by_test_id("find-entity-input").fill(ARTIST)
    page.get_by_test_id("find-entity-row").filter(has_text="artist").first.click()
    expect(page).to_have_url(re.compile(r"entityType=artist&entityId=[0-9a-f-]{36}"))
    expect(page.get_by_test_id("entity-chip")).to_contain_text(ARTIST)
    page.get_by_test_id("filter-days").select_option("7")
    expect(page).to_have_url(re.compile(r"[?&]days=7"))
    page.reload()
    expect(page.get_by_test_id("mentions-summary")).to_contain_text("in 7 days")
    expect(page.get_by_test_id("mentions-line")).to_have_text([ARTIST])
    with page.expect_download() as download:
        page.get_by_test_id("mentions-csv").click()
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    rows = [line for line in csv.DictReader(io.StringIO(text)) if line["name"] == ARTIST]
    assert len(rows) == 7
    page.get_by_test_id("mentions-data").click()
    cells = page.get_by_test_id("mentions-table").locator("tbody td")
    expect(cells).to_have_text([line["value"] for line in reversed(rows)])
    with page.expect_download() as download:
        page.get_by_test_id("mentions-png").click()
    assert Path(download.value.path()).read_bytes().startswith(b"\x89PNG")
    with page.expect_download() as download:
        page.get_by_test_id("report-pdf").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")
    assert complaints == []


@pytest.mark.parametrize(("theme", "size"), LOOKS)
def test_pages_of_insight(new_context: NewContext, theme: str, size: str) -> None:
    page = open_page(new_context, theme, size)
    complaints = watch_console(page)
    sign_in(page, f"insight-{theme}-{size}@example.org", then="/trends")
    expect(page.get_by_test_id("trend").first).to_be_visible()
    check_page(page)
    page.get_by_test_id("trend").first.get_by_test_id("follow").click()
    expect(page.get_by_test_id("trend").first.get_by_test_id("follow")).to_have_text("Following")
    page.get_by_test_id("trend-articles").first.click()
    expect(page.get_by_test_id("article-line").first).to_be_visible()
    check_page(page)
    page.get_by_test_id("article-line").first.click()
    expect(page.get_by_test_id("link").first).to_be_visible()
    check_page(page)
    page.keyboard.press("Escape")

    page.goto("/analytics")
    expect(drawn(page).first).to_be_attached()
    for name in ("mentions", "genres", "network"):
        page.get_by_test_id(f"{name}-data").click()
        expect(page.get_by_test_id(f"{name}-table")).to_be_visible()
    check_page(page)
    page.get_by_test_id("mentions-line").first.click()
    expect(page.get_by_test_id("entity-head")).to_be_visible()
    expect(page.get_by_test_id("entity-article").first).to_be_visible()
    check_page(page)
    for tab, landmark in (("names", "name"), ("corrections", "no-corrections"), ("stoplist", "no-stops")):
        page.goto(f"/tagging?tab={tab}")
        expect(page.get_by_test_id(landmark).or_(page.get_by_test_id("correction")).first).to_be_visible()
        check_page(page)
    page.goto("/entities/artist/00000000-0000-0000-0000-000000000000")
    expect(page.get_by_test_id("entity-missing")).to_be_visible()
    assert complaints == []
