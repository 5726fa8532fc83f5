"""JSON with exactly one spelling (RFC 8785), so that a hash of it means something in any language."""

from __future__ import annotations

import hashlib
import json
import math
from decimal import Decimal
from typing import Any

_ES6_FIXED_FROM = 1e-6
_ES6_FIXED_TO = 1e21


def canonical_bytes(value: Any) -> bytes:
    """UTF-8 bytes of `value` (dict, list, tuple, str, int, float, bool, None) after RFC 8785."""
    return _encode(value).encode()


def sha256_hex(content: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(content).hexdigest()


def _encode(value: Any) -> str:
    if isinstance(value, dict):
        # RFC 8785 sorts by UTF-16 code units, not by code points.
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(f"{_encode(key)}:{_encode(value[key])}" for key in keys) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(_encode, value)) + "]"
    if isinstance(value, float):
        return _number(value)
    return json.dumps(value, ensure_ascii=False)


def _number(value: float) -> str:
    """A float as ECMAScript's Number::toString spells it."""
    if not math.isfinite(value):
        raise ValueError("JSON has no infinity and no NaN")
    if value == 0:
        return "0"
    if _ES6_FIXED_FROM <= abs(value) < _ES6_FIXED_TO:
        text = format(Decimal(repr(value)), "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    mantissa, _, exponent = repr(value).partition("e")
    return f"{mantissa.removesuffix('.0')}e{int(exponent):+d}"
