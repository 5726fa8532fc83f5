"""`omnisonic demo`: fills the running instance with a song, a catalog with its royalties, and news."""

from __future__ import annotations

import sys
import time

from omnisonic.core.demo.royalties import close_oldest, make_usage
from omnisonic.core.demo.service import make_catalog
from omnisonic.insight.archive.cursors import read_freshness
from omnisonic.insight.demo.service import load_news
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import read_session
from omnisonic.platform.errors import OmnisonicError
from omnisonic.platform.settings import get_settings
from omnisonic.studio.demo import service
from omnisonic.studio.demo.song import TITLE

PATIENCE_S = 120
LOOK_EVERY_S = 0.5


def run() -> int:
    """Make the demo catalog and session, wait until its stems are ready, give accounts without one a copy."""
    if made := make_catalog(service.demo_host()):
        _say(f"Registered {made} works with their recordings and licenses.")
    _make_royalties(service.demo_host())
    if delivered := load_news(service.demo_host()):
        _say(f"Delivered {delivered} articles of eight invented outlets; the charts fill meanwhile.")
    _say(f"Composing “{TITLE}” …")
    demo = service.make_demo()
    deadline_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline_s:
        with read_session() as session:
            waiting = service.count_waiting(session, demo)
        if waiting == 0:
            break
        _say(f"Making {waiting} stems ready …")
        time.sleep(LOOK_EVERY_S)
    else:
        _say("The stems are not ready yet. Is everything running? `omnisonic health worker-media` tells.")
        return 1
    if not news_are_tagged():
        _say("The news is not tagged yet. `omnisonic health worker-archive` tells whether its worker runs.")
    given = service.give_to_everyone()
    _say(f"Done: {given} new copies. Open {get_settings().public_url}/sessions and press play.")
    _say("Whoever signs in later opens the demo song from the empty list of sessions.")
    return 0


def _make_royalties(host: Actor) -> None:
    if reported := make_usage(host):
        _say(f"Booked {reported} reports of usage over two months.")
    try:
        if closed := close_oldest(host):
            _say(f"Closed {closed}: its statements and proofs are at /royalties.")
    except OmnisonicError as error:
        _say(f"The older month stays open: {error.detail} {error.advice}")


def news_are_tagged() -> bool:
    """Wait until the news went its whole way, as long as something moves it."""
    deadline_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline_s:
        with read_session() as session:
            fresh = read_freshness(session)
        if fresh.waiting_deliveries + fresh.unstored + fresh.untagged == 0:
            return True
        if fresh.is_behind:
            return False
        time.sleep(LOOK_EVERY_S)
    return False


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()
