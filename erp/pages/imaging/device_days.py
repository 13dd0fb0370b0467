"""A device's days on its page: how it stood, its clock, its sessions, and all of it in numbers."""

from typing import Any

import reflex as rx

from erp.components import card, chart_card
from erp.state.imaging.device import DeviceState as State

HEADS = (
    ("sessions", "Sessions"),
    ("stored", "Stored"),
    ("quarantined", "Held"),
    ("conflicts", "Conflict"),
    ("rejected", "Rejected"),
)
OF_BROKER = (("online", "Online"), ("silent", "Silent"), ("clock", "Clock, at worst"))


def standing_cards() -> rx.Component:
    """Return how a device stood and how its clock went, for devices that say so."""
    return rx.fragment(
        chart_card(
            "On and off",
            State.stood,
            subtitle="Hours of each day",
            loading=State.is_loading,
            is_empty=~State.has_stood,
            empty_text="It appears once the device has said that it is there.",
        ),
        chart_card(
            "Clock",
            State.clock,
            subtitle="Its clock minus ours",
            loading=State.is_loading,
            is_empty=~State.has_clock,
            empty_text="The device has not told its time in the last 30 days.",
        ),
    )


def sessions_card() -> rx.Component:
    """Return sessions by day."""
    return chart_card(
        "Sessions by day",
        State.sessions,
        loading=State.is_loading,
        is_empty=~State.has_sessions,
        empty_text="It had no session in the last 30 days.",
        span=4,
    )


def numbers_card(speaks: rx.Var[bool]) -> rx.Component:
    """Return the days on which anything came or was said as a table."""
    nothing = rx.el.p("Nothing came or was said in the last 30 days.", class_name="hint")
    return card(
        rx.cond(State.days.length() > 0, _table(speaks), nothing),
        title="In numbers",
        subtitle="Last 30 days",
        span=8,
    )


def _table(speaks: rx.Var[bool]) -> rx.Component:
    def heads(columns: Any) -> list[rx.Component]:
        return [rx.el.th(words, class_name="right", scope="col") for _, words in columns]

    def row(day: rx.Var[dict[str, str]]) -> rx.Component:
        def cells(columns: Any) -> list[rx.Component]:
            return [rx.el.td(day[key], class_name="right nowrap") for key, _ in columns]

        return rx.el.tr(
            rx.el.th(day["day"], scope="row", class_name="nowrap"),
            *cells(HEADS),
            rx.cond(speaks, rx.fragment(*cells(OF_BROKER))),
            key=day["id"],
        )

    return rx.el.div(
        rx.el.table(
            rx.el.thead(
                rx.el.tr(
                    rx.el.th("Day", scope="col"),
                    *heads(HEADS),
                    rx.cond(speaks, rx.fragment(*heads(OF_BROKER))),
                )
            ),
            rx.el.tbody(rx.foreach(State.days, row)),
            class_name="table",
            aria_label="The device day by day",
        ),
        class_name="scroll-x day-table",
    )
