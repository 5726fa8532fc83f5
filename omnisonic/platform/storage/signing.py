"""HMAC-signed links of the local store (RFC 2104 with SHA-256). S3 signs its own."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from urllib.parse import quote, urlencode

from omnisonic.platform.settings import get_settings

PATH = "/storage"


def link_base() -> str:
    """Where browsers reach this installation's own store."""
    settings = get_settings()
    return (settings.storage_public_endpoint or settings.public_url) + PATH


def sign(method: str, key: str, fields: dict[str, str]) -> str:
    """Signature over the method, the key and every query field."""
    message = json.dumps([method, key, sorted(fields.items())], ensure_ascii=True).encode()
    digest = hmac.new(_signing_key(), message, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def is_signed(method: str, key: str, fields: dict[str, str], *, signature: str, now_s: float) -> bool:
    """Whether the link was made by us, for exactly this, and still holds. `fields` includes `expires`."""
    expected = sign(method, key, fields)
    genuine = hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace"))
    expires = fields.get("expires", "")
    return genuine and expires.isascii() and expires.isdigit() and now_s < int(expires)


def signed_link(method: str, key: str, fields: dict[str, str]) -> str:
    """The whole address; `fields` must hold `expires` in Unix seconds."""
    query = urlencode({**fields, "sig": sign(method, key, fields)})
    return f"{link_base()}/{quote(key)}?{query}"


def _signing_key() -> bytes:
    # A key of its own, so that a link's signature is no proof of anything else that AUTH_SECRET signs.
    secret = get_settings().auth_secret.get_secret_value().encode()
    return hmac.new(secret, b"omnisonic storage links, version 1", hashlib.sha256).digest()
