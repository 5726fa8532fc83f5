"""`/verify`: anyone checks a proof of the ledger's log, in the browser and without an account."""

from __future__ import annotations

import reflex as rx
from reflex_components_core.el.elements.inline import A

from omnisonic.core.ledger.verifier_api import VERIFIER_PATH
from omnisonic.platform.site.frame import frame
from omnisonic.platform.ui.file_drop import FileTaker
from omnisonic.platform.ui.sources import link_sources

TITLE = "Check a proof · Omnisonic"

_SOURCES = ("ed25519.js", "leaf_words.js", "proof_check.js", "proof_verifier.css", "proof_verifier.jsx")
_LINKED = link_sources(__name__, _SOURCES)


class ProofVerifier(FileTaker):
    """Drop zone, keys and verdict; it asks the server for nothing but its public keys."""

    library = _LINKED["proof_verifier.jsx"]
    tag = "ProofVerifier"


def proof_page() -> rx.Component:
    """`/verify`"""
    return frame(
        rx.el.article(
            rx.el.h1("Check a proof"),
            rx.el.p(
                "A proof file shows that a line stands in the ledger's log, exactly as it was written and "
                "never changed since. It is checked here in your browser: the file is not sent anywhere.",
                class_name="vp-lead",
            ),
            ProofVerifier.create(),
            rx.el.section(
                rx.el.h2("Without this page"),
                rx.el.p(
                    "The page comes from the server whose books you may want to check. One short Python "
                    "file does the same on your own machine, with nothing to install, and can be read in ",
                    "full before you run it: ",
                    A.create("omnisonic_verify.py", href=VERIFIER_PATH, class_name="ui-link"),
                ),
                rx.el.pre(
                    "python3 omnisonic_verify.py FILE.tlog-proof --vkey LOG_KEY --cosigner-vkey COSIGNER_KEY"
                ),
                class_name="vp-own",
            ),
            class_name="vp-page",
        )
    )
