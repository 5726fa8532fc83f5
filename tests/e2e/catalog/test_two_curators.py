"""Two accounts at one catalog: duplicates merged, numbers preferred, shares and performers that clash."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.catalog.test_catalog_journey import add_person, new_work
from tests.e2e.people import sign_in, watch_console

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page


def set_shares(page: Page, opener: str, name: str, percent: str) -> None:
    page.get_by_test_id(opener).click()
    if opener == "add-shares":
        expect(page.get_by_test_id("share-editor")).to_be_focused()
        add_person(page, name)
    expect(page.get_by_test_id("share-row")).to_have_count(1)
    page.get_by_test_id("share-percent").fill(percent)


def save_shares(page: Page, percent: str) -> None:
    page.get_by_test_id("share-save").click()
    expect(page.get_by_test_id("share-sum")).to_contain_text(percent)


def set_iswc(page: Page, iswc: str) -> None:
    page.get_by_test_id("edit-entry").click()
    page.get_by_test_id("field-iswc").fill(iswc)
    page.get_by_test_id("save-entry").click()
    expect(page.get_by_test_id("iswc")).to_have_text(iswc)


def test_what_two_people_do_to_one_work(new_context: Callable[..., BrowserContext]) -> None:
    nora, otto = new_context().new_page(), new_context().new_page()
    complaints = [watch_console(nora), watch_console(otto)]
    sign_in(nora, "nora@example.org", then="/catalog")
    kept = new_work(nora, "Paper Lantern Waltz")
    set_shares(nora, "add-shares", "Nora Lind", "100")
    save_shares(nora, "100 %")
    set_iswc(nora, "T-444.555.666-6")
    nora.goto("/catalog")
    gone = new_work(nora, "Paper Lantern Waltzes")
    set_shares(nora, "add-shares", "Nora Lind", "100")
    nora.locator("a[href='/licenses']").first.click()
    expect(nora.get_by_test_id("leave-dialog")).to_be_visible()  # what is typed is not lost by one click
    nora.get_by_test_id("leave-stay").click()
    save_shares(nora, "100 %")
    set_iswc(nora, "T-123.456.789-4")

    sign_in(otto, "otto@example.org", then="/" + gone.split("/", 3)[3])
    expect(otto.get_by_test_id("entry-title")).to_have_text("Paper Lantern Waltzes")
    nora.reload()
    nora.get_by_test_id("compare").click()
    expect(nora.get_by_test_id("merge-dialog")).to_contain_text("0 licenses")
    nora.get_by_test_id("survivor").nth(1).check()
    nora.get_by_test_id("merge").click()
    expect(nora).to_have_url(kept)
    expect(otto.get_by_test_id("entry-title")).to_have_text(
        "Paper Lantern Waltz"
    )  # live, for another account
    nora.get_by_test_id("prefer-identifier").click()
    expect(nora.get_by_test_id("iswc")).to_have_text("T-123.456.789-4")
    expect(nora.get_by_label("Identifiers", exact=True)).to_be_focused()

    other_tab = nora.context.new_page()
    other_tab.goto(kept)
    expect(other_tab.get_by_test_id("share-line")).to_have_count(1)
    set_shares(nora, "edit-shares", "", "40")
    set_shares(other_tab, "edit-shares", "", "70")
    save_shares(other_tab, "70 %")
    nora.get_by_test_id("share-save").click()
    expect(nora.get_by_test_id("share-clash")).to_be_visible()
    expect(nora.get_by_test_id("share-percent")).to_have_value("40")
    nora.get_by_test_id("overwrite-shares").click()
    expect(nora.get_by_test_id("share-sum")).to_contain_text("40 %")
    expect(nora.get_by_role("heading", name="Shares")).to_be_focused()
    expect(other_tab.get_by_test_id("share-sum")).to_contain_text("40 %")

    nora.get_by_test_id("add-recording").click()
    nora.get_by_test_id("recording-artist").fill("Alma feat. Bent")
    nora.get_by_test_id("save-recording").click()
    expect(nora.get_by_test_id("add-recording")).to_be_focused()  # the dialog gave the focus back
    nora.get_by_test_id("recording-row").get_by_role("link").click()
    nora.get_by_test_id("edit-credits").click()
    nora.get_by_test_id("credit-person-input").fill("Cara")
    expect(nora.get_by_test_id("credit-person-new")).to_be_visible()
    nora.keyboard.press("ArrowUp")
    nora.keyboard.press("Enter")
    nora.get_by_test_id("credit-up").nth(2).click()
    nora.get_by_test_id("credit-remove").first.click()
    expect(nora.get_by_test_id("credit-line")).to_have_value("Cara feat. Bent")
    nora.get_by_test_id("credit-save").click()
    expect(nora.get_by_test_id("artist")).to_have_text("Cara feat. Bent")
    assert complaints == [[], []]
