"""`/log/*`: who reads what of the log, and what a wrong question gets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from sqlmodel import select

from omnisonic.api import ROUTERS
from omnisonic.core.ledger.accounts import Account, payee
from omnisonic.core.ledger.models import AccountKind, CycleCheckpoint, JournalKind, LeafKind, LogRecord
from omnisonic.core.ledger.offline_verifier import verify
from omnisonic.core.ledger.posting import JournalDraft, Posting, post, record_fact
from omnisonic.core.ledger.repository import find_leaf_of_row
from omnisonic.core.ledger.tiles import TILE_WIDTH
from omnisonic.core.royalties import claims, exchange_rates
from omnisonic.core.royalties.claims_schemas import ClaimRequest
from omnisonic.core.royalties.exchange_rates_schemas import RateDraft
from omnisonic.platform.actor import Actor, Role, Scope
from omnisonic.platform.auth.tokens import create_token
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.web import limits
from omnisonic.studio.exports.models import Export
from omnisonic.studio.sessions import service as sessions
from omnisonic.studio.sessions.schemas import SessionCreate
from omnisonic.studio.split_sheets.models import SplitSheet
from tests.integration.core.conftest import link, make_contributor, make_work
from tests.integration.core.ledger.books import book, close
from tests.rest import rest_api

UNKNOWN = "0" * 64
HOUR_S = 3600
PUBLIC = (
    "/log/vkeys",
    "/log/checkpoint",
    "/log/checkpoint/1",
    "/log/tile/0/000",
    "/log/tile/1/000.p/1",
    "/log/proof/{entry}",
    "/log/consistency?from=1&to=256",
    "/log/omnisonic_verify.py",
)
READERS = {  # whose file it is, beside curators
    "entry": "payee",
    "journal": None,
    "cycle": None,
    "split": "member",
    "release": "member",
    "claim": "payee",
    "rate": "everybody",
}

WRONG = (
    (f"/log/proof/{UNKNOWN}", 404, "not-found"),
    (f"/log/proof/{UNKNOWN}.tlog-proof", 404, "not-found"),
    ("/log/proof/xyz", 404, "not-found"),
    ("/log/proof/" + "F" * 64, 404, "not-found"),
    ("/log/proof/{entry}?treeSize=1", 404, "not-found"),
    ("/log/proof/{entry}?treeSize=-1", 422, "invalid-fields"),
    ("/log/proof/{waiting}", 404, "not-covered"),
    ("/log/checkpoint/2", 404, "not-found"),
    ("/log/checkpoint/0", 404, "not-found"),
    ("/log/consistency?from=1&to=99999999", 422, "past-the-end"),
    ("/log/consistency?from=0&to=3", 422, "invalid-fields"),
    ("/log/consistency?from=4&to=3", 422, "invalid-fields"),
    ("/log/consistency?from=4", 422, "invalid-fields"),
    ("/log/consistency?from=4&to=99999999999999999999", 422, "invalid-fields"),
    ("/log/tile/0/001", 404, "not-found"),
    ("/log/tile/0/000.p/256", 404, "not-found"),
    ("/log/tile/0/000.p/0", 404, "not-found"),
    ("/log/tile/8/000", 404, "not-found"),
    ("/log/tile/entries/000", 404, "not-found"),
    ("/log/tile/0/../../head.json", 404, "not-found"),
    ("/log/tile/0/%2e%2e/published", 404, "not-found"),
    ("/log/tile/0/x000/001", 404, "not-found"),
    ("/log/head.json", 404, "not-found"),
)


@dataclass
class Scene:
    """A closed log with one leaf of each kind, by its hash in hex, and everybody's browser."""

    leaves: dict[str, str]
    clients: dict[str, TestClient]
    signed: CycleCheckpoint


@pytest.fixture
def scene(cosigner: str, make_actor: Callable[..., Actor], client_of: Callable[[Actor], TestClient]) -> Scene:
    people = {name: make_actor(name) for name in ("payee", "member", "stranger")}
    people["curator"] = make_actor("curator", Role.CURATOR)
    rows = {**_entry_of(people["payee"], people["curator"]), **_facts_of(people["member"])}
    book(uuid4(), 90)
    signed = close(uuid4())
    with read_session() as session:
        for kind in (LeafKind.CYCLE, LeafKind.CLAIM, LeafKind.RATE):
            rows[kind] = session.exec(select(LogRecord.id).where(LogRecord.kind == kind)).one()
        found = {name: find_leaf_of_row(session, row) for name, row in rows.items()}
    hashes = {name: leaf.leaf_hash.hex() for name, leaf in found.items() if leaf}
    clients = {name: client_of(actor) for name, actor in people.items()}
    clients["visitor"] = TestClient(rest_api(), base_url="http://localhost:3000")
    clients["token"] = _token_client(people["payee"])
    return Scene(hashes, clients, signed)


def test_every_route_of_the_log_is_asked_here() -> None:
    routes = {
        f"{method} {route.path}"
        for router in ROUTERS
        for route in iter_route_contexts(router.routes)
        if (route.path or "").startswith("/log")
        for method in route.methods or ()
    }
    public = {path.split("?")[0].replace("{entry}", "{leaf_hash}") for path in PUBLIC}
    public -= {"/log/checkpoint/1", "/log/tile/0/000", "/log/tile/1/000.p/1"}
    public |= {"/log/checkpoint/{number}", "/log/tile/{path:path}"}
    assert routes == {f"GET {path}" for path in (*public, "/log/proof/{leaf_hash}.tlog-proof")}


def test_everyone_reads_the_log_and_nobody_its_bundles(scene: Scene) -> None:
    visitor = scene.clients["visitor"]
    for path in PUBLIC:
        answer = visitor.get(path.format(**scene.leaves))
        assert answer.status_code == 200, (path, answer.text)
        assert "no-store" not in answer.headers.get("cache-control", "")
    assert visitor.get("/log/checkpoint").text == scene.signed.note == visitor.get("/log/checkpoint/1").text
    keys = visitor.get("/log/vkeys").text.splitlines()
    assert [key.split("+")[0] for key in keys] == [
        "omnisonic.local/ledger",
        "omnisonic.local/ledger/cosigner",
    ]
    tile = visitor.get("/log/tile/0/000")
    assert len(tile.content) == TILE_WIDTH * 32
    assert "immutable" in tile.headers["cache-control"]
    assert visitor.get("/log/tile/0/000.p/9").content == tile.content[: 9 * 32]
    proof = visitor.get(f"/log/proof/{scene.leaves['entry']}").json()
    assert proof.keys() == {
        *("leafHash", "leafIndex", "treeSize", "root", "path", "checkpointNumber", "checkpoint")
    }
    assert (proof["treeSize"], proof["root"]) == (scene.signed.tree_size, scene.signed.root.hex())


def test_a_leaf_itself_goes_to_its_readers_only(scene: Scene) -> None:
    keys = scene.clients["visitor"].get("/log/vkeys").text.splitlines()
    for kind, reader in READERS.items():
        path = f"/log/proof/{scene.leaves[kind]}.tlog-proof"
        for name, client in scene.clients.items():
            in_studio = kind in {"split", "release"}
            if name == "visitor":
                expected = 401
            elif name == "token":
                expected = 404 if in_studio else 403
            else:
                expected = 200 if name in {"curator", reader} or reader == "everybody" else 404
            answer = client.get(path)
            assert answer.status_code == expected, (kind, name, answer.text)
            if expected == 200:
                assert verify(answer.content, keys).leaf.find(f'"{kind}"'.encode()) > 0
                assert answer.headers["cache-control"] == "private, no-store"
                assert f'filename="{kind}-' in answer.headers["content-disposition"]


def test_a_wrong_question_gets_a_typed_refusal(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    with unit_of_work() as uow:
        waiting = record_fact(uow, LeafKind.SPLIT, uuid4(), {}).leaf_hash.hex()
    for path, status, slug in WRONG:
        client = scene.clients["curator" if "tlog-proof" in path else "visitor"]
        answer = client.get(path.format(**scene.leaves, waiting=waiting))
        assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{slug}"), path
    monkeypatch.setattr(limits, "ADDRESS_LIMIT", 1)
    monkeypatch.setattr(limits, "WINDOW_S", HOUR_S)
    visitor = TestClient(rest_api(), base_url="http://localhost:3000", client=("192.0.2.7", 50_000))
    assert visitor.get("/log/vkeys").status_code == 200
    for path in PUBLIC:
        answer = visitor.get(path.format(**scene.leaves))
        assert (answer.status_code, answer.json()["type"]) == (429, "/problems/too-many-requests"), path
        assert 0 < int(answer.headers["Retry-After"]) <= HOUR_S
    assert scene.clients["curator"].get("/log/vkeys").status_code == 200


def test_an_empty_log_has_keys_and_no_checkpoint(cosigner: str, redis_client: Any, db: None) -> None:
    visitor = TestClient(rest_api(), base_url="http://localhost:3000")
    assert len(visitor.get("/log/vkeys").text.splitlines()) == 2
    assert visitor.get("/log/checkpoint").status_code == 404
    assert visitor.get("/log/tile/0/000").status_code == 404


def _entry_of(actor: Actor, curator: Actor) -> dict[str, UUID]:
    contributor = make_contributor(curator)
    link(contributor, actor)
    work = make_work(curator, "Undivided")
    source = Account(AccountKind.SOURCE, "Streamly", "EUR")
    postings = (Posting(source, 5), Posting(payee(contributor.id, "EUR"), -5))
    with unit_of_work() as uow:
        (posted,) = post(uow, [JournalDraft(JournalKind.USAGE, uuid4(), postings)])
        wanted = ClaimRequest(
            work_id=work.id, contributor_id=contributor.id, share_ppm=1, role="composer", reason="Mine."
        )
        claims.claim_share(uow, actor, request=wanted)
        rate = RateDraft(base="EUR", quote="USD", day="2026-03-31", rate="1.0842", source="ECB")
        exchange_rates.add_rates(uow, curator, drafts=[rate])
    return {"journal": posted.journal_id, "entry": posted.entry_ids[1]}


def _facts_of(member: Actor) -> dict[str, UUID]:
    with unit_of_work() as uow:
        room = sessions.create_session(uow, member, request=SessionCreate(name="Takes"))
        sheet = SplitSheet(session_id=room.id, title="Song", sha256=UNKNOWN)
        export = Export(
            session_id=room.id,
            user_id=member.user_id,
            loudness_target={},
            manifest={},
            manifest_sha256=UNKNOWN,
            inputs={},
        )
        uow.session.add_all([sheet, export])
        uow.session.flush()
        return {
            "split": record_fact(uow, LeafKind.SPLIT, sheet.id, {}).id,
            "release": record_fact(uow, LeafKind.RELEASE, export.id, {}).id,
        }


def _token_client(actor: Actor) -> TestClient:
    with unit_of_work() as uow:
        _, secret = create_token(uow, actor, name="t", scopes={Scope.STUDIO})
    client = TestClient(rest_api(), base_url="http://localhost:3000")
    client.headers["Authorization"] = f"Bearer {secret}"
    return client
