"""Slack's incoming webhooks, which know no ids: what may have arrived is not sent again by itself."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from omnisonic.insight.alerts.delivery.outcome import Outcome, Sent
from omnisonic.insight.alerts.delivery.posting import Answer, NotAnswered, NotSent, post
from omnisonic.insight.alerts.delivery.retries import parse_retry_after
from omnisonic.insight.alerts.targets import Target
from omnisonic.platform.http_client import FetchRefused

GONE = {404, 410}  # no_service, no_team, channel_not_found; channel_is_archived
TOO_FAST = 429


def send_slack(target: Target, *, body: dict[str, Any], now: datetime) -> Sent:
    """Post a message to the channel behind the webhook."""
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    try:
        answer = post(target.url or "", content, headers={"Content-Type": "application/json; charset=utf-8"})
    except FetchRefused as error:
        return Sent(Outcome.REFUSED, error.detail)
    except NotSent as error:
        return Sent(Outcome.TRY_AGAIN, str(error))
    except NotAnswered as error:
        return Sent(Outcome.UNKNOWN, str(error))
    return judge(answer, now=now)


def judge(answer: Answer, *, now: datetime) -> Sent:
    """200 is success; other 4xx are refusals of this very message, and 5xx is Slack's own trouble."""
    asked_s = parse_retry_after(answer.retry_after, now=now)
    if answer.status == 200:
        outcome = Outcome.DELIVERED
    elif answer.status in GONE:
        outcome = Outcome.GONE
    elif answer.status == TOO_FAST or answer.status >= 500:
        outcome = Outcome.TRY_AGAIN
    else:
        outcome = Outcome.REFUSED
    return Sent(outcome, answer.text, status_code=answer.status, retry_after_s=asked_s)
