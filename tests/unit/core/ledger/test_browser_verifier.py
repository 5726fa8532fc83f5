"""The browser's verifier under Node: the same verdict, reason and words as the one-file verifier."""

from __future__ import annotations

import base64
import json
import random
import subprocess
from pathlib import Path
from typing import Any

from omnisonic.core.ledger import offline_verifier
from omnisonic.core.ledger.offline_verifier import Invalid, describe, verify
from omnisonic.platform.embedded.toolchain import NODE
from tests.unit.core.ledger import proof_corpus as corpus
from tests.unit.core.ledger.test_offline_verifier import RFC_8032

FOLDER = Path(offline_verifier.__file__).parent
SCRIPT = """
import { readFileSync } from "node:fs";
import { verify, Invalid } from "./proof_check.js";
import { describe } from "./leaf_words.js";
import { ed25519Verifies } from "./ed25519.js";
const { cases, vectors } = JSON.parse(readFileSync(0, "utf8"));
const bytes = (text) => new Uint8Array(Buffer.from(text, "base64"));
async function judge(one, how) {
  try {
    const proved = await verify(bytes(one.content), one.vkeys, how);
    return { reason: "", rows: describe(proved.leaf) };
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    return { reason: error.message, rows: [] };
  }
}
const judged = [];
for (const one of cases) {
  judged.push([await judge(one), one.withOwn ? await judge(one, { signatureHolds: ed25519Verifies }) : null]);
}
const held = await Promise.all(vectors.map((vector) => ed25519Verifies(...vector.map(bytes))));
console.log(JSON.stringify({ judged, held }));
"""


def run_node(tmp_path: Path, cases: list[corpus.Case], vectors: list[tuple[bytes, ...]]) -> dict[str, Any]:
    """Judge every case in the browser's modules, each twelfth with our own Ed25519 as well."""
    for name in ("proof_check.js", "leaf_words.js", "ed25519.js"):
        (tmp_path / name).write_bytes((FOLDER / name).read_bytes())
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "judge.js").write_text(SCRIPT)
    asked = {
        "cases": [
            {
                "content": base64.b64encode(case.content).decode(),
                "vkeys": case.vkeys,
                "withOwn": at % 12 == 0,
            }
            for at, case in enumerate(cases)
        ],
        "vectors": [[base64.b64encode(part).decode() for part in vector] for vector in vectors],
    }
    ran = subprocess.run(
        [str(NODE), str(tmp_path / "judge.js")],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
    )
    answer: dict[str, Any] = json.loads(ran.stdout)
    return answer


def changed_files() -> list[corpus.Case]:
    """Files and keys with one character changed, added or taken away."""
    chance = random.Random(1)
    cases = []
    for _ in range(80):
        texts = [str(corpus.proof_of(4, 6)), *corpus.BOTH]
        which = chance.choice([0, 0, 0, 1, 2])
        at = chance.randrange(len(texts[which]))
        new = chance.choice(["", "\n", " ", "=", "+", "A", "\u00e9", texts[which][at].swapcase()])
        texts[which] = texts[which][:at] + new + texts[which][at + chance.randrange(2) :]
        cases.append(corpus.Case("changed", texts[0].encode(), vkeys=tuple(texts[1:])))
    return cases


def test_the_browser_judges_as_the_one_file_does(tmp_path: Path) -> None:
    cases = [*corpus.valid_cases(), *corpus.invalid_cases(), *changed_files()]
    wrong_message = [(key, message + b"x", signature) for key, message, signature in _vectors()]
    answer = run_node(tmp_path, cases, [*_vectors(), *wrong_message])
    assert answer["held"] == [True] * len(RFC_8032) + [False] * len(RFC_8032)
    for case, (judged, with_own) in zip(cases, answer["judged"], strict=True):
        expected = _expected(case)
        assert judged == expected, case.name
        assert with_own in (None, expected), case.name


def _expected(case: corpus.Case) -> dict[str, Any]:
    try:
        leaf = verify(case.content, list(case.vkeys)).leaf
    except Invalid as reason:
        return {"reason": str(reason), "rows": []}
    return {"reason": "", "rows": [list(row) for row in describe(leaf)]}


def _vectors() -> list[tuple[bytes, bytes, bytes]]:
    return [
        (bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature))
        for public, message, signature in RFC_8032
    ]
