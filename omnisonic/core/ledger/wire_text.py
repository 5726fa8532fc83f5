"""The small parts that every text of the log is made of, read strictly: one spelling for each value. Pure."""

from __future__ import annotations

import base64
import binascii
import re

from omnisonic.core.ledger.merkle import HASH_BYTES, MAX_TREE_SIZE

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


class WireTextError(ValueError):
    """A text of the log that is not written as the format demands. Its message is fit to be shown."""


def encode_base64(value: bytes) -> str:
    """Write bytes in standard base64 (RFC 4648 §4)."""
    return base64.b64encode(value).decode()


def decode_base64(text: str, what: str) -> bytes:
    """Read standard base64 in its only canonical spelling. Raises WireTextError naming `what`."""
    try:
        value = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise WireTextError(f"{what} is not base64") from error
    if encode_base64(value) != text:
        raise WireTextError(f"{what} is not base64 in its canonical spelling")
    return value


def decode_hash(text: str, what: str) -> bytes:
    """Read a SHA-256 in base64. Raises WireTextError naming `what`."""
    value = decode_base64(text, what)
    if len(value) != HASH_BYTES:
        raise WireTextError(f"{what} has {len(value)} bytes instead of {HASH_BYTES}")
    return value


def parse_decimal(text: str, what: str) -> int:
    """Read a number of leaves or an index: ASCII digits without leading zeros, below 2^63."""
    if _DECIMAL.fullmatch(text) is None or int(text) > MAX_TREE_SIZE:
        raise WireTextError(f"{what} is not a decimal number without leading zeros")
    return int(text)


def is_key_name(name: str) -> bool:
    """Whether a text may name a key or a log: not empty, no spaces, no plus, no control characters."""
    return bool(name) and "+" not in name and not any(sign.isspace() or sign < " " for sign in name)
