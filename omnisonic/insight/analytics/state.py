"""`/analytics`: the figures of the whole catalog, or of what the filters leave."""

from __future__ import annotations

import reflex as rx

from omnisonic.insight.analytics.figures_state import FiguresState


class AnalyticsState(FiguresState, rx.State):
    """What `/analytics` shows."""
