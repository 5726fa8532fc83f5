"""A split sheet on paper: shares, who accepted when, and the hashes that bind it."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

from omnisonic.core.catalog.role_words import percent_words, role_words
from omnisonic.studio.split_sheets.models import SplitSheetStatus
from omnisonic.studio.split_sheets.schemas import SheetView

STATUS_WORDS = {
    SplitSheetStatus.PROPOSED: "Proposed, not final",
    SplitSheetStatus.LOCKED: "Locked: every party has accepted",
    SplitSheetStatus.WITHDRAWN: "Withdrawn",
}
WHEN = "%Y-%m-%d %H:%M:%S UTC"


def write_pdf(sheet: SheetView) -> bytes:
    """A4 pages with everything that was agreed on."""
    # Imported here: reportlab costs a process a third of a second, and few ever write a sheet.
    from reportlab.lib.units import mm
    from reportlab.platypus import Spacer

    from omnisonic.platform.pdf import document

    styles = document.text_styles()

    def say(text: str, style: str = "text") -> Any:
        return document.paragraph(escape(text).replace("\n", "<br/>"), styles[style])

    story: list[Any] = [say(f"Split sheet: {sheet.title}", "title"), say(_standing(sheet), "small")]
    if sheet.note:
        story += [Spacer(1, 4 * mm), say(sheet.note)]
    story += [Spacer(1, 6 * mm), say("Shares", "heading"), _shares(sheet)]
    if sheet.answers:
        story += [Spacer(1, 6 * mm), say("Answers", "heading"), _answers(sheet)]
    story += [Spacer(1, 6 * mm), say("What binds it", "heading")]
    story += [say(line, "small") for line in _hashes(sheet)]
    return document.build_document(f"Split sheet: {sheet.title}", story)


def _standing(sheet: SheetView) -> str:
    words = f"{STATUS_WORDS[sheet.status]}. Version {sheet.version}"
    proposed = f"proposed {sheet.updated_at:{WHEN}}" if not sheet.locked_at else ""
    locked = f"locked {sheet.locked_at:{WHEN}}" if sheet.locked_at else ""
    by = f" by {sheet.proposed_by_name}" if sheet.proposed_by_name else ""
    return f"{words}, {locked or proposed}{by if proposed else ''}."


def _shares(sheet: SheetView) -> Any:
    from omnisonic.platform.pdf import document

    rows = [
        [
            one.name,
            role_words(one.role),
            percent_words(one.share_ppm),
            f"{one.accepted_at:{WHEN}}" if one.accepted_at else "not yet",
        ]
        for one in sheet.shares
    ]
    rows.append(["Total", "", percent_words(sum(one.share_ppm for one in sheet.shares)), ""])
    return document.table(("Name", "Role", "Share", "Accepted"), rows, widths_mm=(66, 42, 24, 42))


def _answers(sheet: SheetView) -> Any:
    from omnisonic.platform.pdf import document

    rows = [
        [
            f"{one.display_name}: {one.word}" if one.word else one.display_name,
            "accepted" if one.is_accepted else "asked for a change",
            str(one.version),
            f"{one.at:{WHEN}}",
        ]
        for one in sheet.answers
    ]
    return document.table(
        ("Who, and their word", "Answer", "Version", "When"), rows, widths_mm=(82, 34, 16, 42)
    )


def _hashes(sheet: SheetView) -> list[str]:
    lines = [f"SHA-256 of version {sheet.version}: {sheet.sha256}", f"Sheet: {sheet.id}"]
    if sheet.leaf_hash:
        lines.append(f"Leaf of the log: {sheet.leaf_hash}")
    return lines
