"""Signing in and out, names, tokens, and the undo of a removed session, as people do them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.people import (
    PASSWORD,
    be_signed_in,
    open_new_session,
    rename_session,
    sign_in,
    sign_in_by_form,
)

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

NewContext = Callable[..., "BrowserContext"]


def test_a_wrong_password_is_answered_on_the_page(page: Page, new_context: NewContext) -> None:
    be_signed_in(new_context().new_page(), "forgetful@example.org")
    page.goto("/signin?next=/exports")
    page.get_by_test_id("email").fill("forgetful@example.org")
    page.get_by_test_id("password").fill("not the password")
    page.get_by_test_id("signin-submit").click()
    expect(page.get_by_test_id("form-problem")).to_be_visible()
    page.get_by_test_id("password").fill(PASSWORD)
    page.get_by_test_id("signin-submit").click()
    expect(page).to_have_url(re.compile(r"/exports/?$"))


def test_sign_in_leads_nowhere_else(page: Page) -> None:
    page.goto("/signin?next=//evil.example")
    form = page.get_by_test_id("credentials-form")
    expect(form).to_have_attribute("data-then", "/sessions")


def test_sign_out_ends_the_session(page: Page) -> None:
    sign_in_by_form(page, "leaver@example.org", then="/settings")
    page.get_by_test_id("sign-out").click()
    expect(page).to_have_url(re.compile(r"//[^/]+/$"))
    page.goto("/sessions")
    expect(page).to_have_url(re.compile("/signin"))


def test_a_new_name_shows_everywhere(page: Page) -> None:
    sign_in(page, "renamed@example.org", then="/settings")
    page.get_by_test_id("display-name").fill("Ζωή Marr")
    page.get_by_test_id("save-name").click()
    expect(page.get_by_test_id("account")).to_contain_text("Ζωή Marr")


def test_a_token_is_shown_once_and_can_be_revoked(page: Page) -> None:
    sign_in(page, "scripts@example.org", then="/settings")
    page.get_by_test_id("new-token").click()
    page.get_by_test_id("token-name").fill("Backup script")
    page.get_by_test_id("scope-studio").uncheck()
    page.get_by_test_id("create-token").click()
    expect(page.get_by_test_id("token-dialog")).to_contain_text("at least one")
    page.get_by_test_id("scope-graph-read").check()
    page.get_by_test_id("scope-ingest").check()
    page.get_by_test_id("create-token").click()
    secret = page.get_by_test_id("token-secret")
    expect(secret).to_have_value(re.compile("^omni_"))
    bearer = {"Authorization": f"Bearer {secret.input_value()}"}
    assert page.request.get("/api/catalog/works.csv", headers=bearer).ok
    assert page.request.get("/api/sessions", headers=bearer).status == 403  # not what was chosen
    page.get_by_test_id("token-done").click()
    page.reload()
    expect(page.get_by_test_id("token-row")).to_contain_text("Read the catalog, Send files")
    expect(page.get_by_test_id("token-secret")).to_have_count(0)
    page.get_by_test_id("revoke-token").click()
    expect(page.get_by_test_id("token-row")).to_have_count(0)


def test_a_removed_session_comes_back(page: Page) -> None:
    be_signed_in(page, "undo@example.org")
    rename_session(page, open_new_session(page), "Kestrel – τελικό")
    page.goto("/sessions")
    card = page.get_by_test_id("session-card")
    expect(card).to_contain_text("Kestrel – τελικό")
    page.get_by_test_id("remove-session").click()
    expect(card).to_have_count(0)
    page.get_by_test_id("removed-undo").click()
    expect(card).to_have_count(1)


def test_operators_see_lights_and_others_do_not(new_context: NewContext) -> None:
    stranger = new_context().new_page()
    be_signed_in(stranger, "not-an-operator@example.org")
    answer = stranger.goto("/admin")
    assert answer is not None
    assert answer.status == 404


def test_refused_export_says_what_to_do(page: Page) -> None:
    be_signed_in(page, "hasty@example.org")
    open_new_session(page)
    page.get_by_test_id("export-start").click()
    expect(page.get_by_test_id("export-problem")).to_contain_text("Drop a take into it")
