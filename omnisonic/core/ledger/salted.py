"""How leaves name what a person wrote or did: hashed with a party's salt. Pure.

With the salt erased nobody can try guesses any more: the log keeps its hashes and tells nothing.
"""

from __future__ import annotations

import hashlib
from uuid import UUID

TEXT_TAG = b"text:"
ACCOUNT_TAG = b"account:"


def salted_text(salt: bytes, written: str | None) -> str | None:
    """SHA-256(salt || "text:" || UTF-8) in hex; nothing for nothing."""
    return None if written is None else hashlib.sha256(salt + TEXT_TAG + written.encode()).hexdigest()


def salted_account(salt: bytes, user_id: UUID | None) -> str | None:
    """SHA-256(salt || "account:" || the 16 bytes of the id) in hex; nothing for nobody."""
    return None if user_id is None else hashlib.sha256(salt + ACCOUNT_TAG + user_id.bytes).hexdigest()
