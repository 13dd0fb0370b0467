"""Charts of plotly figures, in a card, loaded only on pages that draw them."""

from typing import Any

import reflex as rx

from erp.components.empty import empty_state
from erp.components.headers import card
from erp.components.skeletons import chart_skeleton

QUIET: dict[str, Any] = {"displayModeBar": False, "responsive": True, "scrollZoom": False}


def chart_card(
    title: str,
    figure: Any,
    *,
    loading: rx.Var[bool],
    is_empty: rx.Var[bool] | bool = False,
    empty_text: str = "Figures appear here with the first sale.",
    subtitle: str = "",
    on_click: Any = None,
    span: int = 6,
    height: str = "260px",
    actions: tuple[rx.Component, ...] = (),
) -> rx.Component:
    """Return a chart with its loading and empty states.

    Args:
        figure: Var of a plotly figure; `erp.state.charting.styled` gives it the house look.
        on_click: Handler of the clicked points, for drilling down.
        span: Columns of twelve.
    """
    drawn = plain_chart(figure, height=height, on_click=on_click)
    nothing = empty_state("chart-column", "Nothing to show yet", empty_text)
    body = rx.cond(loading, chart_skeleton(height), rx.cond(is_empty, nothing, drawn))
    return card(
        rx.el.div(body, style={"min_height": height}),
        title=title,
        subtitle=subtitle,
        span=span,
        actions=actions,
    )


def plain_chart(figure: Any, *, height: str, on_click: Any = None) -> rx.Component:
    """Return a chart alone, for a card that shows more than it."""
    events = {"on_click": on_click} if on_click is not None else {}
    return rx.plotly.cartesian(
        data=figure, config=QUIET, use_resize_handler=True, width="100%", height=height, **events
    )
