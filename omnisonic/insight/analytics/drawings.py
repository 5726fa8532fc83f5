"""Charts and tables of reports, drawn by reportlab with fonts that have letters with accents."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.graphics.charts.barcharts import HorizontalBarChart
from reportlab.graphics.charts.legends import Legend
from reportlab.graphics.charts.linecharts import HorizontalLineChart
from reportlab.graphics.shapes import Drawing
from reportlab.lib.colors import HexColor
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import LongTable, Paragraph, TableStyle

from omnisonic.insight.analytics.schemas import GenreShares, MentionSeries

FONTS = Path(__file__).parent / "fonts"
REGULAR, BOLD = "Insight", "Insight-Bold"
WIDTH = 174 * mm
# Okabe and Ito 2008: told apart with any kind of color vision.
COLORS = [HexColor(one) for one in ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")]
INK, QUIET, LINE = HexColor("#1b1b1f"), HexColor("#5c5c66"), HexColor("#d4d4dc")
MAX_LINES, MAX_BARS, MAX_LABELS = 5, 12, 8


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


def line_chart(found: MentionSeries) -> Drawing:
    """Everything and up to five entities over time."""
    load_fonts()
    drawing = Drawing(WIDTH, 70 * mm)
    lines = [("All", found.all), *((one.name, one.values) for one in found.series[:MAX_LINES])]
    chart = HorizontalLineChart()
    chart.x, chart.y, chart.width, chart.height = 12 * mm, 12 * mm, 108 * mm, 54 * mm
    # One bucket draws no line: its figure stands twice.
    chart.data = [tuple(values if len(values) > 1 else values * 2) for _, values in lines]
    chart.categoryAxis.categoryNames = _labels(found)
    chart.categoryAxis.labels.fontName = chart.valueAxis.labels.fontName = REGULAR
    chart.categoryAxis.labels.fontSize = chart.valueAxis.labels.fontSize = 7
    chart.categoryAxis.visibleTicks = False
    chart.valueAxis.valueMin = 0
    chart.valueAxis.valueMax = max(1, *(max(values) for _, values in lines))
    chart.valueAxis.labelTextFormat = "%d"
    chart.valueAxis.visibleGrid = True
    chart.valueAxis.gridStrokeColor = LINE
    for place in range(len(lines)):
        chart.lines[place].strokeColor = COLORS[place % len(COLORS)]
        chart.lines[place].strokeWidth = 1.6 if place == 0 else 1.0
    drawing.add(chart)
    drawing.add(_legend([name for name, _ in lines]))
    return drawing


def bar_chart(found: GenreShares) -> Drawing:
    """The genres with the most, the largest on top."""
    load_fonts()
    shown = found.genres[:MAX_BARS][::-1]
    height = max(1, len(shown)) * 6 * mm
    drawing = Drawing(WIDTH, height + 10 * mm)
    if not shown:
        return drawing
    chart = HorizontalBarChart()
    chart.x, chart.y, chart.width, chart.height = 40 * mm, 6 * mm, 120 * mm, height
    chart.data = [tuple(one.stories if found.count == "stories" else one.mentions for one in shown)]
    chart.categoryAxis.categoryNames = [_short(one.genre or "Unknown", 24) for one in shown]
    chart.categoryAxis.labels.fontName = chart.valueAxis.labels.fontName = REGULAR
    chart.categoryAxis.labels.fontSize = chart.valueAxis.labels.fontSize = 7
    chart.valueAxis.valueMin = 0
    chart.valueAxis.valueMax = max(1, *chart.data[0])
    chart.valueAxis.labelTextFormat = "%d"
    chart.bars[0].fillColor = COLORS[0]
    chart.bars[0].strokeColor = None
    drawing.add(chart)
    return drawing


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


def number_page(canvas: Any, document: Any) -> None:
    """The page's number at its foot."""
    canvas.setFont(REGULAR, 7)
    canvas.setFillColor(QUIET)
    canvas.drawRightString(document.pagesize[0] - 18 * mm, 10 * mm, f"Page {document.page}")


def _labels(found: MentionSeries) -> list[str]:
    """A date now and then: all of them would cover each other."""
    form = "%d %b %H:%M" if found.bucket == "hour" else "%d %b"
    step = max(1, -(-len(found.starts) // MAX_LABELS))
    labels = [start.strftime(form) if place % step == 0 else "" for place, start in enumerate(found.starts)]
    return labels if len(labels) > 1 else labels * 2


def _legend(names: Sequence[str]) -> Legend:
    legend = Legend()
    legend.x, legend.y = 126 * mm, 62 * mm
    legend.fontName, legend.fontSize = REGULAR, 7
    legend.alignment = "right"
    legend.columnMaximum = len(names)
    legend.colorNamePairs = [
        (COLORS[place % len(COLORS)], _short(name, 26)) for place, name in enumerate(names)
    ]
    return legend


def _short(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"
