"""Charts of reports, drawn by reportlab."""

from __future__ import annotations

from collections.abc import Sequence

from reportlab.graphics.charts.barcharts import HorizontalBarChart
from reportlab.graphics.charts.legends import Legend
from reportlab.graphics.charts.linecharts import HorizontalLineChart
from reportlab.graphics.shapes import Drawing
from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm

from omnisonic.insight.analytics.schemas import GenreShares, MentionSeries
from omnisonic.platform.pdf.document import LINE, REGULAR, WIDTH, load_fonts

# Okabe and Ito 2008: told apart with any kind of color vision.
COLORS = [HexColor(one) for one in ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")]
MAX_LINES, MAX_BARS, MAX_LABELS = 5, 12, 8


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
