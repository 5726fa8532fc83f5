"""ClickHouse away: what needs it says so with a time to come back, and all the rest works."""

from __future__ import annotations

from collections.abc import Callable

from omnisonic.platform.settings import Settings
from tests.integration.insight.routes import ALERTS, EXPECTED, NEWS, Scene, scene, token_of

__all__ = ["scene", "token_of"]

CHARTS = tuple(f"GET /api/analytics/{name}" for name in ("mentions", "genres", "sources", "network"))
NEEDS_CLICKHOUSE = (*CHARTS, f"GET {NEWS}", f"POST {NEWS}", "GET /api/trends", f"POST {ALERTS}/rules/preview")


def test_only_figures_and_articles_are_missing(scene: Scene, configure: Callable[..., Settings]) -> None:
    configure(CLICKHOUSE_HOST="127.0.0.1", CLICKHOUSE_PORT=9)
    wrong = []
    for route, expected in sorted(EXPECTED.items(), key=lambda one: one[0].startswith("DELETE")):
        who = "owner" if expected.owner_only else "admin"
        answer = scene.ask(who, route, expected)
        wanted = 503 if route.startswith(NEEDS_CLICKHOUSE) else expected.answer
        if answer.status_code != wanted:
            wrong.append((route, answer.status_code, answer.text))
        elif wanted == 503:
            assert answer.json()["type"] == "/problems/analytics-unavailable"
            assert int(answer.headers["retry-after"]) > 0
    assert wrong == []
    report = {"from": "2026-11-01", "to": "2026-11-02"}
    assert scene.clients["admin"].post("/api/analytics/report.pdf", json=report).status_code == 503
