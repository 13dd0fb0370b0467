"""The loyalty programme."""

import reflex as rx

from erp.components import (
    Empty,
    button,
    check_field,
    form_dialog,
    list_view,
    money_field,
    notice,
    page_header,
    stat_tile,
    text_field,
)
from erp.components.small_parts import tiles
from erp.pages.routing import Nav, page
from erp.state.loyalty.programme import VIEW, ProgrammeState, SetProgrammeState

terms = ProgrammeState.terms


@page(
    route="/loyalty",
    title="Loyalty",
    permission=VIEW,
    nav=Nav("Loyalty", "badge-percent", group="Sell", order=50),
    on_load=[ProgrammeState.open_list, ProgrammeState.listen],
)
def programme_page() -> rx.Component:
    """Show what customers earn, what they hold, and every change of points."""
    change = button(
        rx.cond(terms["is_set"] != "", "Change the terms", "Set up points"),
        look="solid",
        icon="sliders-horizontal",
        on_click=SetProgrammeState.open_dialog("", ""),
    )
    return rx.fragment(
        page_header(
            "Loyalty",
            "Points for customers with a name: earned on what they pay, spent like money.",
            rx.cond(ProgrammeState.may_manage, change),
        ),
        rx.cond(terms["is_set"] != "", _figures(), _off()),
        list_view(
            ProgrammeState,
            label="Points",
            search="Search by customer",
            empty=Empty(
                "badge-percent",
                "No points yet",
                "They appear with the first bill of a named customer while the programme runs.",
            ),
        ),
        _setting(),
    )


def _figures() -> rx.Component:
    return rx.fragment(
        rx.cond(
            terms["is_active"] == "",
            notice("The programme is stopped: nothing is earned or spent. Balances stay."),
        ),
        tiles(
            stat_tile("Customers hold", terms["outstanding"], note="points"),
            stat_tile("The books owe", terms["liability"], note="Loyalty Points Liability"),
            stat_tile("Earned", terms["rate"], note=f"{terms['given_back']} of what is paid"),
            stat_tile("A point pays", terms["worth"], note=f"Kept: {terms['valid']}"),
        ),
    )


def _off() -> rx.Component:
    return notice(
        "No programme runs. An owner sets what customers earn and what a point pays.", icon="info"
    )


def _setting() -> rx.Component:
    errors, was = SetProgrammeState.field_errors, SetProgrammeState.was
    return form_dialog(
        SetProgrammeState,
        text_field(
            "Points per rupee",
            "points_per_rupee",
            errors=errors,
            required=True,
            default_value=was["points_per_rupee"],
            hint="0.01 is a point per ₹100.",
            input_mode="decimal",
            max_length=9,
        ),
        money_field(
            "A point pays",
            "worth",
            errors=errors,
            required=True,
            default_value=was["worth"],
            hint="Another worth is booked for all points at once.",
        ),
        text_field(
            "Spent from",
            "minimum_points",
            errors=errors,
            default_value=was["minimum_points"],
            hint="Points at once, at least.",
            input_mode="numeric",
            max_length=7,
        ),
        text_field(
            "Kept for months",
            "valid_months",
            errors=errors,
            default_value=was["valid_months"],
            hint="Empty keeps them for ever.",
            input_mode="numeric",
            max_length=3,
        ),
        check_field("The programme runs", "is_active", default_checked=was["is_active"] != ""),
        title="Loyalty programme",
        subtitle="Bills of before keep their points.",
        width="600px",
    )
