"""Every page, in both themes, wide and narrow: readable for all, nothing sideways, no complaints."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect

from tests.e2e.people import new_session, sign_in, watch_console

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

NewContext = Callable[..., "BrowserContext"]
VIEWPORTS = {"wide": {"width": 1440, "height": 900}, "phone": {"width": 375, "height": 812}}
PUBLIC = {
    "/": "demo-stem-drums",
    "/about": "to-api",
    "/signin": "credentials-form",
    "/confirm?token=none": "verify-confirm",
    "/verify": "proof-verifier",
    "/problems/not-found": "problem-title",
    "/problems/no-such-kind": "not-found",
}
PRIVATE = {
    "/exports": "no-exports",
    "/settings": "display-name",
    "/join/nothing": "join-refused",
    "/royalties": "no-statements",
    "/trends": "filters",
    "/analytics": "filters",
    "/tagging": "tab-names",
    "/alerts": "no-rules",
    "/alerts?tab=muted": "no-mutes",
}
VIOLATIONS = """async () => {
  const { violations } = await axe.run({ resultTypes: ["violations"] });
  return violations.map(({ id, nodes }) => [id, nodes.slice(0, 5).map((node) => node.html.slice(0, 200))]);
}"""
# Each theme and each size is seen once in the quick suite, every pair of them in the whole one.
LOOKS = [
    pytest.param("dark", "wide", id="dark-wide"),
    pytest.param("light", "phone", id="light-phone"),
    pytest.param("dark", "phone", id="dark-phone", marks=pytest.mark.slow),
    pytest.param("light", "wide", id="light-wide", marks=pytest.mark.slow),
]


def open_page(new_context: NewContext, theme: str, size: str) -> Page:
    """A page of this look; the theme is chosen by hand, so that the studio follows it as well."""
    context = new_context(viewport=VIEWPORTS[size], color_scheme=theme, reduced_motion="reduce")
    context.add_init_script(f"localStorage.setItem('theme', '{theme}')")
    return context.new_page()


def check_page(page: Page) -> None:
    """Nothing that axe finds, nothing to scroll sideways, one first heading."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    assert page.evaluate(VIOLATIONS) == [], page.url
    sideways_px = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert sideways_px == 0, page.url
    assert page.locator("h1").count() == 1, page.url


@pytest.mark.parametrize(("theme", "size"), LOOKS)
def test_public_pages(new_context: NewContext, theme: str, size: str) -> None:
    page = open_page(new_context, theme, size)
    complaints = watch_console(page)
    for path, landmark in PUBLIC.items():
        page.goto(path)
        expect(page.get_by_test_id(landmark)).to_be_visible()
        check_page(page)
    assert complaints == []


@pytest.mark.parametrize(("theme", "size"), LOOKS)
def test_pages_behind_sign_in(new_context: NewContext, theme: str, size: str) -> None:
    page = open_page(new_context, theme, size)
    complaints = watch_console(page)
    sign_in(page, f"look-{theme}-{size}@example.org")
    expect(page.get_by_test_id("no-sessions").or_(page.get_by_test_id("session-card").first)).to_be_visible()
    check_page(page)
    page.keyboard.press("Control+k")
    expect(page.get_by_test_id("palette-row").first).to_be_visible()
    check_page(page)
    page.keyboard.press("Escape")

    session_id = new_session(page)
    expect(page.get_by_test_id("export-form")).to_be_visible()
    expect(page.get_by_test_id("no-exports")).to_be_visible()
    check_page(page)
    page.get_by_test_id("tab-people").click()
    expect(page.get_by_test_id("member-row")).to_have_count(1)
    check_page(page)
    page.get_by_test_id("share").click()
    page.get_by_test_id("make-invite").click()
    expect(page.get_by_test_id("invite-url")).to_have_value(re.compile("/join/"))
    check_page(page)

    for path, landmark in PRIVATE.items():
        page.goto(path)
        expect(page.get_by_test_id(landmark)).to_be_visible()
        check_page(page)
    page.goto("/sessions")
    expect(page.locator(f"a[href$='{session_id}']")).to_be_visible()
    check_page(page)
    assert complaints == []


def test_unknown_address_says_so(page: Page) -> None:
    answer = page.goto("/no/such/page")
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_test_id("not-found")).to_be_visible()
    check_page(page)
