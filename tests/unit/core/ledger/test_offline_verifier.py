"""The one-file verifier: published Ed25519 vectors, the corpus, any changed character, the command line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from omnisonic import cli
from omnisonic.core.ledger import offline_verifier
from omnisonic.core.ledger.offline_verifier import Invalid, describe, ed25519_verifies, report, verify
from omnisonic.platform.settings import Settings
from tests.unit.core.ledger import proof_corpus as corpus

VERIFIER = Path(offline_verifier.__file__)
# RFC 8032 §7.1: tests 1 to 3 and that of SHA(abc), as public key, message and signature.
RFC_8032 = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
        "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
]
PROOF = str(corpus.proof_of(4, 6))


def reason_of(case: corpus.Case) -> str:
    """Why the verifier refuses a file; empty where it holds."""
    try:
        verify(case.content, list(case.vkeys))
    except Invalid as reason:
        return str(reason)
    return ""


def test_published_signatures() -> None:
    for public, message, signature in (tuple(map(bytes.fromhex, vector)) for vector in RFC_8032):
        assert ed25519_verifies(public, message, signature)
        assert not ed25519_verifies(public, message + b"x", signature)
        assert not ed25519_verifies(public, message, signature[:-1])
        assert not ed25519_verifies(public[:-1], message, signature)
        assert not ed25519_verifies(b"\xff" * 32, message, signature)
        assert not ed25519_verifies(b"\x02" + bytes(31), message, signature)


@pytest.mark.parametrize("case", corpus.valid_cases(), ids=lambda case: case.name)
def test_proofs_that_hold(case: corpus.Case) -> None:
    proved = verify(case.content, list(case.vkeys))
    assert proved.leaf == corpus.LEAVES[proved.position]
    assert report(proved).startswith("VALID\n")
    assert "omnisonic.example/cosigner at 2026-09-21 14:13:20 UTC" in report(proved)


@pytest.mark.parametrize("case", corpus.invalid_cases(), ids=lambda case: case.name)
def test_proofs_that_do_not_hold(case: corpus.Case) -> None:
    assert reason_of(case) == case.reason


@settings(max_examples=120)
@given(st.data())
def test_any_changed_character_is_found(data: st.DataObject) -> None:
    """In the file or in a key: another character, one more or one less."""
    texts = [PROOF, *corpus.BOTH]
    which = data.draw(st.sampled_from([0, 0, 0, 1, 2]))
    text = texts[which]
    at = data.draw(st.integers(0, len(text)))
    new = data.draw(
        st.sampled_from(["", "\n", " ", "=", "+", "/", "A", "\r", "0"]) | st.characters(codec="utf-8")
    )
    cut = data.draw(st.integers(0, 1))
    texts[which] = text[:at] + new + text[at + cut :]
    if texts[which] == text:
        return
    proof, *vkeys = texts
    assert reason_of(corpus.Case("changed", proof.encode(), vkeys=tuple(vkeys)))


def test_the_leaf_is_said_in_plain_words() -> None:
    rows = dict(describe(corpus.ENTRY))
    assert rows["This is"] == "One entry of the ledger"
    assert rows["Amount"] == "12.345000001 EUR, credit"
    assert (rows["Cycle"], rows["Kind"], rows["Account"]) == ("c1", "entry", "payee")
    assert dict(describe(corpus.LEAVES[1]))["Amount"] == "0.000000005 JPY"
    assert dict(describe(corpus.LEAVES[2]))["Amount"] == "-1.50 USD"
    assert ("facts.shares.1.share", "500000") in describe(corpus.LEAVES[3])
    assert "not a record" in dict(describe(b"\xff"))["Leaf"]
    assert "not a record" in dict(describe(b"[" * 30_000))["Leaf"]
    assert dict(describe(b'{"a":"\\u0007"}'))["a"] == "\ufffd"


def test_the_file_runs_by_itself_without_our_package(tmp_path: Path) -> None:
    """In another folder, in isolated mode, with nothing but the standard library on the path."""
    script, proof, keys = tmp_path / "omnisonic_verify.py", tmp_path / "one.tlog-proof", tmp_path / "keys"
    script.write_bytes(VERIFIER.read_bytes())
    proof.write_text(PROOF, encoding="utf-8", newline="")
    keys.write_text("".join(f"{vkey}\n" for vkey in corpus.BOTH), encoding="utf-8", newline="")
    command = [sys.executable, "-I", "-S", str(script), str(proof), "--keys", str(keys)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("VALID\n")
    assert "omnisonic.example/log" in ran.stdout


def test_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    proof, keys = tmp_path / "one.tlog-proof", tmp_path / "keys"
    proof.write_text(PROOF, encoding="utf-8", newline="")
    log, cosigner = corpus.BOTH
    given = ["--vkey", log, "--cosigner-vkey", cosigner]

    def run(*arguments: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            cli.main(["verify", str(proof), *arguments])
        assert isinstance(ended.value.code, int)
        return ended.value.code, capsys.readouterr().out

    assert run(*given)[0] == 0
    for text in (f"{log}\n{cosigner}", f"{log}\n\n{cosigner}\n", f"{log}\r\n{cosigner}\r\n"):
        keys.write_text(text, encoding="utf-8", newline="")
        assert run("--keys", str(keys))[0] == 1
    assert run("--vkey", log) == (1, "INVALID: the public key of the cosigner is missing\n")
    assert run("--keys", str(tmp_path / "nowhere"))[0] == 2
    proof.write_text(PROOF.replace("index 4", "index 5"), encoding="utf-8", newline="")
    assert run(*given) == (1, "INVALID: the path does not lead from the leaf to the signed root\n")
    proof.unlink()
    assert run(*given)[0] == 2


@pytest.mark.parametrize("origin", ["b\u00fcro.example/log", "a b", "a+b", "a\x7f"], ids=range(4))
def test_a_log_is_never_named_so_that_nobody_can_check_its_proofs(origin: str) -> None:
    with pytest.raises(ValidationError):
        Settings(ledger_origin=origin)
