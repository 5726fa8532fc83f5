"""`tagging`: how right the links are on the gold set, and how fast they are found in catalogs of all sizes.

Quality is measured at the threshold of `omnisonic tag`; the figures stand for the items that nothing was
tuned on, those named `_tuned` for the others. Speed is the whole pipeline, evidence included, against bare
matching. The scan is timed on a part of its work and extrapolated, which its figure's unit says.
"""

from __future__ import annotations

import gc
import random
import resource
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.gold import HELDOUT, TUNED, Counts, Scores, load_catalog, load_items, score
from bench.news_texts import made_catalog, made_items
from bench.peers.spacy_phrase_matcher import SpacyMatcher
from bench.peers.thefuzz_scan import scan
from bench.report import Figure
from omnisonic.insight.tagging.mentions import Item
from omnisonic.insight.tagging.pipeline import Tagger

SEED = 20_261_121
SIZES = (1_000, 10_000, 100_000, 1_000_000)
ITEMS = 10_000
QUICK_SIZE, QUICK_ITEMS = 100_000, 1_000
SCANNED_PAIRS = 100_000
WARM_UP = 500  # forms get their profiles when first met
ROUNDS = 3


def run(quick: bool) -> list[Figure]:
    """All figures."""
    figures = _quality()
    chance = random.Random(SEED)
    items = made_items(chance, QUICK_ITEMS if quick else ITEMS)
    for size in (QUICK_SIZE,) if quick else SIZES:
        figures += _speed(size, items, with_peer=size <= QUICK_SIZE)
    return figures


def _quality() -> list[Figure]:
    unseen, tuned = _score_sets((HELDOUT,)), _score_sets(TUNED)
    _print_counts(unseen, tuned)
    rows = [
        ("artist_precision", unseen.artist.precision, tuned.artist.precision, True),
        ("artist_recall", unseen.artist.recall, tuned.artist.recall, True),
        ("title_precision", unseen.title.precision, tuned.title.precision, True),
        ("title_recall", unseen.title.recall, tuned.title.recall, True),
        ("generic_precision", unseen.generic.precision, tuned.generic.precision, True),
        ("ece", unseen.ece, tuned.ece, False),
    ]
    figures = [Figure("tagging", name, "-", ours, None, "heldout", better) for name, ours, _, better in rows]
    return figures + [
        Figure("tagging", f"{name}_tuned", "-", theirs, None, "tuned", better)
        for name, _, theirs, better in rows
    ]


def _score_sets(folders: Sequence[Path]) -> Scores:
    scores = Scores()
    for folder in folders:
        catalog = load_catalog(folder)
        score(Tagger(catalog), load_items(folder), catalog, onto=scores)
    return scores


def _print_counts(unseen: Scores, tuned: Scores) -> None:
    items = [item for folder in (*TUNED, HELDOUT) for item in load_items(folder)]
    print(f"gold set: {len(items)} items, {sum(one.hard for one in items)} hard")
    for name, scores in (("held out", unseen), ("tuned", tuned)):
        print(
            f"{name}: artist F1 {_f1(scores.artist):.3f}, title F1 {_f1(scores.title):.3f}, "
            f"hard items F1 {_f1(scores.hard):.3f}, {len(scores.sureness)} confidences"
        )


def _f1(counts: Counts) -> float:
    precision, recall = counts.precision, counts.recall
    return 2 * precision * recall / max(1e-9, precision + recall)


def _speed(size: int, items: Sequence[Item], *, with_peer: bool) -> list[Figure]:
    catalog = made_catalog(random.Random(SEED), size)
    names = [name for entry in catalog for name in (entry.name, *entry.aliases)]
    gc.collect()
    before, started = _peak_mb(), time.perf_counter()
    tagger = Tagger(catalog)
    built_s, grown_mb = time.perf_counter() - started, _peak_mb() - before
    kilo = f"{size // 1000}k"
    print(
        f"{size} names, {tagger.alias_count} forms: built in {built_s:.2f} s, +{grown_mb:.0f} MB at the peak"
    )
    figures = [
        Figure("tagging", f"build_s_{kilo}", "-", built_s, None, "s", False),
        Figure("tagging", f"build_peak_mb_{kilo}", "-", grown_mb, None, "MB", False),
    ]
    matcher = SpacyMatcher(names) if with_peer else None
    headlines = [Item(item.id, item.title) for item in items]
    best, theirs = _best_of_rounds(tagger, matcher, items)
    scanned, unit = _scan_per_second(names, items), "items/s, scan extrapolated"
    figures.append(Figure("tagging", f"items_per_s_{kilo}", "thefuzz_scan", best, scanned, unit, True))
    if matcher is not None:
        peer, unit = "spacy_phrase_matcher", "items/s"
        figures.append(Figure("tagging", f"items_per_s_{kilo}", peer, best, theirs, unit, True))
        best, theirs = _best_of_rounds(tagger, matcher, headlines)
        figures.append(Figure("tagging", f"headlines_per_s_{kilo}", peer, best, theirs, unit, True))
    return figures


def _best_of_rounds(
    tagger: Tagger, matcher: SpacyMatcher | None, items: Sequence[Item]
) -> tuple[float, float | None]:
    for item in items[:WARM_UP]:
        tagger.tag(item)
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(_per_second(lambda item: tagger.tag(item), items))
        if matcher is not None:
            theirs.append(_per_second(lambda item: matcher.find(item.body), items))
    return max(ours), max(theirs, default=None)


def _per_second(work: Callable[[Item], object], items: Sequence[Item]) -> float:
    """By processor time: waiting for a busy machine is no property of either."""
    started = time.process_time()
    for item in items:
        work(item)
    return len(items) / (time.process_time() - started)


def _scan_per_second(names: Sequence[str], items: Sequence[Item]) -> float:
    part = names[: min(len(names), SCANNED_PAIRS // 10)]
    texts = items[: max(1, SCANNED_PAIRS // len(part))]
    started = time.process_time()
    for item in texts:
        scan(part, item.body)
    return len(texts) / (time.process_time() - started) * len(part) / len(names)


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
