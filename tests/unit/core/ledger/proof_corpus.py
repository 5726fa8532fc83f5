"""Proof files that hold and that do not, with the reason each time: one corpus for every verifier we have."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from omnisonic.core.ledger import merkle
from omnisonic.core.ledger.checkpoint_text import CheckpointText
from omnisonic.core.ledger.cosignature import CosignatureSigner
from omnisonic.core.ledger.note_keys import PrivateKey, SignatureType
from omnisonic.core.ledger.signed_note import Note, NoteSigner, sign_note
from omnisonic.core.ledger.tlog_proof import TlogProof
from omnisonic.core.ledger.wire_text import encode_base64

SEEN_AT_S = 1_790_000_000


def _signer(name: str, seed: int) -> NoteSigner:
    key = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    return NoteSigner(PrivateKey(name, SignatureType.ED25519, key))


def _cosigner(name: str, seed: int) -> CosignatureSigner:
    key = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    return CosignatureSigner(PrivateKey(name, SignatureType.COSIGNATURE, key))


LOG, OTHER_LOG = _signer("omnisonic.example/log", 1), _signer("omnisonic.example/other", 2)
COSIGNER, STRANGER = _cosigner("omnisonic.example/cosigner", 3), _cosigner("stranger.example/cosigner", 4)
BOTH = (LOG.verifier.vkey, COSIGNER.verifier.vkey)
ENTRY = (
    b'{"account":{"kind":"payee","owner":"5e1f"},"amount":"-12345000001","at":"2026-03-01T12:00:00.000000Z",'
    b'"currency":"EUR","cycle":"c1","event":null,"id":"e1","journal":"j1","journalHash":"00ff","kind":"entry",'
    b'"position":1,"scale":9,"v":1,"work":null}'
)
LEAVES = [
    ENTRY,
    b'{"amount":"5","currency":"JPY","kind":"line","scale":9,"v":1}',
    b'{"amount":"-1500000000","count":"3","currency":"USD","kind":"line","scale":9,"source":"S\xc3\xa9","v":1}',
    b'{"facts":{"shares":[{"party":"ab","share":500000}],"title":null},"kind":"release","v":1}',
    b'{"kind":"something new","list":[1,true,null,{"a":"b"}],"v":2}',
    b'{"amount":"1e9","currency":"EUR","kind":"entry","scale":9}',
    b'{"amount":"100","currency":"EUR","kind":"cycle","scale":"9"}',
    b"plain text",
    b"[1,2]",
    b"\xff\xfe",
    b"",
    b"[" * 30_000,
    b'{"a":"line\\u0007bell"}',
]
HASHES = merkle.leaf_hashes(LEAVES)


@dataclass(frozen=True)
class Case:
    """One file with the keys that a reader brings; `reason` is empty where the proof holds."""

    name: str
    content: bytes
    reason: str = ""
    vkeys: tuple[str, ...] = BOTH


def signed_head(size: int, *, origin: str = "omnisonic.example/log", root: bytes | None = None) -> Note:
    """A checkpoint over the first `size` leaves, signed and cosigned."""
    text = str(CheckpointText(origin, size, root or merkle.merkle_root(HASHES[:size])))
    return sign_note(text, LOG).signed_also(COSIGNER.sign(text, time_s=SEEN_AT_S))


def proof_of(index: int, size: int = len(LEAVES)) -> TlogProof:
    """The proof of one leaf."""
    path = tuple(merkle.inclusion_path(HASHES[:size], index))
    return TlogProof(index, path, str(signed_head(size)), LEAVES[index])


def valid_cases() -> list[Case]:
    """Every leaf in its tree, and one leaf in trees of every size."""
    cases = [Case(f"leaf {index}", str(proof_of(index)).encode()) for index in range(len(LEAVES))]
    cases += [Case(f"size {size}", str(proof_of(0, size)).encode()) for size in range(1, len(LEAVES))]
    cases.append(Case("keys the other way round", cases[0].content, vkeys=BOTH[::-1]))
    cases.append(Case("a spare key", cases[0].content, vkeys=(*BOTH, STRANGER.verifier.vkey)))
    text = signed_head(3).text
    both = sign_note(text, LOG).signed_also(
        STRANGER.sign(text, time_s=SEEN_AT_S), COSIGNER.sign(text, time_s=SEEN_AT_S)
    )
    two = str(replace(proof_of(1, 3), checkpoint=str(both))).encode()
    cases.append(Case("two cosigners", two, vkeys=(*BOTH, STRANGER.verifier.vkey)))
    return cases


def invalid_cases() -> list[Case]:
    """Everything we could think of that a file or a key must not be."""
    return _other_proofs() + _other_spellings() + _other_signatures() + _other_keys()


def _other_proofs() -> list[Case]:
    proof, wrong = proof_of(4), "the path does not lead from the leaf to the signed root"
    changed = {
        "another leaf": replace(proof, extra=LEAVES[5]),
        "another index": replace(proof, index=5),
        "an index past the end": replace(proof, index=len(LEAVES)),
        "an index a tree further": replace(proof, index=4 + 16),
        "the path of another leaf": replace(proof, path=proof_of(5).path),
        "a missing hash": replace(proof, path=proof.path[:-1]),
        "no path": replace(proof, path=()),
        "a trailing hash": replace(proof, path=(*proof.path, proof.path[0])),
        "the path backwards": replace(proof, path=proof.path[::-1]),
        "a node as a leaf": replace(proof_of(0, 2), extra=HASHES[0] + HASHES[1], path=()),
        "a tree of another size": replace(proof, checkpoint=str(signed_head(12))),
        "an empty tree": TlogProof(0, (), str(signed_head(0)), b""),
        "a doubled last leaf": TlogProof(
            2, (HASHES[2], merkle.merkle_root(HASHES[:2])), str(signed_head(3)), LEAVES[2]
        ),
    }
    cases = [Case(name, str(one).encode(), wrong) for name, one in changed.items()]
    foreign = replace(proof, checkpoint=str(signed_head(13, origin="omnisonic.example/other")))
    return [
        *cases,
        Case("another origin", str(foreign).encode(), "the checkpoint is of another log than the key"),
    ]


def _other_spellings() -> list[Case]:
    text = str(proof_of(4))
    root = encode_base64(merkle.merkle_root(HASHES))
    head = "the file does not begin with c2sp.org/tlog-proof@v1"
    changes = [
        ("another version", "proof@v1", "proof@v2", head),
        ("a mark before it", "c2sp", "\ufeffc2sp", head),
        ("a blank line before it", "c2sp", "\nc2sp", head),
        ("Windows line ends", "\n", "\r\n", head),
        ("upper case", "extra ", "Extra ", "the leaf is not where it belongs"),
        ("no leaf", text.split("\n")[1] + "\n", "", "the leaf is not where it belongs"),
        ("two spaces", "extra ", "extra  ", "the leaf is not base64"),
        ("a space after", "\nindex", " \nindex", "the leaf is not base64"),
        ("an unknown line", "index", "note hello\nindex", "the index is not where it belongs"),
        ("a second index", "index 4", "index 4\nindex 4", "a hash of the path is not base64"),
        ("a leading zero", "index 4", "index 04", "the index is not a plain number"),
        ("a sign", "index 4", "index +4", "the index is not a plain number"),
        ("other digits", "index 4", "index \u0664", "the index is not a plain number"),
        ("a long number", "index 4", "index 9223372036854775808", "the index is not a plain number"),
        ("no padding", "=\n\nomni", "\n\nomni", "a hash of the path is not base64"),
        ("a short hash", "\n\nomni", "\nAAAA\n\nomni", "a hash of the path is not a hash"),
        ("a space in a path", "=\n\nomni", "= \n\nomni", "a hash of the path is not base64"),
        ("a long path", "index 4\n", "index 4\n" + f"{root}\n" * 70, "the path is too long"),
        ("a space in the origin", "log\n13", "lo g\n13", "the origin is not a name"),
        ("no origin", "omnisonic.example/log\n13", "\n13", "the origin is not a name"),
        ("a zero before the size", "\n13\n", "\n013\n", "the size is not a plain number"),
        ("another size", "\n13\n", "\n12\n", "the signature of omnisonic.example/log is wrong"),
        ("another root", root, encode_base64(HASHES[0]), "the signature of omnisonic.example/log is wrong"),
        ("a root cut off", root, root[:-4], "the root is not a hash"),
        ("an extension line", root, f"{root}\nmore", "the checkpoint has a line that is not known"),
        ("two empty lines", f"{root}\n", f"{root}\n\n", "a line is not known"),
        ("a hyphen", "\u2014 omnisonic.example/log", "- omnisonic.example/log", "a line is not known"),
    ]
    cases = [Case(name, text.replace(old, new).encode(), reason) for name, old, new, reason in changes]
    at = text.index("extra ") + text[text.index("extra ") :].index("\n") - 1
    assert text[at] == "="
    twin = chr(ord(text[at - 1]) + 1)  # the same bytes for a reader that does not look at the spare bits
    return [
        *cases,
        Case("spare bits", (text[: at - 1] + twin + text[at:]).encode(), "the leaf is not base64"),
        Case("a line after", f"{text}\n".encode(), "a line is not known"),
        Case("no last newline", text[:-1].encode(), "the file does not end with its last line"),
        Case("nothing", b"", "the file ends before its header"),
        Case("one newline", b"\n", head),
        Case("cut off", f"{text[: text.index('index')]}".encode(), "the file ends before the index"),
        Case(
            "cut off in the path",
            text.split("\n\n")[0].encode() + b"\n",
            "the file ends before the checkpoint",
        ),
        Case("cut off in the head", text.rsplit("\n\n")[1].encode().join([b"", b"\n"]), head),
        Case("no text", text.encode().replace(b"index", b"ind\xffex"), "the file is not text in UTF-8"),
        Case("too large", text.encode() + b"\n" * 600_000, "the file is too large for a proof"),
    ]


def _other_signatures() -> list[Case]:
    proof, head = proof_of(4), signed_head(13)
    ours, theirs = head.signatures
    late = replace(theirs, signature=(SEEN_AT_S + 1).to_bytes(8, "big") + theirs.signature[8:])
    raised = int.from_bytes(ours.signature[32:], "little") + 2**252 + 27742317777372353535851937790883648493
    twin = replace(ours, signature=ours.signature[:32] + raised.to_bytes(32, "little"))
    unknown, cosigner_wrong = "a signature is by a key that you did not give", "the signature of {} is wrong"
    heads = {
        "only the log": ((ours,), "the cosigner has not signed the checkpoint"),
        "only the cosigner": ((theirs,), "the log has not signed the checkpoint"),
        "a stranger too": ((*head.signatures, STRANGER.sign(head.text, time_s=1)), unknown),
        "another log instead": ((OTHER_LOG.sign(head.text), theirs), unknown),
        "twice the log": ((ours, ours, theirs), "a key has signed twice"),
        "a wrong time": ((ours, late), cosigner_wrong.format("omnisonic.example/cosigner")),
        "the twin of a signature": ((twin, theirs), cosigner_wrong.format("omnisonic.example/log")),
        "a signature of nothing": ((replace(ours, signature=b""), theirs), cosigner_wrong.format(ours.name)),
        "a signature of a time only": (
            (ours, replace(theirs, signature=bytes(5))),
            cosigner_wrong.format(theirs.name),
        ),
        "a plain signature by the cosigner": (
            (ours, replace(theirs, signature=COSIGNER.private.key.sign(head.text.encode()))),
            cosigner_wrong.format(theirs.name),
        ),
        "a longer signature": (
            (replace(ours, signature=ours.signature + b"\0"), theirs),
            cosigner_wrong.format(ours.name),
        ),
    }
    return [
        Case(name, str(replace(proof, checkpoint=str(Note(head.text, signatures)))).encode(), reason)
        for name, (signatures, reason) in heads.items()
    ] + [
        Case(
            "no signature",
            str(replace(proof, checkpoint=f"{head.text}\n")).encode(),
            "the log has not signed the checkpoint",
        )
    ]


def _other_keys() -> list[Case]:
    content = str(proof_of(4)).encode()
    log, cosigner = BOTH
    name, key_id, encoded = log.split("+", 2)
    strange = "a key is neither that of a log nor that of a cosigner"
    other_id = "the id in a key does not belong to its name and bytes"
    keys: list[tuple[str, tuple[str, ...], str]] = [
        ("no keys", (), "the public key of the log is missing"),
        ("only the log's", (log,), "the public key of the cosigner is missing"),
        ("only the cosigner's", (cosigner,), "the public key of the log is missing"),
        (
            "another log's",
            (OTHER_LOG.verifier.vkey, cosigner),
            "a signature is by a key that you did not give",
        ),
        (
            "another cosigner's",
            (log, STRANGER.verifier.vkey),
            "a signature is by a key that you did not give",
        ),
        ("no key", ("", cosigner), "a key is not written as name+id+base64"),
        ("a name only", (name, cosigner), strange),
        ("a newline after", (f"{log}\n", cosigner), "the last part of a key is not base64"),
        ("a space after", (f"{log} ", cosigner), "the last part of a key is not base64"),
        ("a space before", (f" {log}", cosigner), "a key is not written as name+id+base64"),
        ("another name", (f"{name}s+{key_id}+{encoded}", cosigner), other_id),
        ("another id", (f"{name}+00000000+{encoded}", cosigner), other_id),
        ("an id in capitals", (f"{name}+{key_id.upper()}+{encoded}", cosigner), other_id),
        ("another key", (f"{name}+{key_id}+{OTHER_LOG.verifier.vkey.split('+', 2)[2]}", cosigner), other_id),
        ("another type", (f"{name}+{key_id}+{encode_base64(bytes(33))}", cosigner), strange),
        ("a short key", (f"{name}+{key_id}+{encode_base64(bytes([1] * 32))}", cosigner), strange),
    ]
    return [Case(f"key: {name}", content, reason, vkeys) for name, vkeys, reason in keys]
