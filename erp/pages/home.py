"""The first page after signing in: the manager's figures, or everybody else's shortcuts."""

import reflex as rx
from reflex_components_core.react_router.dom import ReactRouterLink

from erp.components import (
    badge,
    bone,
    card,
    chart_card,
    empty_state,
    grid,
    link_button,
    notice,
    page_header,
    stat_tile,
)
from erp.pages.routing import Nav, page
from erp.state.registry import SIGNED_IN
from erp.state.reporting.dashboard import DashboardState as Figures
from erp.state.screens import Screen, list_screens
from erp.state.shell import ShellState


@page(
    route="/",
    title="Home",
    permission=SIGNED_IN,
    nav=Nav("Home", "house", order=0, keys="g h"),
    on_load=[Figures.open_dashboard, Figures.listen],
)
def home_page() -> rx.Component:
    """Show what matters today."""
    return rx.fragment(
        page_header(
            rx.cond(Figures.greeting != "", f"Good day, {Figures.greeting}", "Good day"),
            rx.cond(Figures.as_of != "", f"As of {Figures.as_of}, live.", ""),
            rx.cond(Figures.may_view, link_button("All sales", "/sales", look="outline")),
        ),
        rx.cond(Figures.problem != "", notice(Figures.problem, tone="red")),
        rx.cond(Figures.may_view, _figures(), _shortcuts()),
    )


def _figures() -> rx.Component:
    loading = Figures.is_loading
    return rx.fragment(
        grid(
            _tile("Sales today", "today", "indian-rupee"),
            _tile("Sales this month", "month", "calendar-days"),
            _tile("Waiting for review", "waiting", "scan-eye"),
            _tile("Stock value", "stock", "boxes"),
        ),
        grid(
            chart_card(
                "Sales today by hour",
                Figures.hours,
                loading=loading,
                is_empty=~Figures.has_hours,
                empty_text="The first bill of the day appears here as it is paid.",
                on_click=Figures.open_hour,
                span=6,
                height="224px",
            ),
            chart_card(
                "Sales this month by day",
                Figures.days,
                loading=loading,
                is_empty=~Figures.has_days,
                on_click=Figures.open_day,
                span=6,
                height="224px",
            ),
            chart_card(
                "How people paid this month",
                Figures.methods,
                loading=loading,
                is_empty=~Figures.has_methods,
                on_click=Figures.open_method,
                span=4,
                height="196px",
            ),
            chart_card(
                "Stock by days to expiry, at cost",
                Figures.expiry,
                loading=loading,
                is_empty=~Figures.has_expiry,
                empty_text="No stock expires within 90 days.",
                on_click=Figures.open_expiry,
                span=4,
                height="196px",
            ),
            card(_exceptions(), title="Needs a look", span=4),
        ),
    )


def _tile(label: str, key: str, icon: str) -> rx.Component:
    value = rx.cond(Figures.is_loading, bone("120px", "24px"), Figures.tiles[key])
    note = rx.cond(Figures.is_loading, bone("160px"), Figures.tiles[f"{key}_note"])
    return stat_tile(label, value, note=note, to=Figures.links[key], icon=icon)


def _exceptions() -> rx.Component:
    def line(item: rx.Var[dict[str, str]]) -> rx.Component:
        return rx.el.li(
            ReactRouterLink.create(
                rx.el.span(item["label"]), badge(item["count"], "amber"), to=item["href"]
            ),
            key=item["id"],
        )

    calm = empty_state(
        "circle-check",
        "All in order",
        "Failed work, cash differences and lots that are held back appear here.",
    )
    lines = rx.el.ul(rx.foreach(Figures.exceptions, line), class_name="link-list")
    waiting = rx.el.div(bone("80%"), bone("60%"), bone("70%"), class_name="bones")
    return rx.cond(
        Figures.is_loading, waiting, rx.cond(Figures.exceptions.length() > 0, lines, calm)
    )


def _shortcuts() -> rx.Component:
    """Lead to every screen of the navigation that the person may open."""
    screens = [screen for screen in list_screens() if screen.nav and screen.route != "/"]
    return grid(*[rx.cond(ShellState.may_open[s.route], _shortcut(s)) for s in screens])


def _shortcut(screen: Screen) -> rx.Component:
    nav = screen.nav or Nav(screen.title, "circle")
    return ReactRouterLink.create(
        rx.el.div(rx.icon(nav.icon), nav.label, class_name="tile-label"),
        rx.el.div(nav.group or "Everyday", class_name="tile-note"),
        to=screen.route,
        class_name="card tile shortcut span-3",
    )
