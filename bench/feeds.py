"""`feeds`: feeds through the real worker code from a loopback server, against parsing their bytes alone."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing

import psycopg2

from bench.news_feeds import address, document, running_server
from bench.peers.feedparser_only import parse_all
from bench.report import Figure
from bench.servers import own_servers
from omnisonic.insight.feeds.addresses import Address
from omnisonic.insight.feeds.models import Feed
from omnisonic.platform.db import unit_of_work

ITEMS_PER_FEED = 50
# As a worker has it: modules loaded, then one job after the other. Prints CPU and wall seconds.
WORKER = """
import time
from sqlmodel import select
from omnisonic.insight.feeds.models import Feed
from omnisonic.platform.db import read_session
from omnisonic.platform.logging import configure_logging
from workers.ingest import fetch_feed
configure_logging("worker-feeds")
with read_session() as session:
    feeds = [str(feed_id) for feed_id in session.exec(select(Feed.id))]
fetch_feed(feeds[0])
wall_s, cpu_s = time.perf_counter(), time.process_time()
for feed_id in feeds[1:]:
    fetch_feed(feed_id)
print(time.process_time() - cpu_s, time.perf_counter() - wall_s)
"""
COUNT = "SELECT count(*), coalesce(sum(jsonb_array_length(items)), 0) FROM feed_deliveries"


def run(quick: bool) -> list[Figure]:
    """CPU of fetching, reading and storing; how fast that is; the first feed warms the worker up."""
    feeds = 40 if quick else 1000
    os.environ["FETCH_ALLOWED_PRIVATE_HOSTS"] = ",".join(address(number) for number in range(feeds + 1))
    with own_servers() as servers, running_server(ITEMS_PER_FEED) as port:
        _follow(feeds + 1, port)
        command = [sys.executable, "-c", WORKER]
        done = subprocess.run(command, env=dict(os.environ), stdout=subprocess.PIPE, text=True, check=True)
        cpu_s, wall_s = (float(part) for part in done.stdout.split()[-2:])
        with closing(psycopg2.connect(servers.admin_url)) as connection, connection.cursor() as cursor:
            cursor.execute(COUNT)
            assert cursor.fetchone() == (feeds + 1, (feeds + 1) * ITEMS_PER_FEED)
    parser_s, entries = parse_all([document(number, ITEMS_PER_FEED) for number in range(1, feeds + 1)])
    assert entries == feeds * ITEMS_PER_FEED
    return [
        Figure("feeds", "cpu_s", "feedparser_only", cpu_s, parser_s, "s", False),
        Figure("feeds", "items_per_s", "-", entries / wall_s, None, "1/s", True),
    ]


def _follow(feeds: int, port: int) -> None:
    with unit_of_work() as uow:
        for number in range(feeds):
            place = Address.required(f"http://{address(number)}:{port}/{number}")
            uow.session.add(
                Feed(
                    url=place.url,
                    url_key=place.key,
                    fetch_domain=place.domain,
                    title=f"Feed {number}",
                    source=place.domain,
                )
            )
