"""From a title to a registered work: people, shares that reach the whole, a recording, found again."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.people import sign_in, watch_console

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

WORK = re.compile(r"/catalog/works/[0-9a-f-]{36}$")


def new_work(page: Page, title: str) -> str:
    """Register a work from the list; its address once it is open."""
    page.get_by_test_id("new").click()
    page.get_by_test_id("work-title").fill(title)
    page.get_by_test_id("save-work-title").click()
    expect(page).to_have_url(WORK)
    expect(page.get_by_test_id("entry-title")).to_have_value(title)
    return page.url


def add_person(page: Page, name: str) -> None:
    """Add someone who is not known yet to the shares, by keyboard."""
    page.get_by_test_id("share-person-input").fill(name)
    expect(page.get_by_test_id("share-person-new")).to_be_visible()
    page.keyboard.press("ArrowUp")  # the last choice: someone new
    page.keyboard.press("Enter")


def test_from_a_title_to_a_recording_that_is_found(page: Page) -> None:
    complaints = watch_console(page)
    sign_in(page, "writer@example.org", then="/catalog")
    address = new_work(page, "Quiet Ferries")
    work_id = address.rpartition("/")[2]
    expect(page.get_by_test_id("no-shares")).to_be_visible()

    page.get_by_test_id("add-shares").click()
    for name in ("Edda Holm", "Karim Sand", "Yuki Mori"):
        add_person(page, name)
    expect(page.get_by_test_id("share-row")).to_have_count(3)
    page.get_by_test_id("share-percent").nth(1).fill("1/3")
    expect(page.get_by_test_id("share-total")).to_contain_text("too much")
    page.get_by_test_id("share-evenly").click()
    expect(page.get_by_test_id("share-total")).to_contain_text("Adds up to 100 %")
    page.get_by_test_id("share-save").click()
    expect(page.get_by_test_id("share-line")).to_have_count(3)
    expect(page.get_by_test_id("share-sum")).to_contain_text("100 %")
    expect(page.get_by_test_id("history-line").first).to_contain_text("set the shares")

    page.get_by_test_id("edit-entry").click()
    page.get_by_test_id("field-iswc").fill("T-034.524.680-2")
    page.get_by_test_id("save-entry").click()
    expect(page.get_by_test_id("problem-iswc")).to_contain_text("call for 1")
    page.get_by_test_id("field-iswc").fill("T-034.524.680-1")
    page.get_by_test_id("field-genres").fill("Sea shanty, Folk")
    page.get_by_test_id("save-entry").click()
    expect(page.get_by_test_id("iswc")).to_have_text("T-034.524.680-1")

    page.get_by_test_id("add-recording").click()
    page.get_by_test_id("recording-artist").fill("Edda Holm feat. Yuki Mori")
    page.get_by_test_id("recording-isrc").fill("QZ-K1T-26-0O001")
    page.get_by_test_id("save-recording").click()
    expect(page.get_by_test_id("recording-problem")).to_contain_text("“O”")
    page.get_by_test_id("recording-isrc").fill("qz-k1t-26-00001")
    page.get_by_test_id("recording-length").fill("3:35")
    page.get_by_test_id("save-recording").click()
    expect(page.get_by_test_id("recording-row")).to_have_count(1)
    expect(page.get_by_test_id("recording-dialog")).to_be_hidden()

    page.get_by_test_id("recording-row").get_by_role("link").click()
    expect(page.get_by_test_id("credit")).to_have_text(["EHEdda Holm", "YMYuki Mori"])
    expect(page.get_by_test_id("work-link")).to_have_text("Quiet Ferries")
    described = page.request.get(f"/api/catalog/works/{work_id}.jsonld")
    assert described.headers["content-type"].startswith("application/ld+json")
    assert described.json()["recordedAs"][0]["name"] == "Quiet Ferries"

    page.goto("/catalog")
    page.get_by_test_id("catalog-search").fill("quite feries")
    expect(page).to_have_url(re.compile(r"q=quite\+feries"))
    expect(page.get_by_test_id("catalog-row")).to_have_text(["Quiet Ferries"])
    page.get_by_test_id("filter-conflicts").click()
    expect(page.get_by_test_id("no-match")).to_be_visible()
    page.go_back()
    expect(page.get_by_test_id("catalog-row")).to_have_text(["Quiet Ferries"])

    page.keyboard.press("Control+k")
    page.get_by_test_id("palette-input").fill("Quiet Ferries")
    expect(page.get_by_role("option", name="Quiet Ferries").first).to_be_visible()
    page.get_by_role("option", name="Quiet Ferries").first.click()
    expect(page).to_have_url(address)
    assert complaints == []


def test_changes_of_others_are_seen_at_once_and_no_words_are_lost(
    new_context: Callable[..., BrowserContext],
) -> None:
    writer, other = new_context().new_page(), new_context().new_page()
    complaints = watch_console(writer)
    sign_in(writer, "first@example.org", then="/catalog")
    address = new_work(writer, "Two at One Table")
    path = address.partition("//")[2].partition("/")[2]
    sign_in(other, "first@example.org", then=f"/{path}")
    expect(other.get_by_test_id("entry-title")).to_have_value("Two at One Table")

    writer.get_by_test_id("edit-entry").click()
    writer.get_by_test_id("field-description").fill("Mine")
    other.get_by_test_id("entry-title").fill("Two at the Table")
    other.keyboard.press("Enter")
    expect(other.get_by_test_id("history-line").first).to_contain_text("“Two at the Table”")

    expect(writer.locator("h1")).to_have_text("Two at the Table")  # by the subscription: nothing was reloaded
    expect(writer.get_by_test_id("behind")).to_be_visible()
    expect(writer.get_by_test_id("field-description")).to_have_value("Mine")
    writer.get_by_test_id("save-entry").click()
    expect(writer.get_by_test_id("entry-form")).to_have_count(0)
    expect(writer.get_by_test_id("about-work")).to_contain_text("Mine")
    expect(other.get_by_test_id("about-work")).to_contain_text("Mine")
    expect(writer.get_by_test_id("entry-title")).to_have_value("Two at the Table")

    writer.get_by_test_id("edit-entry").click()
    other.get_by_test_id("edit-entry").click()
    writer.get_by_test_id("field-description").fill("Written by the one")
    other.get_by_test_id("field-description").fill("Written by the other")
    other.get_by_test_id("save-entry").click()
    expect(other.get_by_test_id("about-work")).to_contain_text("Written by the other")
    writer.get_by_test_id("save-entry").click()
    expect(writer.get_by_test_id("clash")).to_contain_text("Written by the other")
    writer.get_by_test_id("keep-mine").click()
    expect(writer.get_by_test_id("about-work")).to_contain_text("Written by the one")
    expect(other.get_by_test_id("about-work")).to_contain_text("Written by the one")
    assert complaints == []
