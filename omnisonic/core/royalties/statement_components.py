"""A statement as an invoice: who, for what time, the sums, and every line with its proof."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.core.royalties.line_entries_state import LineEntriesState
from omnisonic.core.royalties.statement_state import StatementState
from omnisonic.core.royalties.statements_components import change
from omnisonic.platform.ui.controls import badge, button, icon_button, link_button, segmented
from omnisonic.platform.ui.table import cell

STATEMENT: Any = StatementState  # Reflex types no variables of dataclasses
BEHIND: Any = LineEntriesState
ORDERS = (("amount", "Largest first"), ("position", "As in the log"))
COLUMNS = ("What", "Where and when", ">Uses", ">Rate", ">Share", ">Amount", ">Proof")


def invoice_head() -> rx.Component:
    """Who it is for, the period, and what comes out."""
    return rx.el.section(
        rx.el.div(
            rx.el.div(
                rx.el.h1(STATEMENT.head.title),
                rx.el.p(STATEMENT.head.name, dir="auto", class_name="ry-payee"),
                rx.el.p(
                    rx.cond(
                        STATEMENT.is_curator,
                        rx.el.a(
                            STATEMENT.head.cycle,
                            href="/royalties/cycles/" + STATEMENT.head.cycle_id,
                            class_name="ui-link",
                        ),
                        rx.el.span(STATEMENT.head.cycle),
                    ),
                    rx.cond(STATEMENT.head.period != STATEMENT.head.cycle, " · " + STATEMENT.head.period, ""),
                    rx.cond(STATEMENT.head.closed != "", " · closed " + STATEMENT.head.closed, ""),
                    class_name="ui-text-2",
                ),
            ),
            rx.el.div(
                link_button(
                    "PDF",
                    STATEMENT.head.pdf_href,
                    testid="statement-pdf",
                    icon="file-text",
                    is_page=False,
                    download=True,
                ),
                link_button(
                    "CSV",
                    STATEMENT.head.csv_href,
                    testid="statement-csv",
                    icon="download",
                    is_page=False,
                    download=True,
                ),
                class_name="ui-row",
            ),
            class_name="ry-invoice-top",
        ),
        rx.el.div(
            rx.el.div(
                rx.el.p("Earned in this cycle", class_name="ui-label"),
                rx.el.p(STATEMENT.head.total_exact, class_name="ry-total", data_testid="statement-total"),
                rx.cond(
                    STATEMENT.head.change != "",
                    rx.el.p(
                        change(STATEMENT.head),
                        " against the statement before",
                        class_name="ui-small ui-text-2",
                    ),
                    rx.el.p("The first statement in this currency", class_name="ui-small ui-text-2"),
                ),
            ),
            _sums(),
            class_name="ry-invoice-sums",
        ),
        class_name="ui-card ry-invoice",
        data_testid="statement-head",
    )


def _sums() -> rx.Component:
    return rx.el.dl(
        _sum("Brought forward", STATEMENT.head.carried),
        _sum("Earned", STATEMENT.head.total_exact),
        _sum("Balance", STATEMENT.head.balance, is_total=True),
        _sum("Can be paid out", STATEMENT.head.payable),
        _sum("Stays, below the smallest coin", STATEMENT.head.residue),
        class_name="ry-sums",
    )


def _sum(words: str, value: Any, *, is_total: bool = False) -> rx.Component:
    return rx.el.div(
        rx.el.dt(words),
        rx.el.dd(value),
        class_name="ry-sum-total" if is_total else "",
    )


def invoice_lines() -> rx.Component:
    """Every line, with the sum below them."""
    return rx.el.section(
        rx.el.div(
            rx.el.h2(STATEMENT.head.lines, id="lines-title", class_name="ui-section-title"),
            segmented("Order of the lines", "line-order", ORDERS, STATEMENT.order, STATEMENT.sort),
            class_name="ry-lines-head",
        ),
        rx.el.div(
            rx.el.table(
                rx.el.caption(
                    "Lines of the statement; amounts in " + STATEMENT.head.currency, class_name="ui-sr-only"
                ),
                rx.el.thead(rx.el.tr(*[_column(name) for name in COLUMNS])),
                rx.el.tbody(rx.foreach(STATEMENT.lines, _line)),
                rx.el.tfoot(
                    rx.el.tr(
                        rx.el.th("Sum of all lines", scope="row", col_span=5),
                        rx.el.td(
                            STATEMENT.head.total_exact, class_name="ui-end ui-num", data_testid="lines-sum"
                        ),
                        rx.el.td(),
                    )
                ),
                class_name="ui-table ry-lines",
            ),
            class_name="ui-table-box",
            data_testid="lines",
        ),
        rx.cond(
            STATEMENT.cursor != "",
            button("Show more lines", testid="lines-more", on_click=STATEMENT.show_more),
        ),
        rx.el.p(
            rx.icon("shield-check", size=16, aria_hidden="true"),
            rx.el.span(
                "Each line is in the log under checkpoint ",
                STATEMENT.head.checkpoint,
                ". “Proof” shows it, and gives a file that anyone can check.",
            ),
            class_name="ry-foot ui-small ui-text-2",
        ),
        aria_labelledby="lines-title",
        class_name="ui-stack ui-stack-4",
    )


def _column(name: str) -> rx.Component:
    return rx.el.th(name.lstrip(">"), scope="col", class_name="ui-end" if name.startswith(">") else "")


def _line(line: Any) -> rx.Component:
    return rx.el.tr(
        cell(
            "What",
            rx.el.div(
                rx.cond(
                    line.work_href != "",
                    rx.el.a(line.title, href=line.work_href, dir="auto", class_name="ui-cell-title"),
                    rx.el.span(line.title, dir="auto", class_name="ui-cell-title"),
                ),
                rx.cond(line.detail != "", rx.el.p(line.detail, dir="auto", class_name="ui-small ui-text-2")),
                rx.cond(line.disputed != "", _disputed(line)),
                class_name="ry-cell",
            ),
        ),
        cell(
            "Where and when",
            rx.el.div(
                rx.el.p(line.use, " · ", line.source, dir="auto"),
                rx.el.p(line.where, " · ", line.month, class_name="ui-small ui-text-2"),
                class_name="ry-cell",
            ),
        ),
        cell("Uses", _uses(line), end=True),
        cell("Rate", rx.el.span(line.rate, class_name="ui-num ui-small ui-text-2"), end=True),
        cell("Share", rx.el.span(line.share, class_name="ui-num"), end=True),
        cell(
            "Amount",
            rx.el.div(
                rx.el.p(
                    rx.el.strong(line.amount),
                    rx.el.span(line.rest, class_name="ry-rest"),
                    class_name="ui-num",
                    title=line.exact,
                ),
                rx.cond(line.change != "", change(line)),
            ),
            end=True,
        ),
        cell("Proof", _actions(line), end=True),
        key=line.id,
        data_testid="statement-line",
    )


def _disputed(line: Any) -> rx.Component:
    return rx.el.p(
        line.disputed,
        rx.cond(
            STATEMENT.is_curator & line.is_disputed,
            rx.fragment(" ", rx.el.a("Answer it", href="/royalties?tab=cases", class_name="ui-link")),
        ),
        dir="auto",
        class_name="ui-small ry-said",
        data_testid="line-said",
    )


def _uses(line: Any) -> rx.Component:
    return rx.el.div(
        rx.el.p(line.quantity, class_name="ui-num"),
        rx.el.button(
            line.bookings,
            type="button",
            aria_label=line.bookings + " behind " + line.title + ", " + line.where + ", " + line.month,
            aria_haspopup="dialog",
            on_click=BEHIND.open(STATEMENT.head.id, line.id),
            class_name="ui-link ui-small ry-drill",
            data_testid="line-entries",
        ),
    )


def _actions(line: Any) -> rx.Component:
    return rx.el.div(
        button(
            "Proof",
            testid="line-proof",
            icon="shield-check",
            aria_label="Proof of " + line.title + ", " + line.where + ", " + line.month + ", " + line.exact,
            on_click=STATEMENT.prove(line.id),
        ),
        rx.cond(
            line.is_disputed,
            badge("Disputed", kind="warn", icon="scale", data_testid="line-disputed"),
            rx.cond(
                STATEMENT.is_own,
                icon_button(
                    "message-square-warning",
                    "Dispute this line: " + line.title + ", " + line.where + ", " + line.month,
                    testid="line-dispute",
                    on_click=STATEMENT.ask_dispute(line.id),
                ),
            ),
        ),
        class_name="ui-row ry-actions",
    )
