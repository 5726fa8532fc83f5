"""REST of what-if questions: a POST because the question is long; it writes nothing."""

from __future__ import annotations

from fastapi import APIRouter

from omnisonic.core.royalties.what_if import what_if
from omnisonic.core.royalties.what_if_schemas import WhatIfAnswer, WhatIfRequest
from omnisonic.platform.auth.http import RoyaltiesReader
from omnisonic.platform.db import read_session
from omnisonic.platform.rate_limit import check_rate

QUESTIONS_PER_HOUR = 120

router = APIRouter(tags=["what-if"])


@router.post("/api/royalties/what-if", operation_id="ask_what_if")
def ask_what_if(actor: RoyaltiesReader, body: WhatIfRequest) -> WhatIfAnswer:
    """Divide a cycle, or one work in it, by other shares or another policy, and show the differences."""
    check_rate("what-if", str(actor.user_id), QUESTIONS_PER_HOUR, 3600)
    with read_session() as session:
        return what_if(session, actor, request=body)
