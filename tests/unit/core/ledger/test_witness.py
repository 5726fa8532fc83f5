"""Asking for a cosignature and giving one: requests and verdicts published by others (C2SP tlog-witness)."""

from __future__ import annotations

import base64
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from omnisonic.core.ledger.checkpoint_text import CheckpointText
from omnisonic.core.ledger.cosignature import CosignatureSigner
from omnisonic.core.ledger.cosigning import Cosigner
from omnisonic.core.ledger.log_errors import CosignerRefused
from omnisonic.core.ledger.merkle import EMPTY_ROOT
from omnisonic.core.ledger.signed_note import NoteSigner, parse_signature, sign_note
from omnisonic.core.ledger.witness import SIZE_TYPE, AddCheckpoint, cosign

# Of the tests of transparency-dev/witness (Apache License 2.0): a log of 5 leaves that grows to 8.
MONKEYS = NoteSigner.parse("PRIVATE+KEY+monkeys+db4d9f7e+ATWIAF3yVBG+Hv1rZFQoNt/BaURkLPtOFMAM2HrEeIr6")
BANANAS = NoteSigner.parse("PRIVATE+KEY+bananas+cf639f13+AdjzytHoXdvn+1vG2UXXqFR3LZ+kvnmQZFretRaKfTIu")
FIVE = base64.b64decode("41smjBUiAU70EtKlT6lIOIYtRTYxYXsDB+XHfcvu/BE=")
EIGHT = base64.b64decode("V8K9aklZ4EPB+RMOk1/8VsJUdFZR77GDtZUQq84vSbo=")
MONKEYS_OF_8 = """monkeys
8
V8K9aklZ4EPB+RMOk1/8VsJUdFZR77GDtZUQq84vSbo=

— monkeys 202ffoUEboiQYpHzICeaFmoy3RNviHTpAxYrq/eO4QQVQMvu9UebKBMX2MJC76NLthZaKsnKbCA8GxrjePZhvDCH7Ag=
"""
PATH = tuple(
    map(
        bytes.fromhex,
        [
            "b9e1d62618f7fee8034e4c5010f727ab24d8e4705cb296c374bf2025a87a10d2",
            "aac66cd7a79ce4012d80762fe8eec3a77f22d1ca4145c3f4cee022e7efcd599d",
            "89d0f753f66a290c483b39cd5e9eafb12021293395fad3d4a2ad053cfbcfdc9e",
            "29e40bb79c966f4c6fe96aff6f30acfce5f3e8d84c02215175d6e018a5dee833",
        ],
    )
)
FORK = b"\xff" * 7 + FIVE[7:]
COSIGNER = CosignatureSigner.generate("cosigner.example")


def request(
    old: int, size: int, root: bytes, path: tuple[bytes, ...] = (), *, by: NoteSigner = MONKEYS
) -> str:
    return str(AddCheckpoint(old, path, str(sign_note(str(CheckpointText("monkeys", size, root)), by))))


@pytest.fixture
def cosigner(configure: Callable[..., Any], tmp_path: Path) -> Cosigner:
    configure(COSIGNER_LOG_VKEYS=MONKEYS.verifier.vkey)
    return Cosigner(COSIGNER, tmp_path, origin="monkeys", may_pin=False)


def test_a_cosigner_judges_as_published(cosigner: Cosigner) -> None:
    """The cases of transparency-dev/witness and of torchwood's `TestZeroSize`, in an order that builds up."""
    unreadable = str(sign_note("monkeys\nnot-a-size\nnot-a-hash\n", MONKEYS))
    elsewhere = str(sign_note(str(CheckpointText("bananas", 5, FIVE)), BANANAS))
    for body, status in [
        (request(0, 0, EMPTY_ROOT), 200),
        (request(0, 0, EMPTY_ROOT), 200),
        (request(0, 0, FIVE), 422),
        (request(0, 0, bytes(32)), 422),
        (request(0, 0, EMPTY_ROOT, (FIVE,)), 422),
        (request(0, 5, FIVE, PATH), 422),
        (request(0, 5, FIVE, (bytes(32),) * 63), 422),
        (request(0, 5, FIVE, (bytes(32),) * 64), 400),
        (request(0, 5, FIVE, by=BANANAS), 403),
        ("monkeys\n5\n41smjBUiAU70EtKlT6lIOIYtRTYxYXsDB+XHfcvu/BE=\n", 400),
        ("old 0\n\nmonkeys\nthis is not a checkpoint\n", 400),
        ("old 0\n\nmonkeys", 400),
        (str(AddCheckpoint(0, (), unreadable)), 400),
        (str(AddCheckpoint(0, (), elsewhere)), 404),
        (request(0, 5, FIVE), 200),
        (request(5, 5, FIVE), 200),
        (request(5, 5, FORK), 422),
        (request(8, 5, FIVE, PATH), 400),
        (str(AddCheckpoint(5, (), MONKEYS_OF_8)), 422),
        (str(AddCheckpoint(5, PATH[::-1], MONKEYS_OF_8)), 422),
        (str(AddCheckpoint(2, PATH, MONKEYS_OF_8)), 409),
        (str(AddCheckpoint(0, (), MONKEYS_OF_8)), 409),
        (str(AddCheckpoint(5, PATH, MONKEYS_OF_8)), 200),
        (request(5, 5, FIVE), 409),
    ]:
        answer = cosigner.add_checkpoint(body.encode())
        assert answer.status == status, (body, answer)
        if status == 200:
            line = parse_signature(answer.body.removesuffix("\n"))
            assert COSIGNER.verifier.verifies(body.split("\n\n")[1] + "\n", line.signature)
        else:
            assert "—" not in answer.body
        if status == 409:
            assert (answer.content_type, answer.body) == (SIZE_TYPE, "8\n" if "\n8\n" not in body else "5\n")


Served = tuple[int, str, str]


def asked_of(answers: list[Served], **ask: Any) -> tuple[str | Exception, list[str]]:
    """Ask a witness that gives these answers in turn; what came of it, and the first lines it was sent."""
    seen: list[str] = []

    class Witness(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            seen.append(body.partition("\n")[0])
            status, content_type, answer = answers[len(seen) - 1]
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.end_headers()
            self.wfile.write(answer.encode())

        def log_message(self, *_: object) -> None:
            """Nothing is written."""

    note = sign_note(str(CheckpointText("monkeys", 8, EIGHT)), MONKEYS)
    with HTTPServer(("127.0.0.1", 0), Witness) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            line = cosign(
                note,
                url=f"http://127.0.0.1:{server.server_port}",
                log_vkey=MONKEYS.verifier.vkey,
                verifier=COSIGNER.verifier,
                prove=lambda known: PATH if known == 5 else (),
                **ask,
            ).line
        except CosignerRefused as refusal:
            return refusal, seen
        finally:
            server.shutdown()
    return line, seen


def test_witnesses_of_both_versions_are_understood() -> None:
    good = COSIGNER.sign(str(CheckpointText("monkeys", 8, EIGHT)), time_s=1).line
    strangers = "".join(
        f"— w{number}.example {base64.b64encode(bytes(2432)).decode()}\n" for number in range(15)
    )
    text = "text/plain"
    assert asked_of([(200, text, strangers + good)], old_size=5) == (good, ["old 5"])
    assert asked_of([(409, SIZE_TYPE, "5\n"), (200, text, good)], old_size=0) == (good, ["old 0", "old 5"])
    for answers, old_size, words in [
        ([(422, text, "another root\n")], 8, "another tree of 8 leaves"),
        ([(409, SIZE_TYPE, "8\n")], 8, "another tree of 8 leaves"),
        ([(409, text, "another root\n")], 8, "answers 409: another root"),
        ([(422, text, "bad proof\n")], 5, "answers 422: bad proof"),
        ([(409, SIZE_TYPE, "eight\n")], 5, "does not say which size"),
        ([(409, SIZE_TYPE, ""), (200, text, good)], 5, "does not say which size"),
        ([(409, SIZE_TYPE, f"{size}\n") for size in (1, 2, 3)], 5, "answers 409: 3"),
        ([(200, text, good + "junk\n")], 5, "cannot be read"),
        ([(200, text, strangers)], 5, "its known key did not make"),
        ([(200, text, "x" * 200_000)], 5, "longer than any"),
    ]:
        found, _ = asked_of(answers, old_size=old_size)
        assert isinstance(found, CosignerRefused)
        assert words in str(found), (words, str(found))
