"""From a statement of a service to a closed cycle to a line that anyone can check."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from tests.e2e.conftest import ROOT
from tests.e2e.pages.test_pages import check_page, open_page
from tests.e2e.people import be_signed_in, call, sign_in, watch_console

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

NewContext = Callable[..., "BrowserContext"]
CURATOR, PAYEE = "royalties-curator@example.org", "royalties-payee@example.org"
SOURCE = "Northwind Audio"
CYCLE = "February 2019"
# The second row is one slip away from the song's code, the third has an amount nobody can read.
STATEMENT = """ISRC,Title,Artist,Territory,Period,Quantity,Amount,Currency
GBAYC1955501,Harbor Street,Rosa Vane,DE,2019-02,1000,12.345678901234,EUR
GBAYC1955507,Harbor Street,Rosa Vane,DE,2019-02,200,2.5,EUR
GBAYC1955501,Harbor Street,Rosa Vane,DE,2019-02,10,"1,50",EUR
"""
MAKE_SONG = """
import sys
from sqlmodel import select
from omnisonic.core.catalog.models import Contributor
from omnisonic.platform.actor import Actor, Role
from omnisonic.platform.auth.models import User
from omnisonic.platform.db import unit_of_work
from tests.integration.core.conftest import make_contributor, make_recording, make_work, set_shares, share

with unit_of_work() as uow:
    users = {one.email: one for one in uow.session.exec(select(User))}
    curator, payee = users[sys.argv[1]], users[sys.argv[2]].id
    actor = Actor(user_id=curator.id, display_name="C", email=curator.email, role=Role.CURATOR)
work = make_work(actor, "Harbor Street")
make_recording(actor, "Harbor Street", "Rosa Vane", isrc="GBAYC1955501", work_id=work.id)
rosa, otto = make_contributor(actor, "Rosa Vane"), make_contributor(actor, "Otto Lindqvist")
set_shares(actor, work, share(rosa, 666_667), share(otto, 333_333, "lyricist"))
with unit_of_work() as uow:
    uow.session.get(Contributor, rosa.id).user_id = payee
"""


def test_from_reported_usage_to_a_line_anyone_can_check(new_context: NewContext, stack: Any) -> None:
    page = open_page(new_context, "dark", "wide")
    complaints = watch_console(page)
    prepare(new_context, page, stack)
    open_cycle(page)

    other = page.context.new_page()
    other.goto("/royalties?tab=usage")
    other.get_by_test_id("usage-source").fill("Half a na")
    page.goto("/royalties?tab=usage")
    page.get_by_test_id("usage-source").fill(SOURCE)
    page.get_by_test_id("usage-file").set_input_files(
        {"name": "february.csv", "mimeType": "text/csv", "buffer": STATEMENT.encode()}
    )
    page.get_by_test_id("usage-send").click()
    row = page.get_by_test_id("usage-row").filter(has_text=SOURCE)
    expect(row.get_by_test_id("usage-status")).to_have_text("Booked")
    expect(row.get_by_test_id("usage-accepted")).to_have_text("2")
    # Nobody reloaded the other page, and what was typed there is left alone.
    heard = other.get_by_test_id("usage-row").filter(has_text=SOURCE)
    expect(heard.get_by_test_id("usage-status")).to_have_text("Booked")
    expect(other.get_by_test_id("usage-source")).to_have_value("Half a na")
    other.close()
    row.get_by_text("Why rows were refused").click()
    expect(row).to_contain_text("can be read in two ways")
    check_page(page)

    page.get_by_test_id("tab-matching").click()
    reported = page.get_by_test_id("match-row").filter(has_text="Harbor Street")
    expect(reported).to_contain_text("2.50\u00a0EUR")
    expect(reported.get_by_test_id("match-suggestion").first).to_contain_text("Rosa Vane")
    check_page(page)
    reported.get_by_test_id("match-confirm").first.click()
    expect(reported).to_have_count(0)

    close_cycle(page)
    check_proof_of_a_line(new_context, page, stack)
    check_rates_and_payouts(page)
    assert complaints == []


def prepare(new_context: NewContext, page: Page, stack: Any) -> None:
    """A curator, a payee and their song."""
    be_signed_in(new_context().new_page(), PAYEE)
    be_signed_in(page, CURATOR)
    environment = {**os.environ, **stack.environment, "OMNISONIC_DATA_DIR": str(stack.data_dir)}
    for arguments in (
        ["-m", "omnisonic", "user", "grant", CURATOR, "curator"],
        ["-c", MAKE_SONG, CURATOR, PAYEE],
    ):
        subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment, check=True, timeout=120)


def open_cycle(page: Page) -> None:
    """A cycle for the month: without it, its usage would go to the next cycle that is open."""
    page.goto("/royalties")
    page.get_by_test_id("open-cycle").first.click()
    for field, words in (
        ("name", CYCLE),
        ("first", "2019-02-01"),
        ("last", "2019-02-28"),
        ("currencies", "EUR"),
    ):
        page.get_by_test_id(f"cycle-{field}").fill(words)
    page.get_by_test_id("cycle-save").click()
    expect(page.get_by_test_id("cycle-row").filter(has_text=CYCLE)).to_contain_text("it can be closed")
    expect(page.get_by_test_id("cycle-form")).not_to_be_visible()
    check_page(page)


def close_cycle(page: Page) -> None:
    """Look at the money of the month, close it, and hash the log anew."""
    page.goto("/royalties")
    page.get_by_test_id("cycle-row").filter(has_text=CYCLE).get_by_role("link", name=CYCLE).click()
    expect(page.get_by_test_id("flow-summary")).to_have_text(
        "14.84\u00a0EUR from 1 source: 100 % to 2 parties"
    )
    expect(page.get_by_test_id("flow-node")).to_have_count(3)
    check_page(page)
    watcher = page.context.new_page()
    watcher.goto(page.url)
    expect(watcher.get_by_test_id("entry-row").first).to_be_visible()
    page.get_by_test_id("close-cycle").click()
    check_page(page)
    page.get_by_test_id("close-confirm").click()
    expect(page.get_by_test_id("checkpoint-root")).to_have_text(re.compile("[0-9a-f]{64}"))
    expect(page.get_by_test_id("close-dialog")).not_to_be_visible()
    expect(watcher.get_by_test_id("checkpoint-root")).to_be_visible()  # nobody reloaded it
    watcher.close()
    page.get_by_test_id("recompute").click()
    expect(page.get_by_test_id("root-verdict")).to_contain_text("the root is the signed one")
    check_page(page)


def check_rates_and_payouts(page: Page) -> None:
    """A rate that is none is refused and stays written; a payout is looked at with its rate first."""
    page.goto("/royalties?tab=rates")
    page.get_by_test_id("add-rate").click()
    for field, words in (("base", "EUR"), ("quote", "NOK"), ("rate", "11,5"), ("source", "Norges Bank")):
        page.get_by_test_id(f"rate-{field}").fill(words)
    page.get_by_test_id("rate-save").click()
    expect(page.get_by_test_id("rate-problem")).to_contain_text("“11,5” is no rate")
    page.get_by_test_id("rate-rate").fill("11.5")
    page.get_by_test_id("rate-save").click()
    expect(page.get_by_test_id("rate-row").filter(has_text="Norges Bank")).to_contain_text("1 EUR = 11.5 NOK")
    check_page(page)
    check_rates_file(page)
    page.get_by_test_id("tab-payouts").click()
    page.get_by_test_id("propose-payouts").click()
    page.get_by_test_id("propose-currency").select_option("NOK")
    rosa = page.get_by_test_id("preview-row").filter(has_text="Rosa Vane")
    expect(rosa).to_contain_text("11.5 EUR/NOK")
    expect(rosa).to_contain_text("113.81\u00a0NOK")
    check_page(page)
    page.get_by_test_id("propose-cancel").click()


def check_rates_file(page: Page) -> None:
    """A file with one bad row saves nothing and says which; mended it is taken whole, and heard elsewhere."""
    other = page.context.new_page()  # its console tells of the refusal
    other.goto("/royalties?tab=rates")
    other.get_by_test_id("rates-from-file").click()
    other.get_by_test_id("rates-file-source").fill("Norges Bank")
    for rate in ("x", "7.46"):
        content = f"base,quote,day,rate\nEUR,NOK,2019-02-28,9.75\nEUR,DKK,2019-02-28,{rate}\n".encode()
        file = {"name": "rates.csv", "mimeType": "text/csv", "buffer": content}
        other.get_by_test_id("rates-file").set_input_files(file)  # type: ignore[arg-type]
        other.get_by_test_id("rates-file-send").click()
        if rate == "x":
            expect(other.get_by_test_id("rates-file-problem")).to_contain_text("Row 3, rate: “x” is no rate")
            check_page(other)
    expect(other.get_by_test_id("rates-file-form")).not_to_be_visible()
    other.close()
    expect(page.get_by_test_id("rate-row").filter(has_text="1 EUR = 7.46 DKK")).to_have_count(1)


def check_dispute(page: Page, curator: Page) -> None:
    """A payee disputes a line and reads the answer beside it, without a reload."""
    page.get_by_test_id("line-dispute").first.click()
    page.get_by_test_id("dispute-reason").fill("Reported twice.")
    page.get_by_test_id("dispute-send").click()
    expect(page.get_by_test_id("line-said")).to_have_text("Disputed: “Reported twice.”")
    expect(page.get_by_test_id("line-disputed")).to_be_visible()
    check_page(page)
    (asked,) = call(curator, "GET", "/api/royalties/disputes?status=open")["disputes"]
    call(curator, "POST", f"/api/royalties/disputes/{asked['id']}/reject", {"answer": "Once."})
    expect(page.get_by_test_id("line-said")).to_have_text("Dispute rejected: “Once.”")
    expect(page.get_by_test_id("line-disputed")).to_have_count(0)


def check_proof_of_a_line(new_context: NewContext, curator: Page, stack: Any) -> None:
    """The payee's statement adds up, is theirs alone, and its proof holds for a stranger."""
    page = open_page(new_context, "light", "phone")
    complaints = watch_console(page)
    sign_in(page, PAYEE, then="/royalties")
    mine = page.get_by_test_id("statement-row").filter(has_text=CYCLE)
    expect(mine).to_have_count(1)
    check_page(page)
    mine.get_by_role("link", name=CYCLE).click()
    expect(page.get_by_test_id("statement-total")).to_have_text("9.897124216\u00a0EUR")
    expect(page.get_by_test_id("lines-sum")).to_have_text("9.897124216\u00a0EUR")
    check_page(page)
    page.get_by_test_id("line-entries").first.click()
    expect(page.get_by_test_id("line-entry")).to_have_count(2)
    expect(page.get_by_test_id("line-entries-sum")).to_have_text("9.897124216\u00a0EUR")
    check_page(page)
    page.get_by_test_id("line-entries-dialog-close").click()
    check_dispute(page, curator)
    page.get_by_test_id("line-proof").first.click()
    expect(page.get_by_test_id("proof-verdict")).to_contain_text("exactly as it was written")
    check_page(page)
    with page.expect_download() as saved:
        page.get_by_test_id("proof-file").click()
    proof = stack.data_dir / "line.tlog-proof"
    saved.value.save_as(proof)

    page.goto("/verify")
    page.get_by_test_id("proof-file").set_input_files(proof)
    expect(page.get_by_test_id("proof-verdict")).to_have_text("The proof holds")
    expect(page.get_by_test_id("proof-amount")).to_contain_text("9.897124216 EUR")

    page.goto(curator.url.split(stack.base_url)[1])
    expect(page.get_by_test_id("cycle-missing")).to_be_visible()
    assert complaints == []
