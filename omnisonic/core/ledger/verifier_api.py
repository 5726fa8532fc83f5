"""The one-file verifier as strangers download it: public, and the very file that our own command runs."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Response

from omnisonic.core.ledger import offline_verifier

VERIFIER_PATH = "/log/omnisonic_verify.py"

router = APIRouter(tags=["log"])


@router.get(VERIFIER_PATH, response_class=Response)
def download_verifier() -> Response:
    """The verifier of proofs: one Python file that needs nothing but its standard library."""
    return Response(
        Path(offline_verifier.__file__).read_bytes(),
        media_type="text/x-python; charset=utf-8",
        headers={
            "Cache-Control": "public, max-age=300",
            "Content-Disposition": 'attachment; filename="omnisonic_verify.py"',
        },
    )
