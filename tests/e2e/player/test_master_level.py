"""The master level: saved with the version that was seen, kept over a conflict, taken back when refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

# Moves the level twice in one go and waits until nothing is left to be sent.
MOVE = """async ({levels, row}) => {
  const { MasterLevel } = await import("/master.js");
  const { createStore } = await import("/store.js");
  const store = createStore({ canEdit: true, session: null });
  const failed = [];
  const onFailed = (problem) => failed.push(problem.message);
  const master = new MasterLevel({ store, sessionId: "s", onRefused() {}, onFailed });
  master.accept({ id: "s", name: "Song", masterGainDb: 0, version: row });
  for (const level of levels) master.edit(level);
  const shown = store.get().session.masterGainDb;
  while (master.pendingDb !== null) await new Promise((resume) => setTimeout(resume, 10));
  return { shown, failed, session: store.get().session };
}"""


class Server:
    """One session's row; a write with another version than its own is a conflict."""

    def __init__(self, version: int, *, status: int = 200) -> None:
        self.row: dict[str, Any] = {"id": "s", "name": "Renamed", "masterGainDb": 3, "version": version}
        self.status = status
        self.asked: list[dict[str, Any]] = []

    def answer(self, route: Route) -> None:
        asked = json.loads(route.request.post_data or "{}")
        self.asked.append(asked)
        if self.status != 200:
            route.fulfill(status=self.status, json={"title": "Refused", "detail": "Out of range."})
        elif asked["version"] != self.row["version"]:
            route.fulfill(status=409, json={"title": "Changed", "current": self.row})
        else:
            self.row |= {"masterGainDb": asked["masterGainDb"], "version": asked["version"] + 1}
            route.fulfill(json={"session": self.row})


def move(bench: Page, server: Server, levels: list[float]) -> dict[str, Any]:
    bench.route("**/api/sessions/s", server.answer)
    answer: dict[str, Any] = bench.evaluate(MOVE, {"levels": levels, "row": 1})
    return answer


def test_the_last_of_several_moves_is_sent_once(bench: Page) -> None:
    server = Server(version=1)
    answer = move(bench, server, [-1, -4.5])
    assert server.asked == [{"masterGainDb": -4.5, "version": 1}]
    assert (answer["shown"], answer["failed"]) == (-4.5, [])
    assert (answer["session"]["masterGainDb"], answer["session"]["version"]) == (-4.5, 2)


def test_a_level_survives_that_somebody_else_was_faster(bench: Page) -> None:
    server = Server(version=7)
    answer = move(bench, server, [-2])
    assert [asked["version"] for asked in server.asked] == [1, 7]
    assert server.row["masterGainDb"] == -2
    assert (answer["session"]["name"], answer["session"]["masterGainDb"]) == ("Renamed", -2)


@pytest.mark.parametrize("status", [403, 422])
def test_a_refused_level_goes_back(bench: Page, status: int) -> None:
    answer = move(bench, Server(version=1, status=status), [5])
    assert answer["shown"] == 5
    assert answer["session"]["masterGainDb"] == 0
    assert answer["failed"] == ["Out of range."]
