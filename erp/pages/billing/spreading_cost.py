"""Spreading an expense of a bill over the goods it was for."""

from typing import Any

import reflex as rx

from erp.components import (
    button,
    card,
    empty_state,
    icon_button,
    lined_form,
    lookup_field,
    money_field,
    notice,
    page_header,
    text_field,
)
from erp.pages.inventory.review import review_dialog
from erp.pages.routing import page
from erp.state.billing.bill_wording import RECORD
from erp.state.billing.spreading_cost import SpreadCostState as Spread


@page(
    route="/bills/spread",
    title="Spread over goods",
    permission=RECORD,
    parent="/bills",
    on_load=[Spread.open_new],
)
def spread_cost_page() -> rx.Component:
    """Let goods of deliveries bear what a bill booked as an expense."""
    return rx.fragment(
        page_header(
            "Spread over goods",
            "Freight and the like on a bill of its own, borne by the deliveries it was for, by their value.",
        ),
        rx.cond(
            Spread.problem != "",
            notice(Spread.problem, tone="amber", icon="receipt-indian-rupee"),
            _form(),
        ),
        review_dialog(
            Spread,
            title="Spread this cost?",
            confirm="Spread it",
            goods=("Cost of goods", "Costs more", "On hand", "Gone"),
        ),
    )


def _form() -> rx.Component:
    return lined_form(
        Spread,
        card(_head(), title=Spread.bill["words"]),
        card(_offered(), title="Last deliveries"),
        card(_lines(), title="Bear it"),
        back="/bills/" + Spread.bill["id"],
    )


def _head() -> rx.Component:
    errors = Spread.field_errors
    return rx.el.div(
        money_field(
            "Amount", "amount", errors=errors, required=True, default_value=Spread.bill["left"]
        ),
        text_field(
            "What for",
            "note",
            errors=errors,
            required=True,
            placeholder="Consignment note 4711",
            max_length=120,
        ),
        lookup_field(
            "Find a delivery",
            "find",
            "/api/erp/spreadable-receipts",
            errors=errors,
            label_key="label",
            detail_key="supplier",
            placeholder="Document number or supplier",
            on_pick=Spread.pick,
            key=Spread.adds,
        ),
        class_name="form-grid three",
    )


def _offered() -> rx.Component:
    def row(line: Any) -> rx.Component:
        return rx.el.li(
            rx.el.div(
                rx.el.b(line["label"]),
                rx.el.span(line["words"], class_name="detail"),
                rx.cond(line["landed"] != "", rx.el.span(line["landed"], class_name="detail")),
                class_name="grow",
            ),
            button("Bears it", icon="plus", on_click=Spread.take(line["key"])),
            key=line["key"],
        )

    none = rx.el.p("No other delivery came into this branch.", class_name="soft")
    return rx.cond(
        Spread.offered.length() > 0,
        rx.el.ol(rx.foreach(Spread.offered, row), class_name="expected"),
        none,
    )


def _lines() -> rx.Component:
    def line_of(line: Any) -> rx.Component:
        wrong = Spread.field_errors[line["id"] + ".receipt"]
        return rx.el.li(
            rx.el.div(
                rx.el.b(line["label"]),
                icon_button(
                    "x", f"Take {line['label']} off", on_click=Spread.drop_line(line["id"])
                ),
                class_name="goods-head",
            ),
            rx.el.p(line["words"], class_name="soft goods-words"),
            rx.cond(wrong, rx.el.p(wrong, class_name="error", role="alert")),
            key=line["id"],
            custom_attrs={"data-line": line["id"]},
        )

    none = empty_state(
        "split", "No delivery chosen yet", "Choose the deliveries that this cost was for."
    )
    return rx.cond(
        Spread.lines.length() > 0,
        rx.el.ol(rx.foreach(Spread.lines, line_of), class_name="goods"),
        none,
    )
