"""Royalties over GraphQL: entries, closing, checkpoints, proofs, statements, and who sees what."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from graph_service.types import ledger_operations
from omnisonic.core.ledger.audit import run_audit
from omnisonic.core.ledger.jobs import AUDIT_LEDGER
from omnisonic.core.ledger.key_history import list_keys, verifiers_at
from omnisonic.core.ledger.log_store import LogStore
from omnisonic.core.ledger.merkle import leaf_hash, verify_consistency, verify_inclusion
from omnisonic.core.ledger.sequencer import sequence_all
from omnisonic.core.ledger.tlog_proof import check_proof, parse_proof
from omnisonic.core.royalties import audit_reads
from omnisonic.core.royalties.closing import CLOSER_LOCK
from omnisonic.platform.actor import Role, Scope
from omnisonic.platform.db import unit_of_work
from omnisonic.platform.leadership import Leadership
from omnisonic.platform.models import OutboxMessage
from tests.conftest import Servers
from tests.integration.core.conftest import link
from tests.integration.core.royalties.books import Song, make_song, report, usage
from tests.integration.graph_service.conftest import Person, make_token
from tests.integration.graph_service.test_graph import counted
from tests.integration.owner import change_entries

Ask = Callable[..., dict[str, Any]]

ENTRY = """id seq journalId eventId workId contributorId account cycleId amount { amount scale currency }
  direction policyDigest description createdAt"""
ENTRIES = f"""query($cycle: ID, $who: ID, $first: Int, $after: String) {{
  ledgerEntries(cycleId: $cycle, contributorId: $who, first: $first, after: $after) {{
    totalCount edges {{ cursor node {{ {ENTRY} }} }} pageInfo {{ hasNextPage endCursor }}
  }} }}"""
CLOSE = """mutation($id: ID!) { closeCycle(cycleId: $id) {
  id cycleId cycleNumber currency totalAmount { amount scale currency } treeSize merkleRoot signedNote
  closedAt } }"""
CHECKPOINTS = """{ cycleCheckpoints { totalCount edges { node {
  id cycleId treeSize merkleRoot signedNote } } } }"""
INSIDE = """query($first: Int) { cycleCheckpoints { edges { node {
  ledgerEntries(first: $first) { totalCount edges { node { id } } } } } } }"""
INCLUSION = "query($id: ID!) { inclusionProof(entryId: $id) { leafIndex treeSize leafHash path tlogProof } }"
CONSISTENCY = """query($a: BigInt!, $b: BigInt!) {
  consistencyProof(fromSize: $a, toSize: $b) { fromSize toSize path } }"""
ROOT = """query($id: ID!) { recomputeMerkleRoot(cycleId: $id) {
  checkpoint { merkleRoot treeSize } computedMerkleRoot matches firstMismatchLeaf } }"""
STATEMENT = """query($who: ID!, $cycle: ID!) { statement(contributorId: $who, cycleId: $cycle) {
  id cycleId contributor { id name } total { amount currency } carried { amount }
  lines { work { title } recording { isrc } territory period quantity rate amount { amount } leafIndex }
} }"""


@pytest.fixture
def cleo(make_person: Callable[..., Person]) -> Person:
    return make_person("Cleo", role=Role.CURATOR)


def codes(answer: dict[str, Any]) -> list[str]:
    return [str(error["extensions"]["code"]) for error in answer.get("errors", ())]


def nodes(answer: dict[str, Any], field: str) -> list[dict[str, Any]]:
    assert "errors" not in answer, answer
    return [edge["node"] for edge in answer["data"][field]["edges"]]


def book_march(cleo: Person, song: Song, *keys: str) -> UUID:
    """Ten euros for each key, sequenced; gives the cycle."""
    booked = report(cleo.actor, *(usage(key) for key in keys))
    sequence_all()
    return booked[0].event.cycle_id


def tamper(servers: Servers, entry_id: UUID) -> None:
    """Flip a bit of an entry's leaf."""
    change_entries(
        servers,
        "UPDATE ledger_entries SET leaf = set_bit(leaf, 100, 1 - get_bit(leaf, 100)) WHERE id = %s",
        str(entry_id),
    )


def test_from_usage_to_a_statement_and_its_proof(
    cosigner: str, ask: Ask, cleo: Person, mara: Person, make_person: Callable[..., Person]
) -> None:
    song = make_song(cleo.actor)
    link(song.ann, mara.actor)
    teo = make_person("Teo")
    cycle = str(book_march(cleo, song, "one", "two"))

    # Entries: curators all, payees their own, others none; a debit for each credit.
    all_of_them = nodes(ask(cleo, ENTRIES, cycle=cycle), "ledgerEntries")
    assert len(all_of_them) == 6
    assert {one["account"] for one in all_of_them} == {"source:Streamly", "payee"}
    signed = [
        int(one["amount"]["amount"]) * (1 if one["direction"] == "DEBIT" else -1) for one in all_of_them
    ]
    assert (sum(signed), max(signed)) == (0, 10 * 10**9)
    assert all(one["amount"]["scale"] == 9 and one["description"] == "Usage: stream" for one in all_of_them)
    own = nodes(ask(mara, ENTRIES), "ledgerEntries")
    assert {one["contributorId"] for one in own} == {str(song.ann.id)}
    assert [one["amount"]["amount"] for one in own] == ["6666670000"] * 2
    assert ask(teo, ENTRIES)["data"]["ledgerEntries"]["totalCount"] == 0
    first = ask(cleo, ENTRIES, who=str(song.bob.id), first=1)["data"]["ledgerEntries"]
    after = first["pageInfo"]["endCursor"]
    second = ask(cleo, ENTRIES, who=str(song.bob.id), first=1, after=after)["data"]["ledgerEntries"]
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"]) == (2, True)
    assert (second["pageInfo"]["hasNextPage"], len(second["edges"])) == (False, 1)
    assert first["edges"][0]["node"]["id"] > second["edges"][0]["node"]["id"]

    # Before the closing nothing is proved; members cannot close.
    assert codes(ask(mara, INCLUSION, id=own[0]["id"])) == ["not-covered"]
    assert codes(ask(cleo, ROOT, id=cycle)) == ["not-found"]
    assert codes(ask(mara, CLOSE, id=cycle)) == ["forbidden"]
    closed = ask(cleo, CLOSE, id=cycle)
    assert "errors" not in closed, closed
    checkpoint = closed["data"]["closeCycle"]
    assert checkpoint["totalAmount"] == {"amount": str(20 * 10**9), "scale": 9, "currency": "EUR"}
    assert codes(ask(cleo, CLOSE, id=cycle)) == ["cycle-closed"]

    # The public log.
    (published,) = nodes(ask(None, CHECKPOINTS), "cycleCheckpoints")
    assert {name: checkpoint[name] for name in published} == published
    root, size = bytes.fromhex(published["merkleRoot"]), int(published["treeSize"])
    for person, has_leaf in ((mara, True), (cleo, True), (teo, False), (None, False)):
        proof = ask(person, INCLUSION, id=own[0]["id"])["data"]["inclusionProof"]
        digest, path = bytes.fromhex(proof["leafHash"]), [bytes.fromhex(one) for one in proof["path"]]
        assert proof["leafIndex"] == own[0]["seq"]
        assert verify_inclusion(digest, int(proof["leafIndex"]), size, path, root)
        file = parse_proof(proof["tlogProof"])
        logs, cosigners = verifiers_at(list_keys(LogStore()), size)
        assert check_proof(file, digest, [*logs, *cosigners]).root == root
        assert (file.extra is not None) is has_leaf
        assert file.extra is None or leaf_hash(file.extra) == digest
    assert ask(cleo, INCLUSION, id=cycle)["data"] == {"inclusionProof": None}

    # Statements.
    with counted() as seen:
        statement = ask(mara, STATEMENT, who=str(song.ann.id), cycle=cycle)["data"]["statement"]
    assert len(seen) <= 5 + 2, seen
    (line,) = statement["lines"]
    assert statement["contributor"] == {"id": str(song.ann.id), "name": "Ann"}
    assert statement["total"] == {"amount": line["amount"]["amount"], "currency": "EUR"}
    assert (line["amount"]["amount"], line["quantity"], line["period"]) == ("13333340000", "2400", "2026-03")
    assert (line["rate"], line["recording"]["isrc"]) == ("0.005555558", "GBAYC1700598")
    assert ask(mara, STATEMENT, who=str(song.bob.id), cycle=cycle)["data"] == {"statement": None}
    assert ask(cleo, STATEMENT, who=str(song.bob.id), cycle=cycle)["data"]["statement"]["lines"]


def test_a_root_is_recomputed_and_tampering_is_located(
    servers: Servers, cosigner: str, ask: Ask, cleo: Person, mara: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    song = make_song(cleo.actor)
    march = book_march(cleo, song, "one", "two")
    april = report(cleo.actor, usage("three", occurred_at=usage().occurred_at.replace(month=4)))[
        0
    ].event.cycle_id
    sizes, roots = [], []
    for cycle in (march, april):
        made = ask(cleo, CLOSE, id=str(cycle))["data"]["closeCycle"]
        sizes.append(made["treeSize"])
        roots.append(bytes.fromhex(made["merkleRoot"]))
    proof = ask(None, CONSISTENCY, a=sizes[0], b=sizes[1])["data"]["consistencyProof"]
    path = [bytes.fromhex(one) for one in proof["path"]]
    assert verify_consistency(int(sizes[0]), int(sizes[1]), roots[0], roots[1], path)
    assert codes(ask(None, CONSISTENCY, a="1", b=str(int(sizes[1]) + 1))) == ["past-the-end"]
    assert codes(ask(None, CONSISTENCY, a="0", b=sizes[1])) == ["invalid-fields"]

    assert codes(ask(mara, ROOT, id=str(march))) == ["forbidden"]
    for cycle, root in zip((march, april), roots, strict=True):
        check = ask(cleo, ROOT, id=str(cycle))["data"]["recomputeMerkleRoot"]
        assert check["matches"] is True
        assert check["computedMerkleRoot"] == check["checkpoint"]["merkleRoot"] == root.hex()
    entry = nodes(ask(cleo, ENTRIES, cycle=str(march), first=1), "ledgerEntries")[0]
    tamper(servers, UUID(entry["id"]))
    for cycle in (march, april):
        check = ask(cleo, ROOT, id=str(cycle))["data"]["recomputeMerkleRoot"]
        assert (check["matches"], check["firstMismatchLeaf"]) == (False, entry["seq"])
        assert check["computedMerkleRoot"] != check["checkpoint"]["merkleRoot"]

    # A log too large, or a machine too busy, to wait for: an audit is asked for, once, and its answer served.
    for limit in ("WAITING_MAX_S", "LEAVES_AT_ONCE"):
        with monkeypatch.context() as hurried:
            hurried.setattr(audit_reads, limit, 0)
            assert codes(ask(cleo, ROOT, id=str(april))) == ["audit-pending"]
    monkeypatch.setattr(audit_reads, "LEAVES_AT_ONCE", 10)
    with unit_of_work() as uow:
        jobs = uow.session.exec(select(OutboxMessage.topic).where(OutboxMessage.kind == "job")).all()
    assert jobs == [AUDIT_LEDGER.function]
    run_audit()
    check = ask(cleo, ROOT, id=str(april))["data"]["recomputeMerkleRoot"]
    assert (check["matches"], check["firstMismatchLeaf"]) == (False, entry["seq"])
    tamper(servers, UUID(entry["id"]))  # the same bit again
    run_audit()
    check = ask(cleo, ROOT, id=str(april))["data"]["recomputeMerkleRoot"]
    assert (check["matches"], check["firstMismatchLeaf"]) == (True, None)


def test_a_closing_that_takes_long_goes_on_and_says_so(
    cosigner: str, ask: Ask, cleo: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    cycle = str(book_march(cleo, make_song(cleo.actor), "one"))
    with monkeypatch.context() as hurried:
        hurried.setattr(ledger_operations, "CLOSE_PATIENCE_S", 0)
        (refusal,) = ask(cleo, CLOSE, id=cycle)["errors"]
    assert (
        refusal["extensions"].items()
        >= {
            "code": "closing-goes-on",
            "current": {"id": cycle, "status": "closing"},
            "retryAfterSeconds": 10,
        }.items()
    )
    assert "cycleCheckpointClosed" in refusal["message"]
    while (code := codes(ask(cleo, CLOSE, id=cycle))) == ["cycle-closing"]:
        pass
    assert code == ["cycle-closed"]
    assert ask(None, CHECKPOINTS)["data"]["cycleCheckpoints"]["totalCount"] == 1


def test_one_of_two_closers_closes(cosigner: str, ask: Ask, cleo: Person) -> None:
    cycle = str(book_march(cleo, make_song(cleo.actor), "one"))
    with Leadership(CLOSER_LOCK) as other:
        assert other.try_acquire()
        assert codes(ask(cleo, CLOSE, id=cycle)) == ["cycle-closing"]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: ask(cleo, CLOSE, id=cycle), range(2)))
    refused = [code for answer in answers for code in codes(answer)]
    assert len(refused) == 1
    assert set(refused) <= {"cycle-closing", "cycle-closed"}
    assert ask(None, CHECKPOINTS)["data"]["cycleCheckpoints"]["totalCount"] == 1


def test_scopes_and_statements(cosigner: str, ask: Ask, cleo: Person) -> None:
    song = make_song(cleo.actor)
    cycle = str(book_march(cleo, song, *map(str, range(10))))
    with unit_of_work() as uow:
        graph_only = make_token(uow, cleo.actor, (Scope.GRAPH_READ, Scope.GRAPH_WRITE))
        reader_only = make_token(uow, cleo.actor, (Scope.ROYALTIES_READ,))
    narrow, reader = (Person(cleo.actor, token, "") for token in (graph_only, reader_only))
    for query in (ENTRIES, CLOSE, ROOT, STATEMENT):
        asked = {"id": cycle, "who": str(song.ann.id), "cycle": cycle}
        wanted = {name: value for name, value in asked.items() if f"${name}:" in query}
        assert codes(ask(narrow, query, **wanted)) == ["forbidden"]
        assert codes(ask(None, query, **wanted)) == ["unauthenticated"]
    assert codes(ask(reader, CLOSE, id=cycle)) == ["forbidden"]
    assert codes(ask(reader, "{ works { totalCount } }")) == ["forbidden"]
    assert len(nodes(ask(reader, ENTRIES), "ledgerEntries")) == 30
    ask(cleo, CLOSE, id=cycle)
    april = report(cleo.actor, usage("april", occurred_at=usage().occurred_at.replace(month=4)))
    ask(cleo, CLOSE, id=str(april[0].event.cycle_id))
    for stranger in (narrow, None):
        assert set(codes(ask(stranger, INSIDE, first=3))) <= {"forbidden", "unauthenticated"}
        assert codes(ask(stranger, CHECKPOINTS)) == []

    costs = []
    for first in (1, 20):
        with counted() as seen:
            pages = nodes(ask(cleo, INSIDE, first=first), "cycleCheckpoints")
        assert [page["ledgerEntries"]["totalCount"] for page in pages] == [3, 30]
        assert len(pages[1]["ledgerEntries"]["edges"]) == first
        costs.append(len(seen))
    for first in (1, 30):
        with counted() as seen:
            assert len(nodes(ask(cleo, ENTRIES, first=first), "ledgerEntries")) == first
        costs.append(len(seen))
    assert costs[0] == costs[1] <= 3 + 2, costs
    assert costs[2] == costs[3] <= 2 + 2, costs
