"""A stranger checks a proof in the browser: nothing is sent, and it works without a network."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.pages.test_pages import check_page, open_page
from tests.unit.core.ledger import proof_corpus as corpus

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

NewContext = Callable[..., "BrowserContext"]


def test_a_proof_is_checked_offline(new_context: NewContext) -> None:
    page = open_page(new_context, "dark", "wide")
    page.goto("/verify")
    file, verdict = page.get_by_test_id("proof-file"), page.get_by_test_id("proof-verdict")
    expect(page.get_by_test_id("proof-drop")).to_be_visible()
    page.context.set_offline(True)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    log, cosigner = corpus.BOTH
    page.get_by_test_id("proof-key-log").fill(log)
    page.get_by_test_id("proof-key-cosigner").fill(cosigner)
    expect(page.get_by_test_id("proof-trust")).to_contain_text("someone you trust")

    proof = str(corpus.proof_of(0))
    file.set_input_files({"name": "a.tlog-proof", "mimeType": "text/plain", "buffer": proof.encode()})
    expect(verdict).to_have_text("The proof holds")
    expect(verdict).to_be_focused()
    expect(page.get_by_test_id("proof-amount")).to_have_text("12.345000001 EUR, credit")
    check_page(page)

    page.get_by_test_id("proof-key-cosigner").fill(corpus.STRANGER.verifier.vkey)
    expect(page.get_by_test_id("proof-reason")).to_have_text("A signature is by a key that you did not give.")
    page.get_by_test_id("proof-key-cosigner").fill(cosigner)
    expect(verdict).to_have_text("The proof holds")
    changed = proof.replace("index 0", "index 1").encode()
    file.set_input_files({"name": "b.tlog-proof", "mimeType": "text/plain", "buffer": changed})
    expect(page.get_by_test_id("proof-reason")).to_have_text(
        "The path does not lead from the leaf to the signed root."
    )
    check_page(page)
    assert [url for url in sent if "/verify" in url or "proof" in url or "/log" in url] == []
