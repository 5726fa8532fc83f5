"""Requests and answers of channels, rules and notification settings."""

from __future__ import annotations

from datetime import datetime, time
from typing import Annotated, Self
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, field_validator, model_validator

from omnisonic.insight.alerts.models import ChannelType, RuleKind
from omnisonic.insight.alerts.templates import MAX_TEMPLATE_CHARS
from omnisonic.insight.news import EntityType
from omnisonic.platform.names import HumanName
from omnisonic.platform.schemas import ApiModel

MAX_ENTITIES = 200
MAX_CHANNELS_OF_RULE = 10
WINDOW_MAX_MINUTES = 7 * 1440
COOLDOWN_MAX_MINUTES = 30 * 1440
DEFAULT_CONFIDENCE = 0.9  # the band "high" of the tagger

Confidence = Annotated[float, Field(ge=0, le=1)]
ChannelName = Annotated[str, HumanName(80)]
RuleName = Annotated[str, HumanName(120)]
Minutes = Annotated[int, Field(ge=1, le=WINDOW_MAX_MINUTES)]
Cooldown = Annotated[int, Field(ge=0, le=COOLDOWN_MAX_MINUTES)]
Threshold = Annotated[int, Field(ge=1, le=1_000_000)]
Template = Annotated[str, Field(max_length=MAX_TEMPLATE_CHARS)]
Line = Annotated[str, Field(min_length=1, max_length=255)]
ChannelIds = Annotated[list[UUID], Field(max_length=MAX_CHANNELS_OF_RULE)]


def _known_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("Write a time zone such as Europe/Zurich.") from None
    return value


def _has_zone(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("Write the time with its zone, such as 2026-11-21T08:00:00Z.")
    return value


Zoned = Annotated[datetime, AfterValidator(_has_zone)]
TimeZone = Annotated[str, Field(max_length=64), AfterValidator(_known_zone)]


class ChannelFilters(ApiModel):
    """What a channel takes; empty takes everything."""

    entity_types: list[EntityType] = Field(default_factory=list, max_length=len(EntityType))
    min_confidence: Confidence | None = None


class ChannelConfig(ApiModel):
    """`address` of a mail channel, `url` of a webhook or of Slack."""

    address: str | None = Field(default=None, max_length=254)
    url: str | None = Field(default=None, max_length=2048)


class ChannelDraft(ApiModel):
    """A channel to make."""

    name: ChannelName
    type: ChannelType
    config: ChannelConfig
    enabled: bool = True
    filters: ChannelFilters = Field(default_factory=ChannelFilters)
    rate_limit_per_hour: int | None = Field(default=None, ge=1, le=1000)
    is_system: bool = Field(default=False, description="Gets the operators' messages; admins only.")


class ChannelPatch(ApiModel):
    """Changes of a channel; what is left out stays. `version` guards against someone else's change."""

    version: int
    name: ChannelName | None = None
    config: ChannelConfig | None = None
    enabled: bool | None = None
    filters: ChannelFilters | None = None
    rate_limit_per_hour: int | None = Field(default=None, ge=1, le=1000)


class ChannelView(ApiModel):
    """A channel as its owner sees it. `target` is masked; secrets are never shown again."""

    id: UUID
    name: str
    type: ChannelType
    target: str
    enabled: bool
    filters: ChannelFilters
    rate_limit_per_hour: int = Field(description="Messages about one entity within an hour.")
    is_system: bool
    confirmed_at: datetime | None
    failing_since: datetime | None
    disabled_reason: str | None
    version: int
    created_at: datetime
    updated_at: datetime


class ChannelAnswer(ApiModel):
    """A channel; with `secret` right after it was made or rotated, and never again."""

    channel: ChannelView
    secret: str | None = None


class ChannelList(ApiModel):
    """A page of channels."""

    channels: list[ChannelView]
    next_cursor: str | None = None


class ConfirmRequest(ApiModel):
    """The code of the mail that confirms an address."""

    token: str = Field(min_length=1, max_length=200)


class RightHolder(ApiModel):
    """A party that holds at least this share (parts per million) of a work."""

    contributor_id: UUID
    min_share_ppm: int = Field(default=1, ge=1, le=1_000_000)


class RuleScope(ApiModel):
    """Which mentions count; what is left out does not narrow."""

    entity_type: EntityType | None = None
    entity_ids: list[UUID] = Field(default_factory=list, max_length=MAX_ENTITIES)
    followed: bool = False
    genre: Line | None = None
    source: Line | None = None
    right_holder: RightHolder | None = None

    @model_validator(mode="after")
    def _one_way_of_naming(self) -> Self:
        named = [bool(self.entity_ids), self.followed, self.right_holder is not None]
        if sum(named) > 1:
            raise ValueError(
                "Name entities, or those you follow, or a right-holder's works: one of the three."
            )
        return self


class RuleDraft(ApiModel):
    """A rule to make."""

    name: RuleName
    kind: RuleKind
    scope: RuleScope = Field(default_factory=RuleScope)
    min_confidence: Confidence = DEFAULT_CONFIDENCE
    threshold: Threshold = 5
    window_minutes: Minutes = 1440
    cooldown_minutes: Cooldown = 60
    template: Template | None = None
    channel_ids: ChannelIds = Field(default_factory=list)
    notify_resolved: bool = False
    enabled: bool = True


class RulePatch(ApiModel):
    """Changes of a rule; what is left out stays, an empty template takes it away."""

    version: int
    name: RuleName | None = None
    kind: RuleKind | None = None
    scope: RuleScope | None = None
    min_confidence: Confidence | None = None
    threshold: Threshold | None = None
    window_minutes: Minutes | None = None
    cooldown_minutes: Cooldown | None = None
    template: Template | None = None
    channel_ids: ChannelIds | None = None
    notify_resolved: bool | None = None
    enabled: bool | None = None


class RuleView(ApiModel):
    """A rule. `error` says why it could not be evaluated, `notice` what was left out within the last day."""

    id: UUID
    name: str
    kind: RuleKind
    scope: RuleScope
    min_confidence: float
    threshold: int
    window_minutes: int
    cooldown_minutes: int
    template: str | None
    channel_ids: list[UUID]
    notify_resolved: bool
    enabled: bool
    snoozed_until: datetime | None
    snooze_reason: str | None
    evaluated_until: datetime | None
    error: str | None
    notice: str | None
    version: int
    created_at: datetime
    updated_at: datetime


class RuleAnswer(ApiModel):
    """One rule."""

    rule: RuleView


class RuleList(ApiModel):
    """A page of rules."""

    rules: list[RuleView]
    next_cursor: str | None = None


class SnoozeRequest(ApiModel):
    """Until when a rule keeps quiet; null wakes it."""

    until: Zoned | None
    reason: str | None = Field(default=None, max_length=200)


class TemplatePreviewRequest(ApiModel):
    """A template to try; with `ruleId` on the rule's last event."""

    template: Template | None = None
    rule_id: UUID | None = None


class TemplatePreview(ApiModel):
    """The same message for each kind of channel."""

    is_example: bool
    subject: str
    text: str
    html: str
    slack: dict[str, object]
    webhook: dict[str, object]


class NotificationView(ApiModel):
    """When an account wants to be left alone."""

    time_zone: TimeZone = "UTC"
    quiet_from: time | None = None
    quiet_until: time | None = None
    weekly_digest: bool = False
    version: int = 0


class NotificationChange(ApiModel):
    """How it should be from now on; both ends of the quiet hours or neither."""

    time_zone: TimeZone
    quiet_from: time | None = None
    quiet_until: time | None = None
    weekly_digest: bool = False
    version: int

    @field_validator("quiet_from", "quiet_until")
    @classmethod
    def _is_local(cls, value: time | None) -> time | None:
        if value is not None and value.tzinfo is not None:
            raise ValueError("Write the time as on the clock in your zone, such as 22:00.")
        return value

    @model_validator(mode="after")
    def _both_or_neither(self) -> Self:
        if (self.quiet_from is None) != (self.quiet_until is None):
            raise ValueError("Give both ends of the quiet hours, or neither.")
        return self
