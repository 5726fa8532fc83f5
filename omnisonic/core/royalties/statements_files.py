"""A statement as a file: every line as CSV, or pages to print."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from omnisonic.core import money
from omnisonic.core.royalties.shapes import MoneyView
from omnisonic.core.royalties.statements_schemas import LineView, StatementView

PDF_LINES = 500
CSV_COLUMNS = (
    *("position", "source", "usageType", "right", "territory", "period", "work", "workId", "recording"),
    *("recordingId", "isrc", "quantity", "entries", "sharePpm", "rate", "amount", "currency"),
    *("previousAmount", "policyDigest", "entriesRoot", "leafHash"),
)


def csv_row(line: LineView) -> tuple[Any, ...]:
    """A line as cells; amounts with all nine decimals, so that they add up."""
    return (
        *(line.position, line.source, line.usage_type, line.right, line.territory, line.period),
        *(line.work_title, line.work_id, line.recording_title, line.recording_id, line.isrc),
        *(int(line.quantity), int(line.entry_count), line.share_ppm, line.rate, exact(line.amount)),
        *(line.amount.currency, exact(line.previous_amount) if line.previous_amount else None),
        *(line.policy_digest, line.entries_root, line.leaf_hash),
    )


def csv_rows(pages: Iterator[Sequence[LineView]]) -> Iterator[tuple[Any, ...]]:
    """Cells of every line."""
    return (csv_row(line) for lines in pages for line in lines)


def exact(view: MoneyView) -> Decimal:
    """Every digit of an amount."""
    return money.from_nano(int(view.amount))


def write_pdf(statement: StatementView, lines: Sequence[LineView]) -> bytes:
    """A4 pages: the sums, then the largest lines, at most `PDF_LINES`."""
    # Imported here: reportlab costs a process a third of a second, and few ever print a statement.
    from reportlab.lib.units import mm
    from reportlab.platypus import Spacer

    from omnisonic.platform.pdf import document

    styles = document.text_styles()

    def say(text: str, style: str = "text") -> Any:
        return document.paragraph(escape(text), styles[style])

    title = f"Statement: {statement.contributor_name}, {statement.cycle_name}"
    sums = [(words, _words(view)) for words, view in _sums(statement)]
    story: list[Any] = [say(title, "title"), say(_standing(statement), "small"), Spacer(1, 5 * mm)]
    story += [document.table(("", statement.currency), sums, widths_mm=(110, 64)), Spacer(1, 6 * mm)]
    story += [say("Lines", "heading"), say(_lines_note(statement, len(lines)), "small")]
    story.append(
        document.table(
            ("Recording or work", "Source", "Use", "Where", "Month", "Uses", "Rate", "Amount"),
            [_cells(line) for line in lines],
            widths_mm=(42, 24, 20, 13, 15, 16, 22, 22),
        )
    )
    return document.build_document(title, story)


def _sums(statement: StatementView) -> list[tuple[str, MoneyView]]:
    found = [
        ("Carried forward from before", statement.carried),
        ("Earned in this cycle", statement.total),
        ("Balance", statement.balance),
        ("Of it payable in whole minor units", statement.payable),
        ("Stays below one minor unit", statement.residue),
    ]
    if statement.previous_total is not None:
        found.append(("Earned in the statement before", statement.previous_total))
    return found


def _standing(statement: StatementView) -> str:
    checkpoint = (
        f"Checkpoint {statement.checkpoint_number}" if statement.checkpoint_number else "No checkpoint"
    )
    closed = f", closed {statement.closed_at:%Y-%m-%d %H:%M} UTC" if statement.closed_at else ""
    return (
        f"Cycle {statement.cycle_number}, {statement.starts_on} to before {statement.ends_on}. "
        f"{checkpoint}{closed}. Statement {statement.id}."
    )


def _lines_note(statement: StatementView, shown: int) -> str:
    if shown < statement.line_count:
        return f"The {shown:,} largest of {statement.line_count:,} lines. The CSV file has every one."
    return f"All {statement.line_count:,} lines. Each has a leaf in the public log; the CSV file names it."


def _cells(line: LineView) -> tuple[str, ...]:
    name = line.recording_title or line.work_title or line.isrc or "–"
    rate = f"{Decimal(line.rate):.6f}" if line.rate else "–"
    return (
        *(name, line.source[:16], str(line.usage_type or "–"), line.territory or "–", line.period),
        *(f"{int(line.quantity):,}", rate, money.format_nano(int(line.amount.amount), line.amount.currency)),
    )


def _words(view: MoneyView) -> str:
    return money.format_money(int(view.amount), view.currency)
