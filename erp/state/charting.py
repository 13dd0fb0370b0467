"""The house look of plotly figures: quiet axes, one accent, both themes."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go
import reflex as rx
from reflex.event import EventSpec

ACCENT = "#12a594"
GREY = "#889096"
PALETTE = ("#12a594", "#3e63dd", "#f5a524", "#8e4ec6", "#e5484d", GREY)
_INK = "#80868f"
_LINE = "rgba(128,134,143,0.18)"
_FONT = "Inter, system-ui, sans-serif"


def styled(figure: go.Figure, *, legend: bool = False) -> go.Figure:
    """Return the figure with transparent ground and greys that read on light and dark."""
    axis: dict[str, Any] = {
        "gridcolor": _LINE,
        "zeroline": False,
        "linecolor": _LINE,
        "automargin": True,
        "fixedrange": True,
    }
    figure.update_layout(
        template="none",
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": _FONT, "size": 12, "color": _INK},
        colorway=PALETTE,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        showlegend=legend,
        legend={"orientation": "h", "y": -0.18, "x": 0},
        hoverlabel={"font": {"family": _FONT, "size": 12}},
        bargap=0.35,
        dragmode=False,
        autosize=True,
    )
    figure.update_xaxes(**axis, showgrid=False)
    figure.update_yaxes(**axis)
    return figure


def follow(points: Sequence[Any], links: Sequence[str]) -> EventSpec | None:
    """Lead to the documents of the clicked bar; the browser only says which bar."""
    place = points[0].get("pointNumber", points[0].get("pointIndex")) if points else None
    if not isinstance(place, int) or not 0 <= place < len(links):
        return None
    return rx.redirect(links[place])
