"""Signed webhooks as Standard Webhooks 1.0 describes them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from omnisonic.insight.alerts.delivery.outcome import Outcome, Sent
from omnisonic.insight.alerts.delivery.posting import Answer, NotAnswered, NotSent, post
from omnisonic.insight.alerts.delivery.retries import parse_retry_after
from omnisonic.insight.alerts.targets import SECRET_MARK, Target
from omnisonic.platform.http_client import FetchRefused

BODY_MAX_BYTES = 20_000
THROTTLED = {429, 502, 503, 504}
GONE = 410


def send_webhook(target: Target, *, message_id: str, body: dict[str, Any], now: datetime) -> Sent:
    """Post a message; the receiver tells a repetition by its id, so not knowing is reason to repeat."""
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {"Content-Type": "application/json"} | sign(
        content, message_id=message_id, now=now, secrets=target.signing_secrets(now)
    )
    try:
        answer = post(target.url or "", content, headers=headers)
    except FetchRefused as error:
        return Sent(Outcome.REFUSED, error.detail)
    except (NotSent, NotAnswered) as error:
        return Sent(Outcome.TRY_AGAIN, str(error))
    return judge(answer, now=now)


def judge(answer: Answer, *, now: datetime) -> Sent:
    """Only 2xx is success. A redirect is a failure too: nobody may send our messages elsewhere."""
    if 200 <= answer.status < 300:
        outcome = Outcome.DELIVERED
    else:
        outcome = Outcome.GONE if answer.status == GONE else Outcome.TRY_AGAIN
    asked_s = parse_retry_after(answer.retry_after, now=now) if answer.status in THROTTLED else None
    return Sent(outcome, answer.text, status_code=answer.status, retry_after_s=asked_s)


def sign(content: bytes, *, message_id: str, now: datetime, secrets: Iterable[str]) -> dict[str, str]:
    """The three headers; HMAC-SHA256 over `id.timestamp.body` with each secret in turn."""
    timestamp = str(int(now.timestamp()))
    signed = b".".join((message_id.encode(), timestamp.encode(), content))
    signatures = [
        "v1," + base64.b64encode(hmac.new(_key(secret), signed, hashlib.sha256).digest()).decode()
        for secret in secrets
    ]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(signatures),
    }


def _key(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix(SECRET_MARK))
