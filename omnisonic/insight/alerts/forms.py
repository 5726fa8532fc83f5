"""One message in the form of each channel: text and HTML of a mail, Slack's blocks, a webhook's JSON.

Everything that people wrote is escaped here, as a whole; templates bring no markup of their own.
"""

from __future__ import annotations

import json
from datetime import datetime
from html import escape
from typing import Any
from uuid import UUID

from omnisonic.insight.alerts.delivery.webhook import BODY_MAX_BYTES
from omnisonic.insight.alerts.message import Article, Entry, Message
from omnisonic.platform.settings import get_settings

# Slack documents 50 blocks of 3,000 characters each and fails near 13,200 characters in all.
SLACK_BLOCK_CHARS = 2500
SLACK_MAX_CHARS = 7000
SLACK_MAX_BLOCKS = 45
SLACK_HEADER_CHARS = 140
SLACK_TEXT_CHARS = 1200
SLACK_TITLE_CHARS = 200
TITLE_CHARS = 300


def to_text(message: Message, *, foot: str = "") -> str:
    """The plain part of a mail."""
    parts = [message.subject, *(_text_of(entry) for entry in message.entries), *_ends(message)]
    return "\n\n".join(part for part in (*parts, foot and f"-- \n{foot}") if part) + "\n"


def to_html(message: Message, *, foot: str = "") -> str:
    """The HTML part of a mail: no pictures, no scripts, nothing loaded."""
    blocks = [_html_of(entry) for entry in message.entries]
    ends = "".join(f"<p>{_lines(end)}</p>" for end in _ends(message))
    small = f'<hr><p style="color:#666;font-size:13px">{_lines(foot)}</p>' if foot else ""
    return (
        '<!doctype html><html lang="en"><body style="font-family:sans-serif;max-width:40em;line-height:1.5">'
        f'<h1 style="font-size:20px">{escape(message.subject)}</h1>'
        f"{''.join(blocks)}{ends}{small}</body></html>"
    )


def to_slack(message: Message) -> dict[str, Any]:
    """`text` for notifications, and blocks; below 8,000 characters in all."""
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": message.subject[:SLACK_HEADER_CHARS]}}
    ]
    left = SLACK_MAX_CHARS
    dropped = message.more
    for entry in message.entries:
        text = _slack_of(entry)
        if len(text) > left or len(blocks) >= SLACK_MAX_BLOCKS:
            dropped += 1
            continue
        left -= len(text)
        blocks.append(_section(text))
    ends = [_mrkdwn(end) for end in _ends(message.model_copy(update={"more": dropped}))]
    if dropped:
        ends.append(f"<{get_settings().public_url}/alerts|All of them>")
    blocks.extend(_section(end) for end in ends)
    return {"text": _mrkdwn(message.subject[:SLACK_HEADER_CHARS]), "blocks": blocks}


def to_webhook(message: Message) -> dict[str, Any]:
    """Standard Webhooks' `type`, `timestamp`, `data`; below 20 kB, leaving out articles and then entities."""
    entries = [entry.model_copy(deep=True) for entry in message.entries]
    more = message.more
    while True:
        body = {
            "type": message.type,
            "timestamp": _instant(message.at),
            "data": {
                "subject": message.subject,
                "rule": {"id": str(message.rule_id), "name": message.rule_name} if message.rule_id else None,
                "entities": [_public(entry) for entry in entries],
                "more": more,
                "note": message.note,
            },
        }
        if len(json.dumps(body, ensure_ascii=False).encode()) < BODY_MAX_BYTES:
            return body
        longest = max(entries, key=lambda entry: len(entry.articles))
        if longest.articles:
            longest.articles.pop()
        elif len(entries) > 1:
            entries.pop()
            more += 1
        else:
            entries[0].text = entries[0].text[: len(entries[0].text) // 2]


def _public(entry: Entry) -> dict[str, Any]:
    return {
        "eventId": _written(entry.event_id),
        "type": entry.type,
        "id": _written(entry.id),
        "name": entry.name,
        "url": entry.url,
        "text": entry.text,
        "value": entry.value,
        "expected": entry.expected,
        "sources": entry.sources,
        "dataTime": _instant(entry.at),
        "articles": [
            {
                "id": _written(article.id),
                "title": article.title[:TITLE_CHARS],
                "url": article.url,
                "source": article.source,
                "publishedAt": _instant(article.published_at),
            }
            for article in entry.articles
        ],
    }


def _written(value: UUID | None) -> str | None:
    return str(value) if value else None


def _instant(value: datetime | None) -> str | None:
    return value.isoformat().replace("+00:00", "Z") if value else None


def _ends(message: Message) -> list[str]:
    more = f"… and {message.more} more: {get_settings().public_url}/alerts" if message.more else ""
    return [end for end in (more, message.note) if end]


def _text_of(entry: Entry) -> str:
    articles = [f"  {one.title[:TITLE_CHARS]}\n  {one.url}" for one in entry.articles]
    return "\n".join([entry.text, *articles, *([f"  {entry.url}"] if entry.url else [])])


def _html_of(entry: Entry) -> str:
    articles = "".join(f"<li>{_html_link(one)}</li>" for one in entry.articles)
    more = f' <a href="{escape(entry.url)}">All about it</a>' if entry.url else ""
    return f"<p>{_lines(entry.text)}{more}</p>" + (f"<ul>{articles}</ul>" if articles else "")


def _html_link(article: Article) -> str:
    title = escape(article.title[:TITLE_CHARS] or article.url)
    source = f" ({escape(article.source)})" if article.source else ""
    if not article.url.startswith(("http://", "https://")):
        return title + source
    return f'<a href="{escape(article.url)}">{title}</a>{source}'


def _slack_of(entry: Entry) -> str:
    kept = [_fitting(entry.text, SLACK_TEXT_CHARS)]
    lines = [f"• {_slack_link(one.url, one.title)}" for one in entry.articles]
    lines += [_slack_link(entry.url, "All about it")] if entry.url else []
    for line in lines:
        if sum(map(len, kept)) + len(line) <= SLACK_BLOCK_CHARS:
            kept.append(line)
    return "\n".join(kept)


def _fitting(text: str, max_chars: int) -> str:
    # Cut before escaping, or half an entity would stay.
    while len(_mrkdwn(text)) > max_chars:
        text = text[: len(text) // 2] + "…"
    return _mrkdwn(text)


def _slack_link(url: str, title: str) -> str:
    label = _mrkdwn(title[:SLACK_TITLE_CHARS]).replace("|", "¦").replace("\n", " ") or "link"
    if not url.startswith(("http://", "https://")) or any(mark in url for mark in "<>| \n"):
        return label
    return f"<{url.replace('&', '&amp;')}|{label}>"


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def _mrkdwn(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")
