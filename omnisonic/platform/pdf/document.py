"""What every PDF of ours is made of: fonts that have letters with accents, styles, tables, numbered pages."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate, TableStyle

FONTS = Path(__file__).parent / "fonts"
REGULAR, BOLD = "Omnisonic", "Omnisonic-Bold"
MARGIN = 18 * mm
WIDTH = 174 * mm
INK, QUIET, LINE = HexColor("#1b1b1f"), HexColor("#5c5c66"), HexColor("#d4d4dc")


@lru_cache(maxsize=1)
def load_fonts() -> None:
    """Make the fonts known to reportlab, once per process."""
    pdfmetrics.registerFont(TTFont(REGULAR, str(FONTS / "DejaVuSans.ttf")))
    pdfmetrics.registerFont(TTFont(BOLD, str(FONTS / "DejaVuSans-Bold.ttf")))


def text_styles() -> dict[str, ParagraphStyle]:
    """Styles by what they are for."""
    load_fonts()
    return {
        "title": ParagraphStyle("title", fontName=BOLD, fontSize=16, leading=22, textColor=INK),
        "heading": ParagraphStyle(
            "heading", fontName=BOLD, fontSize=12, leading=16, textColor=INK, keepWithNext=True
        ),
        "text": ParagraphStyle(
            "text", fontName=REGULAR, fontSize=9, leading=13, textColor=INK, keepWithNext=True
        ),
        "small": ParagraphStyle("small", fontName=REGULAR, fontSize=8, leading=11, textColor=QUIET),
    }


def paragraph(text: str, style: ParagraphStyle) -> Paragraph:
    """A paragraph of markup: escape what comes from outside."""
    return Paragraph(text, style)


def table(header: Sequence[str], rows: Sequence[Sequence[Any]], *, widths_mm: Sequence[float]) -> LongTable:
    """A table whose header comes again on each page; first column text that wraps."""
    styles = text_styles()
    body = [
        [paragraph(escape(str(row[0])), styles["small"]), *(str(cell) for cell in row[1:])] for row in rows
    ]
    made = LongTable([list(header), *body], colWidths=[width * mm for width in widths_mm], repeatRows=1)
    made.hAlign = "LEFT"
    made.setStyle(
        TableStyle(
            [
                ("FONT", (0, 0), (-1, 0), BOLD, 8),
                ("FONT", (0, 1), (-1, -1), REGULAR, 8),
                ("TEXTCOLOR", (0, 0), (-1, -1), INK),
                ("ALIGN", (1, 0), (-1, -1), "RIGHT"),
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
            ]
        )
    )
    return made


def build_document(title: str, story: list[Any]) -> bytes:
    """A4 pages of these parts, numbered; `title` is what viewers show in their window."""
    load_fonts()
    buffer = io.BytesIO()
    margins = dict.fromkeys(("leftMargin", "rightMargin", "topMargin", "bottomMargin"), MARGIN)
    document = SimpleDocTemplate(buffer, pagesize=A4, title=title, author="Omnisonic", **margins)
    document.build(story, onFirstPage=_number_page, onLaterPages=_number_page)
    return buffer.getvalue()


def _number_page(canvas: Any, document: Any) -> None:
    canvas.setFont(REGULAR, 7)
    canvas.setFillColor(QUIET)
    canvas.drawRightString(document.pagesize[0] - MARGIN, 10 * mm, f"Page {document.page}")
