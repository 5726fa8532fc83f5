"""One page for every kind of refusal: `/problems/<slug>`, and the page for addresses that lead nowhere."""

from __future__ import annotations

import reflex as rx

from omnisonic.platform.auth.guard import public
from omnisonic.platform.errors import error_catalog
from omnisonic.platform.site.frame import frame
from omnisonic.platform.ui.controls import link_button
from omnisonic.platform.ui.feedback import skeleton


class ProblemState(rx.State):
    """The kind of refusal that the address names."""

    is_loaded: bool = False
    title: str = ""
    advice: str = ""
    status: int = 0
    slug: str = ""

    @rx.event
    @public
    async def load(self) -> None:
        """Look the slug up; an unknown one leaves the title empty."""
        slug = str(self.router.url.path).rstrip("/").rpartition("/")[2]
        kind = error_catalog().get(slug)
        self.slug, self.is_loaded = slug if kind else "", True
        self.title = kind.title if kind else ""
        self.advice = kind.advice if kind else ""
        self.status = kind.status if kind else 0


def problem_page() -> rx.Component:
    """`/problems/[problem_slug]`"""
    return frame(
        rx.el.article(
            rx.cond(
                ProblemState.is_loaded,
                rx.cond(ProblemState.title != "", _problem(), _nowhere()),
                rx.fragment(rx.el.h1("Problem", class_name="ui-sr-only"), skeleton(shape="row", count=3)),
            ),
            class_name="ui-prose",
        )
    )


def not_found_page() -> rx.Component:
    """Every address that no page has."""
    return frame(rx.el.article(_nowhere(), class_name="ui-prose"))


def _problem() -> rx.Component:
    return rx.fragment(
        rx.el.h1(ProblemState.title, data_testid="problem-title"),
        rx.el.p(ProblemState.advice, class_name="ui-lead", data_testid="problem-advice"),
        _ways_out(back=True),
        rx.el.dl(
            rx.el.dt("Kind"),
            rx.el.dd(rx.el.code(ProblemState.slug)),
            rx.el.dt("Status"),
            rx.el.dd(rx.el.code(ProblemState.status)),
            class_name="ui-facts",
            style={"margin": "40px 0 16px"},
        ),
        rx.el.p(
            "Programs find the same in the answer, as problem details: the kind in ",
            rx.el.code("type"),
            ", what happened this time in ",
            rx.el.code("detail"),
            ", and in ",
            rx.el.code("correlationId"),
            " the reference to give to the operator.",
        ),
    )


def _nowhere() -> rx.Component:
    return rx.fragment(
        rx.el.h1("There is nothing here", data_testid="not-found"),
        rx.el.p(
            "The address is wrong, or what was here has been removed or is not shared with you.",
            class_name="ui-lead",
        ),
        _ways_out(back=False),
    )


def _ways_out(*, back: bool) -> rx.Component:
    """Back to where the reader came from (to the sessions when nowhere), and two places to start anew."""
    return rx.el.div(
        *(
            [
                link_button(
                    "Go back",
                    "/sessions",
                    testid="go-back",
                    icon="arrow-left",
                    kind="primary",
                    custom_attrs={"data-back": "true"},
                )
            ]
            if back
            else []
        ),
        link_button(
            "Your sessions", "/sessions", testid="to-sessions", kind="outline" if back else "primary"
        ),
        link_button("Start page", "/", testid="to-start"),
        class_name="ui-row ui-row-wrap",
        style={"marginTop": "24px"},
    )
