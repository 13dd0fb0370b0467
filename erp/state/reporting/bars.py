"""Bars and steps of rupees as plotly figures, written the Indian way."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_CEILING, Decimal
from html import escape
from typing import Any

import plotly.graph_objects as go

from erp.core.formatting import date_text, group_count, money_text
from erp.core.money import ZERO
from erp.state.charting import ACCENT, GREY, styled

WIDEST_BAR = 0.12
"""Of the chart, so that a lone bar is no wall."""
ROOM_FOR_WORDS = 1.75
"""How much wider than its longest bar a chart is that writes amounts beside its bars."""


def bars(names: list[str], amounts: list[Decimal], notes: list[str]) -> go.Figure:
    """Return standing bars of rupees with Indian figures on the axis and in the hints."""
    words = [money_text(amount) for amount in amounts]
    drawn = go.Bar(
        x=names,
        y=[float(amount) for amount in amounts],
        width=min(0.8, WIDEST_BAR * len(names)),
        customdata=list(zip(words, notes, strict=True)),
        hovertemplate="<b>%{x}</b><br>%{customdata[0]}<br>%{customdata[1]}<extra></extra>",
        marker={"color": ACCENT, "cornerradius": 4},
    )
    figure = styled(go.Figure(drawn))
    figure.update_yaxes(**_rupees(amounts))
    figure.update_xaxes(type="category", nticks=8, tickangle=0)
    return figure


def lying_bars(
    names: list[str], amounts: list[Decimal], notes: list[str], colours: Any
) -> go.Figure:
    """Return lying bars with their amounts written at them."""
    words = [money_text(amount) for amount in amounts]
    drawn = go.Bar(
        y=names,
        x=[float(amount) for amount in amounts],
        orientation="h",
        text=[f"{word}  {note}" for word, note in zip(words, notes, strict=True)],
        textposition="outside",
        constraintext="none",
        hovertemplate="<b>%{y}</b><br>%{text}<extra></extra>",
        marker={"color": colours, "cornerradius": 4},
        cliponaxis=False,
    )
    figure = styled(go.Figure(drawn))
    widest = float(max([*amounts, Decimal(1)]))
    figure.update_xaxes(visible=False, range=[0, widest * ROOM_FOR_WORDS])
    figure.update_yaxes(showgrid=False, ticksuffix="  ")
    return figure


def named_bars(names: list[str], amounts: list[Decimal], notes: list[str]) -> go.Figure:
    """Return lying bars, the first on top, each under its name: long names fit a phone too."""
    places = list(range(len(names)))
    words = [money_text(amount) for amount in amounts]
    drawn = go.Bar(
        y=places,
        x=[float(amount) for amount in amounts],
        orientation="h",
        width=0.3,
        text=[f"{word}  {note}" for word, note in zip(words, notes, strict=True)],
        textposition="outside",
        constraintext="none",
        customdata=[escape(name) for name in names],
        hovertemplate="<b>%{customdata}</b><br>%{text}<extra></extra>",
        marker={"color": ACCENT, "cornerradius": 4},
        cliponaxis=False,
    )
    figure = styled(go.Figure(drawn))
    for place, name in enumerate(names):
        figure.add_annotation(
            x=0, y=place - 0.4, text=escape(name), xanchor="left", showarrow=False, xshift=-2
        )
    widest = float(max([*amounts, Decimal(1)]))
    figure.update_xaxes(visible=False, range=[0, widest * ROOM_FOR_WORDS])
    figure.update_yaxes(visible=False, range=[len(names) - 0.6, -0.7])
    return figure


def steps(prices: Mapping[str, Sequence[tuple[date, Decimal]]]) -> go.Figure:
    """Return prices that hold until the next one, a line by name, each in order of days."""
    lines = [
        go.Scatter(
            name=name,
            x=[str(day) for day, _ in points],
            y=[float(price) for _, price in points],
            customdata=[(money_text(price), date_text(day)) for day, price in points],
            hovertemplate="<b>%{customdata[0]}</b><br>%{customdata[1]}<extra>%{fullData.name}</extra>",
            mode="lines+markers",
            line={"shape": "hv", "width": 2},
            marker={"size": 7},
        )
        for name, points in prices.items()
    ]
    figure = styled(go.Figure(lines), legend=len(lines) > 1)
    figure.update_xaxes(type="date", nticks=6, tickformat="%d %b %y")
    figure.update_yaxes(**_span([price for points in prices.values() for _, price in points]))
    return figure


def _span(amounts: list[Decimal]) -> dict[str, Any]:
    """Return an axis from a round amount below the least to one above the largest."""
    low, high = min(amounts, default=Decimal(0)), max(amounts, default=Decimal(1))
    step = _fine_step(max(high - low, high / 10, Decimal("0.01")))
    first = int(low / step)
    last = max(int((high / step).to_integral_value(ROUND_CEILING)), first + 1)
    ticks = [step * n for n in range(first, last + 1)]
    return {
        "tickvals": [float(tick) for tick in ticks],
        "ticktext": [money_text(tick) for tick in ticks],
        "range": [float(ticks[0] - step / 4), float(ticks[-1] + step / 4)],
    }


def _fine_step(top: Decimal) -> Decimal:
    """Return a round distance, of paise too, that gives about four ticks up to the top."""
    paise = _step(top * 1000)
    return max(paise / 1000, Decimal("0.01"))


def stacked_bars(
    names: list[str],
    layers: Mapping[str, list[Decimal]],
    notes: Mapping[str, list[str]],
    rest: str = "",
) -> go.Figure:
    """Return standing bars of rupees in layers, with a legend.

    Args:
        layers: Amounts of each layer, one per name, the lowest layer first.
        rest: The layer that holds whatever has none of its own; it is drawn in grey.
        notes: A second line of each layer's hints, one per name.
    """
    figure = styled(go.Figure(), legend=len(layers) > 1)
    for layer, amounts in layers.items():
        words = [money_text(amount) for amount in amounts]
        figure.add_bar(
            x=names,
            y=[float(amount) for amount in amounts],
            name=layer,
            marker={"color": GREY} if layer == rest else None,
            customdata=list(zip(words, notes[layer], strict=True)),
            hovertemplate="<b>%{fullData.name}</b>, %{x}<br>%{customdata[0]}<br>%{customdata[1]}<extra></extra>",
        )
    totals = [sum(column, ZERO) for column in zip(*layers.values(), strict=True)]
    figure.update_layout(barmode="stack", legend_traceorder="normal")
    figure.update_yaxes(**_rupees(totals))
    figure.update_xaxes(type="category", tickangle=0)
    return figure


def clicked(points: Any, count: int) -> int | None:
    """Return the place of a clicked bar among so many; the browser only says which one."""
    point = points[0] if isinstance(points, list) and points else {}
    place = point.get("pointNumber", point.get("pointIndex")) if isinstance(point, dict) else None
    return place if isinstance(place, int) and 0 <= place < count else None


def _rupees(amounts: list[Decimal]) -> dict[str, Any]:
    """Return an axis whose ticks are written the Indian way; plotly knows no such grouping."""
    top = max([*amounts, Decimal(1)])
    step = _step(top)
    ticks = [step * n for n in range(int(top / step) + 2)]
    words = [f"₹{group_count(int(tick))}" for tick in ticks]
    return {"tickvals": [float(tick) for tick in ticks], "ticktext": words, "rangemode": "tozero"}


def _step(top: Decimal) -> Decimal:
    """Return a round distance that gives about four ticks up to the top."""
    size = Decimal(10) ** (len(str(int(top / 4))) - 1)
    return next(size * n for n in (1, 2, 5, 10) if top / (size * n) <= 5)  # noqa: PLR2004  five ticks
