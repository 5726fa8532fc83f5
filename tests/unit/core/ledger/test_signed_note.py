"""Notes, keys, checkpoints, cosignatures and proof files: published vectors, round trips, strictness."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from omnisonic.core.ledger import merkle
from omnisonic.core.ledger.checkpoint_text import (
    CheckpointText,
    CheckpointTextError,
    parse_checkpoint_text,
)
from omnisonic.core.ledger.cosignature import CosignatureSigner, CosignatureVerifier, cosigned_at_s
from omnisonic.core.ledger.note_keys import KeyTextError, PrivateKey, SignatureType
from omnisonic.core.ledger.signed_note import (
    NoteError,
    NoteSigner,
    NoteVerifier,
    SignatureRefusedError,
    UnsignedNoteError,
    Verifier,
    open_note,
    parse_note,
    sign_note,
)
from omnisonic.core.ledger.tlog_proof import (
    ProofRefusedError,
    ProofTextError,
    TlogProof,
    check_proof,
    parse_proof,
)

# The example of the C2SP test data, and the pair of keys from the documentation of Go's note package.
EXAMPLE_VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
EXAMPLE_NOTE = (
    "This is an example message.\n\n— example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
GO_SKEY = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6R"
    "yyBwJnAM=\n"
)

# Of the tests of sigsum-go (BSD 2-Clause): the key of seed 17, 0, 0 … signs and cosigns these.
SIGSUM_NAME = "sigsum.org/v1/tree/e796172b92befd62d9dc67e41c2f5bc9d3100a3023b20b1ca40288dd1c679e69"
SIGSUM_LINE = (
    f"— {SIGSUM_NAME} gJ2ho0n8F8olcerUF1FFdv235A/5as/coWrpLrtE7ovMeP5whgwouYExowG/lTznxu6OUGjjt5yJQ6bXtTcf718"
    "MqAQ=\n"
)
SIGSUM_COSIGNED = (
    "— example.org/witness ys8uUAAAAAAAAATSftMzceM8zssdZ9jin9SjwIxzx9iADMf63VqirX2hafol9RsqNqbofIz0LVRqHXI2"
    "kpEBSki5RTXFtxz1vo9+Cg==\n"
)
# A checkpoint as a log of the public served it: keys of three kinds, four witnesses.
SERVED_KEYS = (
    "arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f",
    "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
)
SERVED = """arche2025h1.staging.ct.transparency.dev
1432088532
U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

— arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllza\
lApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=
— arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1b\
fTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=
— witness1.smartit.nu/witness1 pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3u5hNI7TO\
QtmJbqmNWVuE0tgh0XwzdZsDsUAQ==
— remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0\
WBxtqB0DrAWfBw==
"""

LOG = NoteSigner.generate("omnisonic.example/log")
COSIGNER = CosignatureSigner.generate("omnisonic.example/cosigner")
LEAVES = [f"leaf {number}".encode() for number in range(11)]
HASHES = merkle.leaf_hashes(LEAVES)
HEAD = CheckpointText("omnisonic.example/log", len(HASHES), merkle.merkle_root(HASHES))
CHECKPOINT = sign_note(str(HEAD), LOG).signed_also(COSIGNER.sign(str(HEAD), time_s=1_790_000_000))
BOTH: list[Verifier] = [LOG.verifier, COSIGNER.verifier]


def proof_of(index: int) -> TlogProof:
    return TlogProof(index, tuple(merkle.inclusion_path(HASHES, index)), str(CHECKPOINT), LEAVES[index])


@pytest.mark.parametrize(("vkey", "note"), [(EXAMPLE_VKEY, EXAMPLE_NOTE), (GO_VKEY, GO_NOTE)])
def test_published_notes(vkey: str, note: str) -> None:
    verifier = NoteVerifier.parse(vkey)
    opened, found = open_note(note.encode(), [verifier])
    assert found == [verifier]
    assert str(opened) == note
    assert verifier.vkey == vkey


def test_published_private_key_signs_the_published_note() -> None:
    signer = NoteSigner.parse(GO_SKEY)
    assert (signer.skey, signer.verifier.vkey) == (GO_SKEY, GO_VKEY)
    assert str(sign_note(GO_NOTE.partition("\n\n")[0] + "\n", signer)) == GO_NOTE
    assert GO_SKEY[-20:] not in repr(signer)


def test_published_checkpoints_and_cosignatures() -> None:
    seed = bytes([17]) + bytes(31)
    log, witness = (
        PrivateKey(name, kind, Ed25519PrivateKey.from_private_bytes(seed))
        for name, kind in (
            (SIGSUM_NAME, SignatureType.ED25519),
            ("example.org/witness", SignatureType.COSIGNATURE),
        )
    )
    root = bytes([28, 14, 71]) + bytes(29)
    assert NoteSigner(log).sign(str(CheckpointText(SIGSUM_NAME, 10, root))).line == SIGSUM_LINE
    text = str(CheckpointText("example.org/log", 10, root))
    assert CosignatureSigner(witness).sign(text, time_s=1234).line == SIGSUM_COSIGNED
    of_log, of_witness = NoteVerifier.parse(SERVED_KEYS[0]), CosignatureVerifier.parse(SERVED_KEYS[1])
    note, found = open_note(SERVED, [of_log, of_witness])
    assert found == [of_log, of_witness]
    assert parse_checkpoint_text(note.text).size == 1_432_088_532
    assert cosigned_at_s(note.signatures[-1]) == 0x6A122120
    for verifier in (of_log, of_witness):
        with pytest.raises(SignatureRefusedError):
            open_note(SERVED.replace("\n1432088532\n", "\n42\n"), [verifier])


def test_unknown_keys_are_passed_over_and_known_ones_must_hold() -> None:
    others = [NoteSigner.generate(f"witness{number}.example") for number in range(16)]
    same_name = NoteSigner.generate(LOG.verifier.name)
    note = sign_note("text\n", *others, same_name, LOG)
    assert open_note(str(note), [LOG.verifier])[1] == [LOG.verifier]
    assert len(open_note(str(note), [signer.verifier for signer in [*others, LOG]])[1]) == 17
    forged = str(note).replace("text\n", "test\n")
    with pytest.raises(SignatureRefusedError, match="wrong"):
        open_note(forged, [LOG.verifier])
    with pytest.raises(UnsignedNoteError):
        open_note(str(note), [NoteSigner.generate("stranger.example").verifier])
    with pytest.raises(UnsignedNoteError):
        open_note(str(note), [])


def test_a_text_may_hold_empty_lines() -> None:
    note = sign_note("one\n\ntwo\n", LOG)
    assert parse_note(str(note)) == note
    assert open_note(str(note), [LOG.verifier])[0].text == "one\n\ntwo\n"


@pytest.mark.parametrize(
    "change",
    [
        lambda note: note[:-1],
        lambda note: note + "\n",
        lambda note: note.replace("\n\n", "\n"),
        lambda note: note.replace("— ", "- "),
        lambda note: note.replace("— ", "—"),
        lambda note: note.replace("— ", " — "),
        lambda note: note.replace("example\n", "example\t\n").replace("log\n", "log\r\n"),
        lambda note: note.replace("=\n", "\n"),
        lambda note: note.replace("=\n", "= \n"),
        lambda note: note.replace("— omnisonic.example/log", "— omnisonic.example/log+1"),
        lambda note: note.replace("— omnisonic.example/log", "— omnisonic.example\u2003log"),
        lambda note: note + "— a.example AAAAAA==\n",
        lambda note: note + note[note.index("— ") :] * 60,
        lambda note: note + "x" * 300_000,
        lambda note: note.encode().replace(b"example", b"\xff", 1),
        lambda _: "",
        lambda _: "\n\n",
        lambda _: b"",
    ],
)
def test_what_is_no_note_is_refused(change: object) -> None:
    assert callable(change)
    with pytest.raises(NoteError):
        parse_note(change(str(CHECKPOINT)))


@pytest.mark.parametrize("vkey", [EXAMPLE_VKEY, COSIGNER.verifier.vkey], ids=["log", "cosigner"])
def test_any_change_of_a_key_is_refused(vkey: str) -> None:
    kind = CosignatureVerifier if "cosigner" in vkey else NoteVerifier
    assert kind.parse(vkey).vkey == vkey
    spoiled = {vkey[:at] + sign + vkey[at + 1 :] for at in range(len(vkey)) for sign in "+A=a\n 0/"} - {vkey}
    spoiled |= {vkey + " ", " " + vkey, vkey + "\n", vkey[:-1], "", "+", "++", vkey.upper(), vkey.lower()}
    for text in spoiled:
        with pytest.raises(KeyTextError):
            kind.parse(text)


def test_keys_of_the_other_type_are_refused() -> None:
    with pytest.raises(KeyTextError, match="type 0x04 where 0x01"):
        NoteVerifier.parse(COSIGNER.verifier.vkey)
    with pytest.raises(KeyTextError, match="type 0x01 where 0x04"):
        CosignatureVerifier.parse(LOG.verifier.vkey)
    for skey in (GO_VKEY, GO_SKEY[:-1], GO_SKEY.replace("c74f", "c74e"), GO_SKEY.replace("Peter", "Pet r")):
        with pytest.raises(KeyTextError):
            NoteSigner.parse(skey)
    for name in ("", "a b", "a+b", "a\nb", "a\u00a0b"):
        with pytest.raises(KeyTextError):
            NoteSigner.generate(name)
    assert CosignatureSigner.parse(COSIGNER.skey).verifier == COSIGNER.verifier


def test_texts_no_note_can_have_are_not_signed() -> None:
    for text in ("", "no newline", "a\x00\n", "a\tb\n"):
        with pytest.raises(NoteError):
            LOG.sign(text)


def test_checkpoints_come_back_and_are_read_strictly() -> None:
    text = str(HEAD)
    assert parse_checkpoint_text(text) == HEAD
    origin, size, root, _ = text.split("\n")
    for lines in (
        [origin, size, root],
        [origin, size, root, "extension", ""],
        [origin, size, root, "", ""],
        ["", size, root, ""],
        [origin + " ", size, root, ""],
        [origin, "011", root, ""],
        [origin, "-1", root, ""],
        [origin, "+11", root, ""],
        [origin, "١١", root, ""],
        [origin, str(1 << 63), root, ""],
        [origin, size, root[:-1], ""],
        [origin, size, root[:-2] + "F=", ""],
        [origin, size, "AAAA", ""],
        [origin, size, root + " ", ""],
    ):
        with pytest.raises(CheckpointTextError):
            parse_checkpoint_text("\n".join(lines))
    with pytest.raises(CheckpointTextError):
        CheckpointText(origin, -1, HEAD.root)


def test_cosignatures_bind_time_and_text() -> None:
    signature = COSIGNER.sign(str(HEAD), time_s=1_790_000_000)
    assert cosigned_at_s(signature) == 1_790_000_000
    verifies = COSIGNER.verifier.verifies
    assert verifies(str(HEAD), signature.signature)
    assert not verifies(str(HEAD).replace("11", "12"), signature.signature)
    assert not verifies(str(HEAD), (5).to_bytes(8, "big") + signature.signature[8:])
    assert not any(verifies(str(HEAD), junk) for junk in (b"", bytes(8), bytes(72), b"\xff" * 72, bytes(71)))
    for time_s in (-1, 1 << 63):
        with pytest.raises(NoteError):
            COSIGNER.sign(str(HEAD), time_s=time_s)


@given(st.integers(0, len(LEAVES) - 1))
def test_proofs_come_back_and_hold(index: int) -> None:
    proof = proof_of(index)
    assert parse_proof(str(proof)) == proof
    assert check_proof(proof, HASHES[index], BOTH) == HEAD
    with pytest.raises(ProofRefusedError, match="path"):
        check_proof(proof, HASHES[index - 1], BOTH)


def test_a_proof_needs_every_signature() -> None:
    proof = proof_of(4)
    with pytest.raises(ProofRefusedError, match=r"not signed by other\.example"):
        check_proof(proof, HASHES[4], [*BOTH, NoteSigner.generate("other.example").verifier])
    only_log = TlogProof(4, proof.path, str(sign_note(str(HEAD), LOG)), LEAVES[4])
    with pytest.raises(ProofRefusedError, match="cosigner"):
        check_proof(only_log, HASHES[4], BOTH)
    single = TlogProof(0, (), proof.checkpoint)
    assert parse_proof(str(single)) == single


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("tlog-proof@v1", "tlog-proof@v2"),
        ("index 4", "index 04"),
        ("index 4", "index -4"),
        ("index 4", "index  4"),
        ("index 4", "Index 4"),
        ("index 4\n", ""),
        ("extra ", "extra  "),
        ("extra ", "more "),
        ("=\n", "\n"),
        ("index 4", "index 4\nindex 4"),
        ("index 4\n", "index 4\n" + "A" * 43 + "=\n" * 2),
        ("\n\nomnisonic", "\nomnisonic"),
        ("index 4\n", "index 4\n" + ("A" * 43 + "=\n") * 65),
        ("index 4\n", "index 4\n" + "A" * 600_000),
    ],
)
def test_proofs_are_read_strictly(old: str, new: str) -> None:
    text = str(proof_of(4))
    assert old in text
    with pytest.raises(ProofTextError):
        parse_proof(text.replace(old, new))
