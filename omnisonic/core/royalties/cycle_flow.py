"""The money of a cycle as a picture: shares of the whole for drawing, exact words for reading. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from omnisonic.core.ledger.models import SuspenseReason
from omnisonic.core.royalties.cycle_schemas import CurrencyTotals, MoneyFlow
from omnisonic.core.royalties.money_words import REASON_WORDS, amount, percent_words
from omnisonic.core.royalties.overview_lines import NUMBER_COLORS
from omnisonic.platform.ui.words import count

PARTIES_DRAWN, SOURCES_DRAWN = 8, 6
OTHERS = "others"
CORRECTIONS = "Corrections"
SOURCE_COLOR, PARTY_COLOR, OTHERS_COLOR = "--om-track-7", "--om-accent", "--om-track-8"
NO_SOURCE = "-"


@dataclass
class FlowRow:
    """One line of the table beside the picture."""

    key: str
    source: str
    target: str
    short: str
    exact: str
    share: str
    waits: bool


@dataclass
class FlowPicture:
    """One currency of a cycle. `figure` is what the browser draws: see `flow_chart.jsx`."""

    currency: str = ""
    total: str = ""
    total_exact: str = ""
    to_parties: str = ""
    waiting: str = ""
    rounding: str = ""
    summary: str = ""
    note: str = ""
    figure: dict[str, Any] = field(default_factory=dict)
    rows: list[FlowRow] = field(default_factory=list)


@dataclass(frozen=True)
class _Target:
    key: str
    name: str
    color: str
    waits: bool


def flow_picture(totals: CurrencyTotals) -> FlowPicture:
    """Sources on the left, parties and suspense on the right; what was taken back is only told."""
    currency = totals.currency
    drawn = [one for one in totals.flows if int(one.amount.amount) > 0]
    whole = sum(int(one.amount.amount) for one in drawn)
    to_parties = sum(int(one.amount.amount) for one in totals.parties)
    waiting = sum(int(one.amount.amount) for one in totals.suspense)
    taken_back = sum(int(one.amount.amount) for one in totals.flows) - whole
    total = amount(int(totals.total.amount), currency)
    return FlowPicture(
        currency=currency,
        total=total.short,
        total_exact=total.exact,
        to_parties=amount(to_parties, currency).short,
        waiting=amount(waiting, currency).short if waiting else "",
        rounding=amount(int(totals.rounding.amount), currency).exact if int(totals.rounding.amount) else "",
        summary=_summary(totals, total.short, to_parties, waiting),
        note=_note(taken_back, currency),
        figure=_figure(drawn, whole, currency),
        rows=[_row(one, whole, currency) for one in sorted(totals.flows, key=_by_size)],
    )


def _summary(totals: CurrencyTotals, total: str, to_parties: int, waiting: int) -> str:
    parties = len([one for one in totals.parties if one.contributor_id is not None])
    words = f"{total} from {count(len(totals.sources), 'source')}"
    words += f": {percent_words(to_parties, to_parties + waiting)} to "
    words += "1 party" if parties == 1 else f"{parties} parties"
    return f"{words}, {percent_words(waiting, to_parties + waiting)} waits" if waiting else words


def _note(taken_back: int, currency: str) -> str:
    if not taken_back:
        return ""
    return f"{amount(taken_back, currency).short} was taken back or moved on and is in the table only."


def _figure(flows: Sequence[MoneyFlow], whole: int, currency: str) -> dict[str, Any]:
    sources = _kept(flows, lambda one: one.source, SOURCES_DRAWN)
    parties = _kept([one for one in flows if one.reason is None], _party_key, PARTIES_DRAWN)
    nano: dict[tuple[str, str], int] = defaultdict(int)
    targets: dict[str, _Target] = {}
    for one in flows:
        source = one.source if one.source in sources else OTHERS
        target = _target(one, parties)
        targets[target.key] = target
        nano[source, target.key] += int(one.amount.amount)
    left, right = _sums(nano, 0), _sums(nano, 1)
    order = sorted(right, key=lambda key: (targets[key].waits, key == OTHERS, -right[key], key))
    nodes = [
        _node(f"s:{one}", "from", _source_words(one), SOURCE_COLOR, left[one], whole, currency)
        for one in sorted(left, key=lambda key: (key == OTHERS, -left[key], key))
    ]
    nodes += [
        _node(f"t:{key}", "to", targets[key].name, targets[key].color, right[key], whole, currency)
        for key in order
    ]
    links = [
        {
            "key": f"{source}\n{key}",
            "from": f"s:{source}",
            "to": f"t:{key}",
            "share": part / whole,
            "words": f"{_source_words(source)} → {targets[key].name}: {amount(part, currency).short}",
        }
        for (source, key), part in sorted(nano.items())
    ]
    return {"nodes": nodes, "links": links}


def _node(key: str, side: str, name: str, color: str, part: int, whole: int, currency: str) -> dict[str, Any]:
    words = amount(part, currency)
    return {
        "key": key,
        "side": side,
        "name": name,
        "color": color,
        "share": part / whole,
        "amount": words.short,
        "exact": words.exact,
        "percent": percent_words(part, whole),
    }


def _target(flow: MoneyFlow, parties: set[str]) -> _Target:
    if flow.reason is not None:
        words = REASON_WORDS[flow.reason]
        return _Target(
            f"w:{flow.reason}", f"Waits: {words}", NUMBER_COLORS[SuspenseReason(flow.reason)], waits=True
        )
    key = _party_key(flow)
    if key not in parties or key == OTHERS:
        return _Target(OTHERS, "All others", OTHERS_COLOR, waits=False)
    return _Target(key, flow.name, PARTY_COLOR, waits=False)


def _party_key(flow: MoneyFlow) -> str:
    return str(flow.contributor_id) if flow.contributor_id else OTHERS


def _kept(flows: Sequence[MoneyFlow], key_of: Any, most: int) -> set[str]:
    sums: dict[str, int] = defaultdict(int)
    for one in flows:
        sums[key_of(one)] += int(one.amount.amount)
    return set(sorted(sums, key=lambda key: (-sums[key], key))[:most])


def _sums(nano: Mapping[tuple[str, str], int], side: int) -> dict[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for ends, part in nano.items():
        sums[ends[side]] += part
    return dict(sums)


def _row(flow: MoneyFlow, whole: int, currency: str) -> FlowRow:
    nano = int(flow.amount.amount)
    words = amount(nano, currency)
    target = REASON_WORDS[flow.reason] if flow.reason is not None else flow.name
    return FlowRow(
        key=f"{flow.source}\n{flow.reason or flow.contributor_id}",
        source=_source_words(flow.source),
        target=target,
        short=words.short,
        exact=words.exact,
        share=percent_words(nano, whole) if nano > 0 and whole else "",
        waits=flow.reason is not None,
    )


def _source_words(source: str) -> str:
    if source == OTHERS:
        return "Other sources"
    return CORRECTIONS if source == NO_SOURCE else source


def _by_size(flow: MoneyFlow) -> tuple[int, str, str]:
    return -abs(int(flow.amount.amount)), flow.source, flow.name
