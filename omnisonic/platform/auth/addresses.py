"""Mail addresses in the one form that is stored and compared."""

from __future__ import annotations

from typing import Annotated

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator

MAX_ADDRESS_CHARS = 254


def normalize_address(value: str) -> str:
    """Case-folded, NFC; raises `ValueError` with what is wrong.

    Names that exist only inside a network (`studio.local`) are taken: a self-hosted installation may use
    them. Syntax: RFC 5321, RFC 6531.
    """
    try:
        checked = validate_email(
            value.strip(), check_deliverability=False, globally_deliverable=False, test_environment=True
        )
    except EmailNotValidError as error:
        raise ValueError(str(error)) from None
    normalized = checked.normalized.casefold()
    if len(normalized) > MAX_ADDRESS_CHARS:
        raise ValueError(f"An address has at most {MAX_ADDRESS_CHARS} characters.")
    return normalized


Address = Annotated[str, AfterValidator(normalize_address)]
