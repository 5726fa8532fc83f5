"""Kinds of rules and where a rule stands with one entity."""

from __future__ import annotations

from enum import StrEnum


class RuleKind(StrEnum):
    """What a rule waits for."""

    THRESHOLD = "threshold"
    NEW_ENTITY = "new_entity"
    SPIKE = "spike"


class AlertState(StrEnum):
    """Where a rule stands with one entity."""

    PENDING = "pending"
    FIRING = "firing"
    RECOVERING = "recovering"
    RESOLVED = "resolved"
