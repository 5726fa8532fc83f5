"""Every page with its address, its title and what runs when it is opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import reflex as rx

from omnisonic import error_registry  # noqa: F401  (every error has its page)
from omnisonic.core.catalog.contributor_page import contributor_page, link_page
from omnisonic.core.catalog.contributor_state import ContributorState, LinkState
from omnisonic.core.catalog.duplicates_page import duplicates_page
from omnisonic.core.catalog.duplicates_state import DuplicatesState
from omnisonic.core.catalog.page import catalog_page
from omnisonic.core.catalog.recording_page import recording_page
from omnisonic.core.catalog.recording_state import RecordingState
from omnisonic.core.catalog.state import CatalogState
from omnisonic.core.catalog.work_page import work_page
from omnisonic.core.catalog.work_state import WorkState
from omnisonic.core.imports.page import imports_page
from omnisonic.core.imports.state import ImportsState
from omnisonic.core.ledger.verify_page import TITLE as PROOF_TITLE
from omnisonic.core.ledger.verify_page import proof_page
from omnisonic.core.licenses.page import licenses_page
from omnisonic.core.licenses.state import LicensesState
from omnisonic.core.royalties.cases_state import CasesState
from omnisonic.core.royalties.cycle_check_state import CycleCheckState
from omnisonic.core.royalties.cycle_page import cycle_page
from omnisonic.core.royalties.cycle_state import CycleState
from omnisonic.core.royalties.matching_state import MatchingState
from omnisonic.core.royalties.page import royalties_page
from omnisonic.core.royalties.payouts_state import PayoutsState
from omnisonic.core.royalties.rates_state import RatesState
from omnisonic.core.royalties.state import RoyaltiesState
from omnisonic.core.royalties.statement_page import statement_page
from omnisonic.core.royalties.statement_state import StatementState
from omnisonic.core.royalties.statements_state import StatementsState
from omnisonic.core.royalties.usage_state import UsageState
from omnisonic.core.royalties.waiting_state import WaitingState
from omnisonic.core.royalties.what_if_state import WhatIfState
from omnisonic.insight.alerts.channel_state import ChannelsState
from omnisonic.insight.alerts.history_page_state import HistoryState
from omnisonic.insight.alerts.mute_state import MutesState
from omnisonic.insight.alerts.page import alerts_page
from omnisonic.insight.alerts.quiet_state import QuietState
from omnisonic.insight.alerts.rule_state import RulesState
from omnisonic.insight.analytics.page import analytics_page
from omnisonic.insight.analytics.state import AnalyticsState
from omnisonic.insight.entity.page import entity_page
from omnisonic.insight.entity.state import EntityState
from omnisonic.insight.feeds.page import feeds_page
from omnisonic.insight.feeds.state import FeedsState
from omnisonic.insight.follows.state import FollowsState
from omnisonic.insight.tagging.page import tagging_page
from omnisonic.insight.tagging.page_state import TaggingState
from omnisonic.insight.trends.page import trends_page
from omnisonic.insight.trends.state import TrendsState
from omnisonic.platform.auth.settings_page import settings_page
from omnisonic.platform.auth.settings_state import SettingsState
from omnisonic.platform.auth.signin_page import confirm_page, sign_in_page
from omnisonic.platform.auth.signin_state import SignInState
from omnisonic.platform.auth.state import ViewerState
from omnisonic.platform.site.about import TITLE as ABOUT_TITLE
from omnisonic.platform.site.about import about_page
from omnisonic.platform.site.admin import AdminState, admin_page
from omnisonic.platform.site.landing import DESCRIPTION, landing_page
from omnisonic.platform.site.landing import TITLE as LANDING_TITLE
from omnisonic.platform.site.problems import ProblemState, not_found_page, problem_page
from omnisonic.platform.ui.navigation import Entry, declare
from omnisonic.studio.exports.page import exports_page
from omnisonic.studio.exports.state import ExportPanelState, ExportsState
from omnisonic.studio.page import join_page, studio_page
from omnisonic.studio.sessions.page import sessions_page
from omnisonic.studio.sessions.room_state import JoinState, RoomState
from omnisonic.studio.sessions.state import SessionsState
from omnisonic.studio.split_sheets.state import SplitsState


@dataclass(frozen=True)
class Page:
    """One page. `on_load` handlers run in order, each with its own guard."""

    route: str
    component: Callable[[], rx.Component]
    title: str
    on_load: Sequence[Any] = ()


# The rail, the bottom bar and the palette: one line per place that people go to.
NAVIGATION = (
    Entry("sessions", "audio-lines", "Sessions", "/sessions", group="Studio", is_on_phone=True),
    Entry("exports", "download", "Exports", "/exports", group="Studio", is_on_phone=True),
    Entry("works", "disc-3", "Works", "/catalog", group="Catalog", is_on_phone=True),
    Entry("licenses", "file-check", "Licenses", "/licenses", group="Catalog"),
    Entry("imports", "folder-input", "Imports", "/imports", group="Catalog"),
    Entry("royalties", "receipt-text", "Royalties", "/royalties", group="Catalog"),
    Entry("trends", "trending-up", "Trends", "/trends", group="Insight", is_on_phone=True),
    Entry("analytics", "chart-line", "Analytics", "/analytics", group="Insight"),
    Entry("feeds", "rss", "Feeds", "/feeds", group="Insight"),
    Entry("alerts", "bell", "Alerts", "/alerts", group="Insight"),
)

PAGES = (
    Page("/", landing_page, LANDING_TITLE, [ViewerState.look]),
    Page("/about", about_page, ABOUT_TITLE, [ViewerState.look]),
    Page("/signin", sign_in_page, "Sign in · Omnisonic", [SignInState.load]),
    Page("/verify", proof_page, PROOF_TITLE, [ViewerState.look]),
    Page("/confirm", confirm_page, "Confirm your address · Omnisonic"),
    Page(
        "/problems/[problem_slug]",
        problem_page,
        "Problem · Omnisonic",
        [ViewerState.look, ProblemState.load],
    ),
    Page("/sessions", sessions_page, "Sessions · Omnisonic", [ViewerState.load, SessionsState.load]),
    Page(
        "/sessions/[studio_session_id]",
        studio_page,
        "Studio · Omnisonic",
        [ViewerState.load, RoomState.load, ExportPanelState.load, SplitsState.load],
    ),
    Page("/join/[invite_secret]", join_page, "Invitation · Omnisonic", [ViewerState.load, JoinState.accept]),
    Page("/exports", exports_page, "Exports · Omnisonic", [ViewerState.load, ExportsState.load]),
    Page("/catalog", catalog_page, "Catalog · Omnisonic", [ViewerState.load, CatalogState.load]),
    Page(
        "/catalog/duplicates",
        duplicates_page,
        "Possible duplicates · Omnisonic",
        [ViewerState.load, DuplicatesState.load],
    ),
    Page(
        "/catalog/works/[work_id]",
        work_page,
        "Work · Omnisonic",
        [ViewerState.load, WorkState.load, LicensesState.load],
    ),
    Page(
        "/catalog/recordings/[recording_id]",
        recording_page,
        "Recording · Omnisonic",
        [ViewerState.load, RecordingState.load],
    ),
    Page(
        "/catalog/contributors/[contributor_id]",
        contributor_page,
        "Person · Omnisonic",
        [ViewerState.load, ContributorState.load],
    ),
    Page(
        "/catalog/link/[link_secret]",
        link_page,
        "Invitation · Omnisonic",
        [ViewerState.load, LinkState.accept],
    ),
    Page("/licenses", licenses_page, "Licenses · Omnisonic", [ViewerState.load, LicensesState.load]),
    Page("/imports", imports_page, "Imports · Omnisonic", [ViewerState.load, ImportsState.load]),
    Page(
        "/royalties",
        royalties_page,
        "Royalties · Omnisonic",
        [
            ViewerState.load,
            RoyaltiesState.load,
            UsageState.load,
            MatchingState.load,
            WaitingState.load,
            StatementsState.load,
            PayoutsState.load,
            RatesState.load,
            CasesState.load,
        ],
    ),
    Page(
        "/royalties/cycles/[cycle_id]",
        cycle_page,
        "Cycle · Omnisonic",
        [ViewerState.load, CycleState.load, CycleCheckState.load_checks, WhatIfState.start],
    ),
    Page(
        "/royalties/statements/[statement_id]",
        statement_page,
        "Statement · Omnisonic",
        [ViewerState.load, StatementState.load],
    ),
    Page("/analytics", analytics_page, "Analytics · Omnisonic", [ViewerState.load, AnalyticsState.load]),
    Page(
        "/trends", trends_page, "Trends · Omnisonic", [ViewerState.load, FollowsState.look, TrendsState.load]
    ),
    Page(
        "/entities/[about_type]/[about_id]",
        entity_page,
        "In the news · Omnisonic",
        [ViewerState.load, FollowsState.look, EntityState.load],
    ),
    Page("/tagging", tagging_page, "Tagging · Omnisonic", [ViewerState.load, TaggingState.load]),
    Page("/feeds", feeds_page, "Feeds · Omnisonic", [ViewerState.load, FeedsState.load]),
    Page(
        "/alerts",
        alerts_page,
        "Alerts · Omnisonic",
        [
            ViewerState.load,
            RulesState.load,
            ChannelsState.load,
            HistoryState.load,
            MutesState.load,
            QuietState.load,
        ],
    ),
    Page("/settings", settings_page, "Settings · Omnisonic", [ViewerState.load, SettingsState.load]),
    Page("/admin", admin_page, "Admin · Omnisonic", [ViewerState.load, AdminState.load]),
    Page("/404", not_found_page, "Nothing here · Omnisonic", [ViewerState.look]),
)


def add_pages(app: rx.App) -> None:
    """Give the app its pages, and the frame its navigation."""
    declare(NAVIGATION)
    for page in PAGES:
        app.add_page(
            page.component,
            route=page.route,
            title=page.title,
            description=DESCRIPTION,
            on_load=list(page.on_load),
        )
