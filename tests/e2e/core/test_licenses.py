"""Two licenses that cannot both be true: seen before saving, resolved, revoked and taken back."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from tests.e2e.people import sign_in, watch_console

if TYPE_CHECKING:
    from playwright.sync_api import Page

EMAIL = "licenses@example.org"
MAKE_WORK = """
import sys
from sqlmodel import select
from omnisonic.core.catalog.works import create_work
from omnisonic.platform.actor import Actor
from omnisonic.platform.auth.models import User
from omnisonic.platform.db import unit_of_work
with unit_of_work() as uow:
    user = uow.session.exec(select(User).where(User.email == sys.argv[1])).one()
    actor = Actor(user_id=user.id, display_name=user.display_name, email=user.email)
    create_work(uow, actor, title="Northern Lights")
"""


def test_a_conflict_is_seen_and_resolved(page: Page, stack: Any) -> None:
    complaints = watch_console(page)
    sign_in(page, EMAIL, then="/licenses")
    make_work(stack)

    opener = page.get_by_test_id("grant-license")
    opener.click()
    expect(page.get_by_test_id("license-work")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("license-form")).not_to_be_visible()
    expect(opener).to_be_focused()
    opener.click()
    page.get_by_test_id("license-work-choice").filter(has_text="Northern Lights").click()
    grant(page, "Polar Records", "Europe - CH", starts="2030-01-01", last_day="2030-12-31")
    ours = page.get_by_test_id("license-row").filter(has_text="Northern Lights")
    row = ours.filter(has_text="Polar Records")
    expect(row).to_contain_text("Europe except Switzerland")
    expect(row).to_contain_text("1 Jan 2030 – 31 Dec 2030")

    opener.click()
    page.get_by_test_id("license-work-choice").filter(has_text="Northern Lights").click()
    fill(page, "Rival", "Frence", starts="2030-07-01", last_day="")
    expect(page.get_by_test_id("license-territory-problem")).to_contain_text("France (FR)")
    page.get_by_test_id("license-territory").fill("France, US")
    expect(page.get_by_test_id("license-territory-name")).to_contain_text("France and United States")
    conflict = page.get_by_test_id("license-conflict")
    expect(conflict).to_contain_text("France, 1 Jul 2030 – 31 Dec 2030")
    expect(page.get_by_test_id("license-conflict-link")).to_have_text("Polar Records")
    expect(page.get_by_test_id("license-save")).to_be_disabled()

    page.get_by_test_id("license-leave-out").click()
    expect(page.get_by_test_id("license-free")).to_be_visible()
    expect(page.get_by_test_id("license-territory")).to_have_value("US")
    page.get_by_test_id("license-territory").fill("France, US")
    page.get_by_test_id("license-start-after").click()
    expect(page.get_by_test_id("license-free")).to_be_visible()
    expect(page.get_by_test_id("license-starts")).to_have_value("2031-01-01")
    page.get_by_test_id("license-save").click()
    expect(ours).to_have_count(2)

    first = ours.filter(has_text="Polar Records")
    first.get_by_test_id("license-revoke").click()
    expect(first).to_contain_text("Revoked")
    page.get_by_test_id("license-revoked-undo").click()
    expect(first).to_contain_text("Begins later")
    assert complaints == []


def make_work(stack: Any) -> None:
    """A work of the person's, through the catalog's own service."""
    environment = {**os.environ, **stack.environment}
    subprocess.run([sys.executable, "-c", MAKE_WORK, EMAIL], check=True, env=environment, timeout=60)


def grant(page: Page, licensee: str, territory: str, *, starts: str, last_day: str) -> None:
    """Fill the open form and save it."""
    fill(page, licensee, territory, starts=starts, last_day=last_day)
    expect(page.get_by_test_id("license-free")).to_be_visible()
    page.get_by_test_id("license-save").click()
    expect(page.get_by_test_id("license-form")).not_to_be_visible()


def fill(page: Page, licensee: str, territory: str, *, starts: str, last_day: str) -> None:
    """Write into the form of a license."""
    page.get_by_test_id("license-licensee").fill(licensee)
    page.get_by_test_id("license-starts").fill(starts)
    if last_day:
        page.get_by_test_id("license-last_day").fill(last_day)
    page.get_by_test_id("license-territory").fill(territory)
