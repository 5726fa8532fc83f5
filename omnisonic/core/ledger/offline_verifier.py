#!/usr/bin/env python3
"""Check a proof file of an Omnisonic log, offline: python3 omnisonic_verify.py FILE --keys KEYS

This one file needs Python 3.9 or newer and nothing else. It requires the signatures of the log and of a
cosigner, refuses every line that it does not know, and shows what was proved. Bring the public keys from
someone you trust, not from where the proof came from. Ends with 0 (valid), 1 (invalid) or 2 (not checked).
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import re
import sys
import time
from typing import Any, NamedTuple, NoReturn

HEADER = "c2sp.org/tlog-proof@v1"
LOG_KEY, COSIGNER_KEY = 1, 4  # the byte before a public key
MAX_FILE_BYTES = 512 * 1024
MAX_PATH = 64


class Invalid(Exception):
    """The proof proves nothing; the message says why."""


class Key(NamedTuple):
    """One public key that the reader trusts."""

    name: str
    type: int
    public: bytes


class Proved(NamedTuple):
    """What a valid proof shows."""

    leaf: bytes
    position: int  # counted from 0
    size: int
    root: bytes
    origin: str
    seen: list[tuple[str, int]]  # cosigner and POSIX time in seconds


def verify(content: bytes, vkeys: list[str]) -> Proved:
    """Check a proof file with the public keys of the log and its cosigner. Raises Invalid."""
    keys = _read_keys(vkeys)
    lines = _lines(content)
    leaf, index, path = _read_head(lines)
    text, origin, size, root = _read_checkpoint(lines)
    seen = _check_signatures(lines, text, keys)
    if not any(key.type == LOG_KEY and key.name == origin for key in keys.values()):
        refuse("the checkpoint is of another log than the key")
    if not leads_to_root(hashlib.sha256(b"\0" + leaf).digest(), index, size, path, root):
        refuse("the path does not lead from the leaf to the signed root")
    return Proved(leaf, index, size, root, origin, seen)


def refuse(reason: str) -> NoReturn:
    """End the check with its reason."""
    raise Invalid(reason)


def _lines(content: bytes) -> list[str]:
    """The lines of the file, the last one first, so that reading takes them from the end."""
    if len(content) > MAX_FILE_BYTES:
        refuse("the file is too large for a proof")
    try:
        lines = content.decode("utf-8").split("\n")
    except UnicodeDecodeError:
        refuse("the file is not text in UTF-8")
    if lines.pop() != "":
        refuse("the file does not end with its last line")
    return lines[::-1]


def _next(lines: list[str], what: str) -> str:
    return lines.pop() if lines else refuse(f"the file ends before {what}")


def _read_head(lines: list[str]) -> tuple[bytes, int, list[bytes]]:
    if _next(lines, "its header") != HEADER:
        refuse(f"the file does not begin with {HEADER}")
    leaf = _base64(_after(_next(lines, "the leaf"), "extra ", "the leaf"), "the leaf")
    index = _decimal(_after(_next(lines, "the index"), "index ", "the index"), "the index")
    path: list[bytes] = []
    while (line := _next(lines, "the checkpoint")) != "":
        path.append(_hash(line, "a hash of the path"))
        if len(path) > MAX_PATH:
            refuse("the path is too long")
    return leaf, index, path


def _read_checkpoint(lines: list[str]) -> tuple[str, str, int, bytes]:
    origin, size, root = (_next(lines, part) for part in ("the origin", "the size", "the root"))
    if _next(lines, "the signatures") != "":
        refuse("the checkpoint has a line that is not known")
    _require_name(origin, "the origin is not a name")
    text = f"{origin}\n{size}\n{root}\n"
    return text, origin, _decimal(size, "the size"), _hash(root, "the root")


def _check_signatures(
    lines: list[str], text: str, keys: dict[tuple[str, bytes], Key]
) -> list[tuple[str, int]]:
    found: set[tuple[str, bytes]] = set()
    seen: list[tuple[str, int]] = []
    while lines:
        name, key_id, signature = _read_signature(lines.pop())
        key = keys.get((name, key_id)) or refuse("a signature is by a key that you did not give")
        if (name, key_id) in found:
            refuse("a key has signed twice")
        found.add((name, key_id))
        message = text.encode()
        if key.type == COSIGNER_KEY:
            time_s, signature = int.from_bytes(signature[:8], "big"), signature[8:]
            message = f"cosignature/v1\ntime {time_s}\n".encode() + message
            seen.append((name, time_s))
        if not ed25519_verifies(key.public, message, signature):
            refuse(f"the signature of {name} is wrong")
    types = {keys[one].type for one in found}
    if LOG_KEY not in types:
        refuse("the log has not signed the checkpoint")
    if COSIGNER_KEY not in types:
        refuse("the cosigner has not signed the checkpoint")
    return seen


def _read_signature(line: str) -> tuple[str, bytes, bytes]:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != "\u2014":
        refuse("a line is not known")
    _require_name(parts[1], "a signature has no name")
    content = _base64(parts[2], "a signature")
    return parts[1], content[:4], content[4:]


def _read_keys(vkeys: list[str]) -> dict[tuple[str, bytes], Key]:
    keys: dict[tuple[str, bytes], Key] = {}
    for vkey in vkeys:
        name, _, rest = vkey.partition("+")
        key_id, _, encoded = rest.partition("+")
        _require_name(name, "a key is not written as name+id+base64")
        content = _base64(encoded, "the last part of a key")
        if len(content) != 33 or content[0] not in (LOG_KEY, COSIGNER_KEY):
            refuse("a key is neither that of a log nor that of a cosigner")
        own_id = hashlib.sha256(name.encode() + b"\n" + content).digest()[:4]
        if key_id != own_id.hex():
            refuse("the id in a key does not belong to its name and bytes")
        keys[name, own_id] = Key(name, content[0], content[1:])
    types = {key.type for key in keys.values()}
    if LOG_KEY not in types:
        refuse("the public key of the log is missing")
    if COSIGNER_KEY not in types:
        refuse("the public key of the cosigner is missing")
    return keys


def _after(line: str, start: str, what: str) -> str:
    return line[len(start) :] if line.startswith(start) else refuse(f"{what} is not where it belongs")


def _require_name(name: str, reason: str) -> None:
    if not re.fullmatch(r"[!-*,-~]+", name):
        refuse(reason)


def _decimal(text: str, what: str) -> int:
    if not re.fullmatch(r"0|[1-9][0-9]{0,18}", text) or int(text) >= 1 << 63:
        refuse(f"{what} is not a plain number")
    return int(text)


def _base64(text: str, what: str) -> bytes:
    try:
        value = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        refuse(f"{what} is not base64")
    if base64.b64encode(value).decode() != text:
        refuse(f"{what} is not base64")
    return value


def _hash(text: str, what: str) -> bytes:
    value = _base64(text, what)
    return value if len(value) == 32 else refuse(f"{what} is not a hash")


def leads_to_root(node: bytes, index: int, size: int, path: list[bytes], root: bytes) -> bool:
    """Whether a path leads from a leaf hash to the root (RFC 9162, section 2.1.3.2)."""
    if index >= size:
        return False
    last = size - 1
    for sibling in path:
        if last == 0:
            return False
        if index & 1 or index == last:
            node = hashlib.sha256(b"\1" + sibling + node).digest()
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            node = hashlib.sha256(b"\1" + node + sibling).digest()
        index, last = index >> 1, last >> 1
    return last == 0 and node == root


# Ed25519 (RFC 8032): the curve -x² + y² = 1 + D·x²·y² over the integers modulo P, points of order Q.
P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]  # X, Y, Z, T with x = X/Z, y = Y/Z, x·y = T/Z


def ed25519_verifies(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether an Ed25519 signature holds (RFC 8032, section 5.1.7)."""
    key = _point(public) if len(public) == 32 else None
    if key is None or len(signature) != 64:
        return False
    s = int.from_bytes(signature[32:], "little")
    if s >= Q:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    h = int.from_bytes(digest, "little") % Q
    minus_key = (P - key[0], key[1], key[2], P - key[3])
    return _encoded(_sum(_times(s, BASE), _times(h, minus_key))) == signature[:32]


def _sum(a: Point, b: Point) -> Point:
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    i, j, k, m = f - e, h - g, h + g, f + e
    return i * j % P, k * m % P, j * k % P, i * m % P


def _times(factor: int, point: Point) -> Point:
    total: Point = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            total = _sum(total, point)
        point = _sum(point, point)
        factor >>= 1
    return total


def _encoded(point: Point) -> bytes:
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _point(encoded: bytes) -> Point | None:
    number = int.from_bytes(encoded, "little")
    sign, y = number >> 255, number & ((1 << 255) - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_1 % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE: Any = _point(bytes.fromhex("58" + "66" * 31))

# What the leaf says, in plain words.
TITLES = {
    "entry": "One entry of the ledger",
    "journal": "One balanced booking of the ledger",
    "line": "One line of a statement",
    "cycle": "A closed cycle with its totals",
    "release": "A registered release",
    "split": "An accepted split sheet",
    "dispute": "A dispute of a statement line, opened or answered",
    "claim": "A claim to a share, opened or answered",
    "rate": "A stated exchange rate",
}
LABELS = {
    "account.kind": "Account",
    "account.owner": "Account of",
    "at": "Written at",
    "count": "Entries",
    "cycle": "Cycle",
    "currency": "Currency",
    "event": "Usage event",
    "id": "Id",
    "journal": "Booking",
    "journalHash": "Booking (hash)",
    "kind": "Kind",
    "party": "Payee (salted hash)",
    "period": "Period",
    "position": "Position",
    "quantity": "Uses",
    "recording": "Recording",
    "root": "Root of the entries",
    "source": "Source",
    "statement": "Statement",
    "territory": "Territory",
    "usage": "Usage",
    "v": "Version of the leaf",
    "work": "Work",
}


def describe(leaf: bytes) -> list[tuple[str, str]]:
    """What a leaf says, as pairs of a label and a text; the amount in its currency comes first."""
    try:
        facts = json.loads(leaf.decode("utf-8"))
        flat = dict(_flat("", facts))
    except (ValueError, RecursionError):
        facts = None
    if not isinstance(facts, dict):
        return [("Leaf", f"{len(leaf)} bytes that are not a record of Omnisonic: {leaf[:64].hex()}")]
    rows = [("This is", TITLES.get(str(facts.get("kind")), "A record of a kind that is not known here"))]
    amount, scale = facts.get("amount"), facts.get("scale")
    if (
        isinstance(amount, str)
        and re.fullmatch(r"-?[0-9]{1,30}", amount)
        and type(scale) is int
        and 0 < scale < 19
    ):
        currency = str(facts.get("currency", ""))
        rows.append(("Amount", amount_words(amount, scale, currency, is_entry=facts.get("kind") == "entry")))
        flat = {name: text for name, text in flat.items() if name not in ("amount", "scale")}
    return rows + [(LABELS.get(name, name), text) for name, text in flat.items()]


def amount_words(amount: str, scale: int, currency: str, *, is_entry: bool) -> str:
    """An amount with its decimal point; an entry's sign is said as debit or credit."""
    digits = amount.lstrip("-").rjust(scale + 1, "0")
    fraction = digits[-scale:].rstrip("0").ljust(min(2, scale), "0")
    text = f"{digits[:-scale]}.{fraction} {currency}"
    if is_entry:
        return f"{text}, {'credit' if amount.startswith('-') else 'debit'}"
    return f"-{text}" if amount.startswith("-") else text


def _flat(start: str, value: Any) -> list[tuple[str, str]]:
    if isinstance(value, dict):
        return [
            row for name, one in value.items() for row in _flat(f"{start}.{name}" if start else name, one)
        ]
    if isinstance(value, list):
        return [row for at, one in enumerate(value) for row in _flat(f"{start}.{at + 1}", one)]
    if value is None:
        return []
    text = value if isinstance(value, str) else json.dumps(value)
    return [(start, "".join(sign if sign.isprintable() else "\ufffd" for sign in text))]


def report(proved: Proved) -> str:
    """What a valid proof shows, for people."""
    when = [f"{name} at {_instant(time_s)}" for name, time_s in proved.seen]
    rows = [
        *describe(proved.leaf),
        ("Log", proved.origin),
        ("Place in the log", f"leaf {proved.position} of {proved.size}, counted from 0"),
        ("Cosigned by", ", ".join(when)),
    ]
    width = max(len(label) for label, _ in rows) + 2
    shown = "\n".join(f"  {label:<{width}}{text}" for label, text in rows)
    return f"VALID\nThe log holds exactly this, and a cosigner has seen the log with it:\n\n{shown}"


def _instant(time_s: int) -> str:
    try:
        return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(time_s))
    except (ValueError, OverflowError, OSError):
        return f"second {time_s}"


def main(arguments: list[str] | None = None) -> int:
    """Check the file that the command line names; gives the exit status."""
    parser = argparse.ArgumentParser(prog="omnisonic verify", description=str(__doc__).partition("\n")[0])
    parser.add_argument("file", metavar="FILE", help="the .tlog-proof file")
    parser.add_argument("--vkey", action="append", default=[], help="the public key of the log")
    parser.add_argument("--cosigner-vkey", action="append", default=[], help="the public key of the cosigner")
    parser.add_argument(
        "--keys", metavar="FILE", help="a file with both, one a line (as /log/vkeys gives it)"
    )
    chosen = parser.parse_args(arguments)
    return check_file(chosen.file, [*chosen.vkey, *chosen.cosigner_vkey], chosen.keys)


def check_file(path: str, vkeys: list[str], keys_path: str | None = None) -> int:
    """Check one file, print what it shows or why it does not hold; gives the exit status."""
    try:
        with open(path, "rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
        if keys_path:
            with open(keys_path, encoding="utf-8", newline="") as keys:
                vkeys = [*vkeys, *_key_lines(keys.read(MAX_FILE_BYTES))]
        return _say(report(verify(content, vkeys)), 0)
    except Invalid as reason:
        return _say(f"INVALID: {reason}", 1)
    except (OSError, UnicodeDecodeError) as error:
        return _say(f"NOT CHECKED: {error}", 2)


def _say(text: str, status: int) -> int:
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "replace").decode(encoding) + "\n")
    return status


def _key_lines(text: str) -> list[str]:
    lines = text.split("\n")
    if lines.pop() != "":
        refuse("the file of keys does not end with its last line")
    return [line for line in lines if not line.startswith("# ")]  # no key's name has a space


if __name__ == "__main__":
    sys.exit(main())
