"""The gold set: items whose links people decided, and how well a tagger finds them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from omnisonic.insight.news import EntityType
from omnisonic.insight.tagging.ambiguity import DOUBTFUL
from omnisonic.insight.tagging.json_lines import read_catalog, read_items, read_lines
from omnisonic.insight.tagging.mentions import CatalogEntry, Item
from omnisonic.insight.tagging.pipeline import Tagger

GOLD = Path(__file__).parents[1] / "tests" / "gold"
TUNED = (GOLD, GOLD / "outlets")  # each set has a catalog of its own
HELDOUT = GOLD / "heldout"
BINS = 10
Label = tuple[str, int, int]  # entity, start, end


@dataclass(frozen=True)
class GoldItem:
    """One item with its labels; `heldout` items are never looked at when anything is tuned."""

    item: Item
    labels: frozenset[Label]
    heldout: bool
    hard: bool


@dataclass
class Counts:
    """Right, wrong and missed links."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """Share of the given links that are right."""
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """Share of the labels that were found."""
        return self.right / max(1, self.right + self.missed)


@dataclass
class Scores:
    """Quality by kind; spans and entities must both be exact."""

    artist: Counts = field(default_factory=Counts)
    title: Counts = field(default_factory=Counts)
    generic: Counts = field(default_factory=Counts)
    hard: Counts = field(default_factory=Counts)
    sureness: list[tuple[float, bool]] = field(default_factory=list)

    @property
    def ece(self) -> float:
        """Expected calibration error over ten bins of confidence, of all links that no rule refused."""
        total = 0.0
        for number in range(BINS):
            inside = [one for one in self.sureness if min(BINS - 1, int(one[0] * BINS)) == number]
            total += abs(sum(confidence - right for confidence, right in inside))
        return total / max(1, len(self.sureness))


def load_catalog(folder: Path = GOLD) -> list[CatalogEntry]:
    """The catalog that the labels point into."""
    with (folder / "catalog.jsonl").open(encoding="utf-8") as lines:
        return list(read_catalog(lines, "catalog.jsonl"))


def load_items(folder: Path = GOLD) -> list[GoldItem]:
    """All items with their labels."""
    labels: dict[str, set[Label]] = {}
    with (folder / "labels.jsonl").open(encoding="utf-8") as lines:
        for _, one in read_lines(lines, "labels.jsonl"):
            labels.setdefault(one["itemId"], set()).add((one["entityId"], one["start"], one["end"]))
    raw = (folder / "items.jsonl").read_text(encoding="utf-8").splitlines()
    items = [item for _, item in read_items(raw, "items.jsonl")]
    facts = [json.loads(line) for line in raw]
    return [
        GoldItem(item, frozenset(labels.get(item.id, ())), fact["split"] == "heldout", fact["hard"])
        for item, fact in zip(items, facts, strict=True)
    ]


def score(
    tagger: Tagger,
    items: Iterable[GoldItem],
    catalog: Sequence[CatalogEntry],
    *,
    complain: Callable[[str], None] | None = None,
    onto: Scores | None = None,
) -> Scores:
    """Compare links with labels. `complain` is told of every mistake; `onto` is counted on."""
    types = {entry.id: entry.type for entry in catalog}
    scores = onto or Scores()
    for gold in items:
        links = tagger.tag(gold.item).links
        found = {(link.entity_id, link.start, link.end) for link in links}
        doubtful = {
            (link.start, link.end)
            for link in links
            if link.evidence["ambiguity"] in {kind.value for kind in DOUBTFUL}
        }
        for label in found | gold.labels:
            kinds = [scores.artist if types[label[0]] is EntityType.ARTIST else scores.title]
            kinds += (
                [scores.generic] if types[label[0]] is EntityType.ARTIST and label[1:] in doubtful else []
            )
            kinds += [scores.hard] if gold.hard else []
            outcome = "right" if label in found & gold.labels else "wrong" if label in found else "missed"
            for counts in kinds:
                setattr(counts, outcome, getattr(counts, outcome) + 1)
            if complain is not None and outcome != "right":
                complain(f"{outcome:7}{gold.item.id} {label} in {gold.item.body!r}")
        scores.sureness += [
            (one.confidence, (one.entry.id, one.candidate.start, one.candidate.end) in gold.labels)
            for one in tagger.judgments(gold.item)
            if one.entry is not None
        ]
    return scores
