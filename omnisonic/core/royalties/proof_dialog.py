"""The dialog that says in plain words what a proof shows, and hands out its file."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.platform.ui.controls import link_button
from omnisonic.platform.ui.dialog import dialog, opened_by_state

PROOF = "proof"


def proof_dialog(proof: Any, at: Any) -> rx.Component:
    """Opens whenever the count `at` changes; `proof` holds a `ProofWords`."""
    return rx.fragment(
        opened_by_state(PROOF, at=at),
        dialog(
            PROOF,
            proof.title,
            rx.el.div(
                rx.cond(proof.about != "", rx.el.p(proof.about, dir="auto", class_name="ui-text-2")),
                rx.el.p(
                    rx.icon("shield-check", size=18, aria_hidden="true"),
                    rx.el.span(
                        "Checked just now: ",
                        proof.what,
                        " stands in the log exactly as it was written.",
                    ),
                    class_name="ry-proven",
                    data_testid="proof-verdict",
                ),
                rx.el.p("What that means:", class_name="ui-label"),
                rx.el.ul(
                    rx.el.li(
                        rx.el.strong("It was not changed. "),
                        "One digit more or less, and it would no longer lead to the signed root.",
                    ),
                    rx.el.li(
                        rx.el.strong("It was not slipped in later. "),
                        "Checkpoint ",
                        proof.checkpoint,
                        " has its place, number ",
                        proof.place,
                        ", under two signatures: the log's and an independent cosigner's.",
                    ),
                    rx.el.li(
                        rx.el.strong("You need not trust us. "),
                        "The file holds all of it. Anyone checks it offline, with the two public keys.",
                    ),
                    class_name="ry-means",
                ),
                rx.el.p(
                    "It does not show that the reported figures are right: dispute a line that is wrong.",
                    class_name="ui-small ui-text-2",
                ),
                rx.el.details(
                    rx.el.summary("The hashes"),
                    rx.el.dl(
                        rx.el.dt("Leaf"),
                        rx.el.dd(proof.leaf_hash, class_name="ui-mono"),
                        rx.el.dt("Steps up"),
                        rx.el.dd(proof.steps),
                        rx.el.dt("Signed root"),
                        rx.el.dd(proof.root, class_name="ui-mono"),
                        class_name="ui-facts ui-small",
                    ),
                    class_name="ui-why",
                ),
                rx.el.div(
                    link_button(
                        "Download the proof",
                        proof.href,
                        testid="proof-file",
                        icon="download",
                        kind="primary",
                        is_page=False,
                        download=True,
                    ),
                    link_button("Check it yourself", "/verify", testid="proof-verify", kind="ghost"),
                    class_name="ui-row ui-row-wrap",
                ),
                class_name="ui-stack ui-stack-4",
            ),
            testid="proof-dialog",
        ),
    )
