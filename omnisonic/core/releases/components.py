"""The proof of a split sheet or a release, in plain words."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.platform.ui.controls import link_button


def proof_box(leaf: Any, leaf_short: Any, url: Any, is_provable: Any, *, what: str) -> rx.Component:
    """The proof of a sheet or a release: what it shows in plain words, and where it is."""
    return rx.el.section(
        rx.el.h3(rx.icon("shield-check", size=16, aria_hidden="true"), "Proof", class_name="ui-proof-head"),
        rx.el.p(
            "A fingerprint stands in a public log that only ever grows. With the proof file anyone can check "
            f"{what}. Names are not in the log.",
            class_name="ui-small ui-text-2",
        ),
        rx.el.p("Fingerprint ", rx.el.code(leaf_short, title=leaf), class_name="ui-small ui-text-2"),
        rx.cond(
            is_provable,
            rx.el.div(
                link_button(
                    "Proof file",
                    url.to(str) + ".tlog-proof",
                    testid="proof-file",
                    icon="download",
                    is_page=False,
                    download=True,
                ),
                rx.el.a("How to check it", href="/verify", class_name="ui-link", data_testid="proof-check"),
                class_name="ui-row ui-row-wrap",
            ),
            rx.el.p(
                "The proof file is ready once the log's next checkpoint is signed, when a cycle of payments "
                "is closed.",
                class_name="ui-small ui-text-2",
                data_testid="proof-later",
            ),
        ),
        class_name="ui-proof",
        data_testid="proof",
    )
