"""From features to a probability: logistic models, fitted on the gold set and kept as data."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

HIGH = 0.9
MEDIUM = 0.7
LOW = 0.5
ACCEPT = LOW  # what `tag` gives without being asked for more
FUZZY_CEILING = 0.89  # a form that is not the name's own is never "high"


@dataclass(frozen=True, slots=True)
class Model:
    """Weights of one kind of link; unknown features count nothing."""

    weights: Mapping[str, float]
    scale: float = 1.0  # calibration: slope and offset of Platt's method
    offset: float = 0.0

    def raw(self, features: Mapping[str, float]) -> float:
        """Log-odds before calibration."""
        weights, total = self.weights, 0.0
        for name, value in features.items():
            if value and name in weights:
                total += weights[name] * value
        return weights.get("bias", 0.0) + total

    def probability(self, features: Mapping[str, float]) -> float:
        """Calibrated probability."""
        return sigmoid(self.scale * self.raw(features) + self.offset)


def sigmoid(value: float) -> float:
    """Logistic function, safe for any value."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, value))))


@cache
def models() -> dict[str, Model]:
    """The fitted models `artist` and `title`."""
    text = resources.files("omnisonic.insight.tagging").joinpath("weights.json").read_text(encoding="utf-8")
    return {
        name: Model(one["weights"], one["scale"], one["offset"])
        for name, one in json.loads(text)["models"].items()
    }


def band(confidence: float) -> str:
    """The word for a confidence."""
    if confidence >= HIGH:
        return "high"
    if confidence >= MEDIUM:
        return "medium"
    return "low" if confidence >= LOW else "none"
