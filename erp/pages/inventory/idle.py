"""Dead and slow stock."""

from typing import Any

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    button,
    card,
    form_dialog,
    link_button,
    list_view,
    lookup_field,
    page_header,
    quantity_field,
)
from erp.pages.inventory.analysis_tabs import analysis_tabs, settings_list
from erp.pages.routing import page
from erp.state.inventory.idle import ADVICE, IdleState, SetClaimTermsState

SLOW_AFTER = [(str(days), f"Slow after {days} days") for days in (30, 60, 120)]
DEAD_AFTER = [(str(days), f"Dead after {days} days") for days in (120, 270, 365)]


@page(
    route="/stock/ageing/idle",
    title="Dead and slow stock",
    permission="inventory.view",
    parent="/stock/ageing",
    on_load=[IdleState.open_list, IdleState.listen],
)
def idle_page() -> rx.Component:
    """Show what does not sell, the money in it, and what to do."""
    return rx.fragment(
        page_header(
            "Stock analysis",
            "What does not sell, or not before it expires: the money in it and what to do.",
        ),
        analysis_tabs("/stock/ageing/idle"),
        rx.el.div(
            rx.foreach(IdleState.kinds, _kind),
            class_name="tiles rungs",
            role="group",
            aria_label="Standing",
        ),
        list_view(
            IdleState,
            label="Dead and slow stock",
            search="Product or lot number",
            filters=[
                Filter("advice", "What to do", list(ADVICE.items())),
                Filter("slow_days", "Slow after", SLOW_AFTER, anything="Slow after 90 days"),
                Filter("dead_days", "Dead after", DEAD_AFTER, anything="Dead after 180 days"),
            ],
            row_action=_follow,
            empty=Empty(
                "circle-check",
                "Everything sells",
                "Goods appear here when they stand still, or are more than will sell in time.",
            ),
        ),
        _terms(),
        _set_terms(),
    )


def _kind(tile: Any) -> rx.Component:
    return rx.el.button(
        rx.el.div(tile["label"], class_name="tile-label"),
        rx.el.div(tile["value"], class_name="tile-value"),
        rx.el.div(tile["note"], class_name="tile-note"),
        type="button",
        on_click=IdleState.choose(tile["kind"]),
        class_name="card tile span-3",
        custom_attrs={"data-tone": tile["tone"]},
        aria_pressed=tile["is_chosen"],
        key=tile["kind"],
    )


def _follow(row: Any) -> rx.Component:
    return rx.cond(row["door"] != "", link_button(row["door_word"], row["door"], look="outline"))


def _terms() -> rx.Component:
    change = button(
        "Write down terms",
        look="ghost",
        icon="pencil",
        on_click=SetClaimTermsState.open_dialog("", ""),
    )
    return card(
        settings_list(IdleState.terms, "window"),
        title="When suppliers take goods back for their expiry",
        actions=(rx.cond(IdleState.may_plan, change),),
    )


def _set_terms() -> rx.Component:
    errors = SetClaimTermsState.field_errors
    return form_dialog(
        SetClaimTermsState,
        lookup_field(
            "Supplier",
            "supplier_id",
            "/api/erp/parties?role=supplier",
            errors=errors,
            label_key="name",
            detail_key="city",
            placeholder="Name or code",
            hint="None: every supplier without terms of its own.",
        ),
        quantity_field(
            "From days before the expiry",
            "opens_days",
            errors=errors,
            required=True,
            placeholder="90",
        ),
        quantity_field(
            "To days after the expiry",
            "closes_days",
            errors=errors,
            required=True,
            placeholder="90",
        ),
        title="When goods may go back",
        subtitle="As agreed with the supplier. Between these days the advice is to return them.",
        submit="Save terms",
    )
