"""News for the journeys: the demo's outlets, brought in the way of every feed."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.e2e.conftest import ROOT, Stack

BRING = """
from omnisonic.core.demo.service import make_catalog
from omnisonic.insight.demo.service import load_news
from omnisonic.studio.demo.service import demo_host
from workers.demo import news_are_tagged
make_catalog(demo_host())
load_news(demo_host())
assert news_are_tagged(), "the news did not arrive"
"""

EVALUATE = """
from datetime import timedelta
from omnisonic.insight.alerts.watching.service import evaluate_rules
from omnisonic.platform.ids import utc_now
evaluate_rules(now=utc_now() + timedelta(minutes=1))
"""


def bring_news(stack: Stack) -> None:
    """The demo catalog and sixty days of articles about it, tagged; a second time changes nothing."""
    _run(stack, ["-c", BRING])


def make_analyst(stack: Stack, email: str) -> None:
    """Let an account that exists correct the tagger."""
    _run(stack, ["-m", "omnisonic", "user", "grant", email, "analyst"])


def evaluate_next_minute(stack: Stack) -> None:
    """Evaluate every rule as the scheduler will have it done within a minute."""
    _run(stack, ["-c", EVALUATE])


def _run(stack: Stack, arguments: list[str]) -> None:
    environment = {**os.environ, **stack.environment, "OMNISONIC_DATA_DIR": str(stack.data_dir)}
    subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment, check=True, timeout=180)
