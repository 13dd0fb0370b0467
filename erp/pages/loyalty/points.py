"""A customer's points: a card of the party's page."""

import reflex as rx

from erp.components import button, card, data_table, form_dialog, text_field
from erp.state.loyalty.points import AdjustPointsState, PointsState
from erp.state.loyalty.programme import WHAT

points = PointsState.points


def points_card() -> rx.Component:
    """Return the balance and the latest changes; each leads to its bill."""
    adjust = button(
        "Give or take points",
        look="outline",
        icon="badge-percent",
        on_click=AdjustPointsState.open_dialog(PointsState.party_id, ""),
    )
    shown = card(
        rx.el.p(
            rx.el.b(points["balance"]),
            " points · ",
            points["value"],
            rx.cond(points["lapse"] != "", rx.fragment(" · ", points["lapse"])),
            class_name="points-line",
        ),
        rx.cond(
            PointsState.changes.length() > 0,
            data_table(WHAT, PointsState.changes, label="Points", linked=True),
            rx.el.p("The first bill brings the first points.", class_name="soft"),
        ),
        title="Points",
        actions=(rx.cond(PointsState.may_adjust & (points["is_active"] != ""), adjust),),
    )
    return rx.fragment(rx.cond(points.length() > 0, shown), _adjusting())


def _adjusting() -> rx.Component:
    errors = AdjustPointsState.field_errors
    return form_dialog(
        AdjustPointsState,
        text_field(
            "Points",
            "points",
            errors=errors,
            required=True,
            hint="Below zero takes some away.",
            input_mode="numeric",
            max_length=8,
        ),
        text_field("Reason", "reason", errors=errors, required=True, max_length=120),
        title="Give or take points",
        submit="Record",
    )
