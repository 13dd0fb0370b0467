"""Taking goods back of an order's invoice."""

from typing import Any

import reflex as rx

from erp.components import card, lined_form, page_header, select_field, text_field
from erp.components.records import record_view
from erp.pages.inventory.review import review_dialog
from erp.pages.routing import page
from erp.state.billing.invoices import TAKE_BACK
from erp.state.billing.taking_back import TakeBackState as Back
from erp.state.inventory.stock import PlacesState


@page(
    route="/invoices/[invoice_id]/return",
    title="Return goods",
    permission=TAKE_BACK,
    parent="/invoices",
    on_load=[PlacesState.open_places, Back.open_return],
)
def take_back_page() -> rx.Component:
    """Count what a customer brings back, and give credit for it."""
    facts = Back.facts
    return rx.fragment(
        record_view(
            Back,
            page_header(
                f"Return of {facts['number']}",
                f"{facts['customer']} · invoice of {facts['day']}. Goods come back at the price, tax"
                " and lot of their invoice, and the customer owes so much less.",
            ),
            lined_form(
                Back,
                card(
                    rx.el.ol(rx.foreach(Back.lines, _line), class_name="goods"),
                    title="What comes back",
                ),
                card(_head(), title="Return"),
                back=f"/invoices/{facts['id']}",
                submit="Review",
                icon="undo-2",
            ),
            list_route="/invoices",
            list_label="All documents",
        ),
        review_dialog(Back, title="Take these goods back?", confirm="Post credit note"),
    )


def _head() -> rx.Component:
    errors = Back.field_errors
    return rx.el.div(
        text_field(
            "Reason", "reason", errors=errors, required=True, max_length=120,
            placeholder="Not wanted, damaged on the way",
        ),
        select_field("Put back into", "location_id", PlacesState.places, errors=errors),
        class_name="form-grid two",
    )  # fmt: skip


def _line(line: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.b(line["label"]),
            rx.el.span(line["worth"], class_name="soft"),
            class_name="goods-head",
        ),
        rx.el.p(line["words"], class_name="soft goods-words"),
        rx.el.div(
            text_field(
                "Units back",
                line["id"] + ".quantity",
                errors=Back.field_errors,
                placeholder=line["left"],
                input_mode="numeric",
                auto_complete="off",
                max_length=8,
                class_name="input input-count",
            ),
            class_name="goods-fields few",
        ),
        key=line["id"],
        custom_attrs={"data-line": line["id"]},
    )
