"""Every code that any process answers with is explained by the web process."""

from __future__ import annotations

import re
import subprocess
import sys

from scripts import reference

ASK = "import omnisonic.pages\nfrom omnisonic.platform.errors import error_catalog\nprint(*error_catalog())"


def test_every_documented_error_has_its_page() -> None:
    """In a process of its own: this one has imported what the pages do not."""
    documented = re.findall(r'<a id="([^"]+)">', (reference.ROOT / "docs/api/errors.md").read_text("utf-8"))
    run = subprocess.run(
        [sys.executable, "-c", ASK], cwd=reference.ROOT, check=True, capture_output=True, text=True
    )
    assert run.stdout.splitlines()[-1].split() == sorted(documented)
