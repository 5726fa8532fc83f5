"""Mail addresses in the one form that is stored and compared."""

from __future__ import annotations

from typing import Annotated

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email
from pydantic import AfterValidator

MAX_ADDRESS_CHARS = 254

# A self-hosted installation may use names that exist only inside its network. The library documents
# changing this list as the way to allow them.
NETWORK_NAMES = {"local", "localhost", "test"}
SPECIAL_USE_DOMAIN_NAMES[:] = [name for name in SPECIAL_USE_DOMAIN_NAMES if name not in NETWORK_NAMES]


def normalize_address(value: str) -> str:
    """Case-folded, NFC; raises `ValueError` with what is wrong. Syntax: RFC 5321, RFC 6531."""
    try:
        checked = validate_email(value.strip(), check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError as error:
        raise ValueError(str(error)) from None
    normalized = checked.normalized.casefold()
    if len(normalized) > MAX_ADDRESS_CHARS:
        raise ValueError(f"An address has at most {MAX_ADDRESS_CHARS} characters.")
    return normalized


Address = Annotated[str, AfterValidator(normalize_address)]
