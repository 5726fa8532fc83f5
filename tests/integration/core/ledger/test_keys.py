"""Keys that change while every old proof holds; a cosigner that signs continuations of its log only."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from omnisonic.core.ledger import command
from omnisonic.core.ledger.audit import run_audit
from omnisonic.core.ledger.checkpoint_text import CheckpointText
from omnisonic.core.ledger.checkpointing import CLOSING_LOCK
from omnisonic.core.ledger.cosigner import make_cosigner, make_server
from omnisonic.core.ledger.key_history import list_keys, vkeys_text
from omnisonic.core.ledger.keys import generate_keys, log_signer
from omnisonic.core.ledger.log_errors import ClosingElsewhere, CosignerRefused, CosignerUnreachable
from omnisonic.core.ledger.log_store import LogStore
from omnisonic.core.ledger.merkle import consistency_path, merkle_root
from omnisonic.core.ledger.models import CycleCheckpoint
from omnisonic.core.ledger.offline_verifier import Invalid, verify
from omnisonic.core.ledger.proofs import inclusion_proof, proof_file
from omnisonic.core.ledger.repository import leaves_between
from omnisonic.core.ledger.signed_note import sign_note
from omnisonic.core.ledger.witness import ADD_CHECKPOINT, VKEY_HEADER, AddCheckpoint
from omnisonic.platform.db import read_session
from omnisonic.platform.leadership import Leadership
from tests.integration.core.ledger.books import book, close


def keys_now() -> list[str]:
    """The two keys that anybody reads at `/log/vkeys`."""
    return vkeys_text(list_keys(LogStore())).splitlines()[:2]


def proof_of_first(signed: CycleCheckpoint) -> bytes:
    """The proof file of leaf 0 under this checkpoint."""
    with read_session() as session:
        leaf = leaves_between(session, 0, 1)[0]
        proof = inclusion_proof(session, leaf_hash=leaf.leaf_hash, tree_size=signed.tree_size)
        return proof_file(session, proof).encode()


def test_keys_are_rotated_and_every_proof_keeps_its_keys(
    cosigner: str, configure: Callable[..., Any]
) -> None:
    book(uuid4(), 3)
    first = close(uuid4())
    old, old_proof = keys_now(), proof_of_first(first)
    assert command.rotate("log", output=io.StringIO()) == 0
    assert keys_now() == old  # the newest checkpoint is still the old key's
    second = close(uuid4(), 2)
    between = keys_now()
    command.rotate("cosigner", output=io.StringIO())
    third_cycle = uuid4()
    with pytest.raises(CosignerRefused):  # it still runs with its old key
        close(third_cycle, 3)
    assert keys_now() == between
    server = make_server(make_cosigner(), host="127.0.0.1", port=0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    configure(COSIGNER_URL=f"http://127.0.0.1:{server.server_address[1]}")
    third = close(third_cycle, 3)
    server.shutdown()
    server.server_close()
    new = keys_now()
    assert (old[0] != between[0], old[1] == between[1], between[0] == new[0], between[1] != new[1]) == (
        True,
    ) * 4
    for proof, keys in ((old_proof, old), (proof_of_first(second), between), (proof_of_first(third), new)):
        assert verify(proof, keys)
        for others in (one for one in (old, between, new) if one != keys):
            with pytest.raises(Invalid):
                verify(proof, others)
    assert run_audit().is_sound
    text_now = vkeys_text(list_keys(LogStore()))
    assert f"# former key of the log, signed up to size {first.tree_size}: {old[0]}" in text_now
    assert f"# former key of the cosigner, signed up to size {second.tree_size}: {old[1]}" in text_now


def test_the_cosigner_says_why_it_does_not_sign(cosigner: str) -> None:
    book(uuid4(), 4)
    signed = close(uuid4())
    signer, stranger = log_signer(), generate_keys("omnisonic.local/ledger")[0]
    with read_session() as session:
        hashes = [leaf.leaf_hash for leaf in leaves_between(session, 0, signed.tree_size)]
    size = signed.tree_size
    later = [*hashes, bytes(32)]
    path = tuple(consistency_path(later, size))

    def ask(
        old: int, to: int, root: bytes, proof: tuple[bytes, ...] = (), by: Any = signer, name: str = ""
    ) -> Any:
        head = str(CheckpointText(name or "omnisonic.local/ledger", to, root))
        return post(str(AddCheckpoint(old, proof, str(sign_note(head, by)))))

    def post(body: str | bytes) -> httpx.Response:
        headers = {
            VKEY_HEADER: stranger.verifier.vkey
        }  # the first key is pinned: another one changes nothing
        return httpx.post(f"{cosigner}{ADD_CHECKPOINT}", content=body, headers=headers, trust_env=False)

    root, forged = merkle_root(later), bytes([1]) * 32
    elsewhere = generate_keys("other.example/log")[0]
    answers = {
        "garbage": (post("old one\n\nnothing"), 400),
        "not text": (post(b"\xff\xfe"), 400),
        "no newline before the note": (post(f"old {size}"), 400),
        "old above new": (ask(size + 2, size + 1, root), 400),
        "unknown key": (ask(size, size + 1, root, path, by=stranger), 403),
        "another log": (ask(0, 1, root, by=elsewhere, name="other.example/log"), 404),
        "another size is known": (ask(size - 1, size + 1, root, path), 409),
        "a fork of the same size": (ask(size, size, forged), 422),
        "a tree that does not continue": (ask(size, size + 1, forged, path), 422),
        "a hash too many": (ask(size, size + 1, root, (*path, forged)), 422),
        "a path between equal trees": (ask(size, size, merkle_root(hashes), (forged,)), 422),
        "too large": (post("x" * 70_000), 413),
    }
    assert {name: answer.status_code for name, (answer, _) in answers.items()} == {
        name: status for name, (_, status) in answers.items()
    }
    known = answers["another size is known"][0]
    assert (known.text, known.headers["content-type"]) == (f"{size}\n", "text/x.tlog.size")
    assert ask(size, size + 1, root, path).status_code == 200


def test_without_the_cosigner_nothing_is_signed_and_closing_goes_on_later(
    cosigner: str, configure: Callable[..., Any]
) -> None:
    book(uuid4(), 2)
    close(uuid4())
    other = generate_keys("omnisonic.local/ledger")[1].verifier.vkey
    cycle_id = uuid4()
    book(cycle_id, 2)
    configure(COSIGNER_URL="http://127.0.0.1:1")
    with pytest.raises(CosignerUnreachable):
        close(cycle_id, 2)
    configure(COSIGNER_URL=cosigner, LEDGER_COSIGNER_VKEY=other)
    with pytest.raises(CosignerRefused):
        close(cycle_id, 2)
    with read_session() as session:
        assert session.execute(text("SELECT count(*) FROM cycle_checkpoints")).scalar_one() == 1
    configure(LEDGER_COSIGNER_VKEY=None)
    assert close(cycle_id, 2).number == 2
    assert run_audit().is_sound


def test_of_many_closers_one_signs(cosigner: str) -> None:
    cycle_id = uuid4()
    book(cycle_id, 2)
    with Leadership(CLOSING_LOCK) as leadership:
        assert leadership.try_acquire()
        with pytest.raises(ClosingElsewhere) as refusal:
            close(cycle_id)
    assert refusal.value.status == 409
    start = threading.Barrier(4)

    def attempt(_: int) -> CycleCheckpoint | None:
        start.wait()
        try:
            return close(cycle_id)
        except ClosingElsewhere:
            return None

    with ThreadPoolExecutor(4) as pool:
        done = [one for one in pool.map(attempt, range(4)) if one]
    assert len({one.id for one in done}) == 1
    assert {one.number for one in done} == {1}
