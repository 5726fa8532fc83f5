"""The operators' page: is everything well, and if not, why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import reflex as rx

from omnisonic import __version__
from omnisonic.platform.actor import Role
from omnisonic.platform.auth.guard import guarded
from omnisonic.platform.db import in_thread
from omnisonic.platform.ids import utc_now
from omnisonic.platform.readiness import CheckResult, check_readiness
from omnisonic.platform.site.processes import list_process_signs
from omnisonic.platform.ui.controls import badge, button, link_button
from omnisonic.platform.ui.feedback import error_state, skeleton
from omnisonic.platform.ui.shell import crumbs, page, page_head, shell

SERVER_WORDS = {
    "database": "Database",
    "migrations": "Tables up to date",
    "redis": "Redis",
    "storage": "Object storage",
    "clickhouse": "Analytics database",
    "ledger": "Royalty ledger",
}


@dataclass
class Light:
    """One traffic light with its reason."""

    name: str
    is_well: bool
    reason: str


class AdminState(rx.State):
    """Servers and processes as they are at the last look."""

    is_loaded: bool = False
    load_problem: str = ""
    servers: rx.Field[list[Light]] = rx.field(default_factory=list)
    processes: rx.Field[list[Light]] = rx.field(default_factory=list)
    is_all_well: bool = False
    looked_at: str = ""

    @rx.event
    @guarded(role=Role.ADMIN)
    async def load(self) -> None:
        """Ask all servers, and look for every process's sign of life."""
        self.load_problem = ""
        self.servers = [_server_light(name, found) for name, found in (await check_readiness()).items()]
        self.processes = [
            Light(one.name, one.is_well, one.reason) for one in await in_thread(list_process_signs)
        ]
        self.is_all_well = all(light.is_well for light in [*self.servers, *self.processes])
        self.looked_at, self.is_loaded = f"{utc_now():%H:%M:%S} UTC", True


def admin_page() -> rx.Component:
    """`/admin`"""
    return shell(
        page(
            page_head(
                "Admin",
                f"Omnisonic {__version__}",
                link_button("Queues", "/admin/queues", testid="to-queues", icon="list-checks", is_page=False),
            ),
            rx.cond(
                AdminState.load_problem != "",
                error_state(
                    "The state of the installation could not be loaded",
                    AdminState.load_problem,
                    on_retry=AdminState.load,
                ),
                rx.cond(
                    AdminState.is_loaded,
                    rx.el.div(
                        _summary(),
                        rx.el.div(
                            _lights("Servers", AdminState.servers),
                            _lights("Processes", AdminState.processes),
                            class_name="ui-columns",
                        ),
                        class_name="ui-stack ui-stack-4",
                    ),
                    skeleton(shape="row", count=6),
                ),
            ),
        ),
        active="admin",
        crumbs=crumbs(("Admin", None)),
    )


def _summary() -> rx.Component:
    return rx.el.div(
        rx.cond(
            AdminState.is_all_well,
            badge("All well", kind="ok", icon="check", data_testid="all-well"),
            badge("Something needs you", kind="danger", icon="circle-alert", data_testid="not-well"),
        ),
        rx.el.span(
            "Looked at ", AdminState.looked_at, class_name="ui-small ui-text-2 ui-num ui-nowrap ui-grow"
        ),
        button("Look again", testid="look-again", icon="rotate-cw", kind="ghost", on_click=AdminState.load),
        class_name="ui-row ui-row-wrap",
    )


def _lights(title: str, lights: Any) -> rx.Component:
    return rx.el.section(
        rx.el.h2(title, class_name="ui-section-title"),
        rx.el.ul(rx.foreach(lights, _light), class_name="ui-list"),
        aria_label=title,
        class_name="ui-card",
    )


def _light(light: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            class_name="ui-lamp", data_state=rx.cond(light.is_well, "well", "down"), aria_hidden="true"
        ),
        rx.el.strong(light.name),
        rx.el.span(
            rx.cond(light.is_well, rx.cond(light.reason != "", light.reason, "Well"), light.reason),
            class_name="ui-text-2",
        ),
        class_name="ui-light",
        data_testid="light",
    )


def _server_light(name: str, found: CheckResult) -> Light:
    return Light(SERVER_WORDS.get(name, name.capitalize()), found.ok, found.detail)
