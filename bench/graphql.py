"""`graphql`: 100 works with recordings, contributors and shares over HTTP, and the statements that costs."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from statistics import median

import httpx
import psycopg2

from bench.graph_catalog import make_reader, make_works
from bench.report import Figure
from bench.servers import OwnServers, own_servers, running, running_graph
from omnisonic.platform.embedded.ports import free_port

WORKS = 100
CLIENTS = 4
STATEMENT = re.compile(r" statement: (?!BEGIN|COMMIT|ROLLBACK)")
QUERY = """
query($first: Int!) { works(first: $first) { edges { node {
  id title iswc genres createdAt
  recordings(first: 20) { edges { node {
    id title isrc primaryArtist durationSeconds
    credits { position creditedAs contributor { id name roles } }
  } } }
  splits { id role sharePpm pctShare validFrom contributor { id name roles } }
} } } }
"""


def run(quick: bool) -> list[Figure]:
    """Alternate between ours and the peer; count statements in the server's own statistics."""
    rounds, seconds = (3, 2.0) if quick else (5, 6.0)
    with own_servers() as servers:
        make_works(WORKS)
        _, token = make_reader()
        headers = {"Authorization": f"Bearer {token}"}
        port = free_port()
        peer = f"http://127.0.0.1:{port}/graphql"
        with (
            running_graph() as (ours, _),
            running("-m", "bench.peers.strawberry_graph", str(port), port=port),
        ):
            _require_same_answers(ours, peer, headers)
            rates: dict[str, list[float]] = {ours: [], peer: []}
            for _ in range(rounds):
                for url in rates:
                    rates[url].append(_rate(url, headers, seconds))
        statements = _count_statements(servers, headers)
    return [
        Figure(
            "graphql", "requests_per_s", "strawberry_dataloader",
            median(rates[ours]), median(rates[peer]), "1/s", True,
        ),
        Figure(
            "graphql", "sql_statements", "same_query_1_row", statements[0], statements[1], "statements", False
        ),
    ]  # fmt: skip


def _post(client: httpx.Client, url: str, headers: dict[str, str], first: int) -> httpx.Response:
    answer = client.post(url, json={"query": QUERY, "variables": {"first": first}}, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer


def _require_same_answers(ours: str, theirs: str, headers: dict[str, str]) -> None:
    with httpx.Client(trust_env=False, timeout=30) as client:
        first, second = (_post(client, url, headers, WORKS).json()["data"] for url in (ours, theirs))
    edges, others = first["works"]["edges"], second["works"]["edges"]
    assert [edge["node"]["id"] for edge in edges] == [edge["node"]["id"] for edge in others]
    for edge, other in zip(edges, others, strict=True):
        assert edge["node"]["recordings"] == other["node"]["recordings"]
        assert len(edge["node"]["splits"]) == len(other["node"]["splits"])


def _rate(url: str, headers: dict[str, str], seconds: float) -> float:
    """Answers per second to a few clients that each wait for one before they ask for the next."""
    ends_s = time.perf_counter() + seconds

    def ask() -> int:
        count = 0
        with httpx.Client(trust_env=False, timeout=60) as client:
            while time.perf_counter() < ends_s:
                _post(client, url, headers, WORKS)
                count += 1
        return count

    started = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        counts = [job.result() for job in [pool.submit(ask) for _ in range(CLIENTS)]]
    return sum(counts) / (time.perf_counter() - started)


def _count_statements(servers: OwnServers, headers: dict[str, str]) -> list[float]:
    """Statements of one request for 100 works and for 1, as the database's own log tells them."""
    with closing(psycopg2.connect(servers.admin_url)) as connection:
        connection.autocommit = True
        connection.cursor().execute("ALTER DATABASE omnisonic SET log_statement = 'all'")
    counts = []
    with running_graph() as (url, _), httpx.Client(trust_env=False, timeout=30) as client:
        for first in (WORKS, 1):
            _post(client, url, headers, first)
            before = _logged(servers.database_log)
            _post(client, url, headers, first)
            counts.append(float(_logged(servers.database_log) - before))
    return counts


def _logged(log: Path) -> int:
    # Without the ends of transactions: they come after the answer, so perhaps after this look.
    return len(STATEMENT.findall(log.read_text(errors="replace")))
