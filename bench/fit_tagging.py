"""`python -m bench.fit_tagging`: fit the weights of the confidence models again and write them.

Logistic regression towards the weights that stand in the file (a Gaussian prior), so that a gold set of
some hundred mentions refines what they say and does not replace it; then Platt's calibration on a third of
the tuned items that the regression has not seen. Items that are held out take no part.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.gold import TUNED, GoldItem, load_catalog, load_items
from omnisonic.insight.news import EntityType
from omnisonic.insight.tagging import confidence
from omnisonic.insight.tagging.pipeline import Tagger

WEIGHTS = Path(confidence.__file__).with_name("weights.json")
PRIOR_STRENGTH = 2.0  # how much the standing weights count
CALIBRATION_STRENGTH = 4.0  # how much "no correction" counts
CALIBRATION_SHARE = 3  # every third item calibrates
STEPS = 60
Sample = tuple[dict[str, float], bool]
Vector = NDArray[np.float64]


def main() -> None:
    """Fit both models and write the file."""
    sets = [(Tagger(load_catalog(folder)), load_items(folder)) for folder in TUNED]
    content = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    for name, is_artist in (("artist", True), ("title", False)):
        fitting, calibrating = _samples(sets, is_artist, False), _samples(sets, is_artist, True)
        prior = content["models"][name]["weights"]
        weights = _fit(fitting, prior)
        scale, offset = _calibrate(calibrating, weights)
        content["models"][name] = {"scale": scale, "offset": offset, "weights": weights}
        print(f"{name}: {len(fitting)} fitted, {len(calibrating)} calibrated, scale {scale}, offset {offset}")
    WEIGHTS.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _samples(
    sets: Sequence[tuple[Tagger, list[GoldItem]]], is_artist: bool, is_calibrating: bool
) -> list[Sample]:
    return [
        (dict(one.features), (one.entry.id, one.candidate.start, one.candidate.end) in gold.labels)
        for tagger, items in sets
        for at, gold in enumerate(items)
        if (at % CALIBRATION_SHARE == 0) is is_calibrating
        for one in tagger.judgments(gold.item)
        if one.entry is not None and (one.entry.type is EntityType.ARTIST) is is_artist
    ]


def _fit(samples: Sequence[Sample], prior: dict[str, float]) -> dict[str, float]:
    names = list(prior)
    rows = np.array(
        [[1.0 if name == "bias" else sample.get(name, 0.0) for name in names] for sample, _ in samples]
    )
    right = np.array([float(is_right) for _, is_right in samples])
    fitted = _newton(rows, right, np.array([prior[name] for name in names]), PRIOR_STRENGTH)
    return {name: round(float(value), 3) for name, value in zip(names, fitted, strict=True)}


def _calibrate(samples: Sequence[Sample], weights: dict[str, float]) -> tuple[float, float]:
    model = confidence.Model(weights)
    rows = np.array([[model.raw(sample), 1.0] for sample, _ in samples])
    right = np.array([float(is_right) for _, is_right in samples])
    scale, offset = _newton(rows, right, np.array([1.0, 0.0]), CALIBRATION_STRENGTH)
    return round(float(scale), 3), round(float(offset), 3)


def _newton(rows: Vector, right: Vector, prior: Vector, strength: float) -> Vector:
    """Maximum a posteriori by Newton's method."""
    weights = prior.copy()
    for _ in range(STEPS):
        probability = 1 / (1 + np.exp(-np.clip(rows @ weights, -30, 30)))
        slope = rows.T @ (probability - right) + strength * (weights - prior)
        curvature = (rows * (probability * (1 - probability))[:, None]).T @ rows
        weights = weights - np.linalg.solve(curvature + strength * np.eye(len(weights)), slope)
    return weights


if __name__ == "__main__":
    main()
