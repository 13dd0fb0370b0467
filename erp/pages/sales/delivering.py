"""Handing over goods of an order."""

from typing import Any

import reflex as rx

from erp.components import button, card, lined_form, page_header, select_field, text_field
from erp.components.records import record_view
from erp.pages.routing import page
from erp.state.sales.delivering import DeliverState
from erp.state.sales.order_wording import DELIVER

facts = DeliverState.facts


@page(
    route="/orders/[order_id]/deliver",
    title="Deliver an order",
    permission=DELIVER,
    parent="/orders",
    on_load=[DeliverState.open_delivery],
)
def deliver_order_page() -> rx.Component:
    """Hand over goods of an order with their invoice."""
    errors = DeliverState.field_errors
    carrier = rx.el.div(
        text_field("Carrier", "carrier", errors=errors, placeholder="Who brings it", max_length=120),
        text_field(
            "Their number", "carrier_reference", errors=errors, placeholder="LR or docket",
            max_length=120,
        ),
        class_name="form-grid two",
    )  # fmt: skip
    return record_view(
        DeliverState,
        page_header(
            f"Deliver {facts['name']}",
            f"{facts['customer']} · from {facts['location']}. The invoice is posted with the goods.",
        ),
        lined_form(
            DeliverState,
            card(
                rx.el.ol(rx.foreach(DeliverState.lines, _line), class_name="goods"),
                title="What goes out",
            ),
            card(carrier, title="On the way"),
            back=f"/orders/{facts['id']}",
            submit="Deliver and invoice",
            icon="truck",
        ),
        list_route="/orders",
        list_label="All orders",
    )


def _line(line: Any) -> rx.Component:
    number = {
        "errors": DeliverState.field_errors,
        "input_mode": "numeric",
        "auto_complete": "off",
        "max_length": 8,
        "class_name": "input input-count",
    }
    named = DeliverState.lots.contains(line["id"])
    free = text_field(
        "Free", line["id"] + ".free_quantity", placeholder="As the scheme gives", **number
    )
    return rx.el.li(
        rx.el.div(
            rx.el.b(line["label"]),
            rx.el.span(line["words"], class_name="soft", custom_attrs={"data-tone": line["tone"]}),
            class_name="goods-head",
        ),
        rx.el.div(
            text_field("Units", line["id"] + ".quantity", default_value=line["quantity"], **number),
            rx.cond(line["has_free"] != "", free),
            rx.cond(named, _lot(line)),
            class_name=rx.cond(
                named,
                rx.cond(line["has_free"] != "", "goods-fields named", "goods-fields named plain"),
                "goods-fields few",
            ),
        ),
        button(
            rx.cond(named, "Another lot", "Choose the lot"),
            look="ghost",
            icon="layers",
            on_click=DeliverState.name_lot(line["id"]),
        ),
        key=line["id"],
        custom_attrs={"data-line": line["id"]},
    )


def _lot(line: Any) -> rx.Component:
    errors = DeliverState.field_errors
    return rx.fragment(
        select_field(
            "Lot", line["id"] + ".lot_id", DeliverState.lots[line["id"]], errors=errors,
            default_value=line["lot_id"],
        ),
        text_field(
            "Why this lot", line["id"] + ".reason", errors=errors, max_length=120,
            placeholder="If another goes first",
        ),
    )  # fmt: skip
