"""Taking in what was ordered."""

from typing import Any

import reflex as rx

from erp.components import (
    button,
    card,
    empty_state,
    lined_form,
    page_header,
    scanner,
)
from erp.components.records import record_view
from erp.pages.inventory.goods import (
    amount_fields,
    arrival_fields,
    cost_field,
    goods_list,
    goods_sums,
    label_fields,
    price_fields,
)
from erp.pages.inventory.quality import check_fields
from erp.pages.inventory.review import review_dialog
from erp.pages.routing import page
from erp.state.inventory.stock import RECEIVE
from erp.state.purchasing.arriving import ArrivalState as Arrival

facts = Arrival.facts


@page(
    route="/purchases/[order_id]/receive",
    title="Receive an order",
    permission=RECEIVE,
    parent="/purchases",
    on_load=[Arrival.open_arrival],
)
def receive_order_page() -> rx.Component:
    """Take in goods against an order."""
    return record_view(
        Arrival,
        page_header(
            f"Receive {facts['number']}",
            f"{facts['supplier']} · into {facts['location']}. Scan the packs, or add what came.",
        ),
        lined_form(
            Arrival,
            card(_expected(), title="Ordered", actions=(_all(),)),
            card(_head(), title="Delivery"),
            card(_goods(), title="What came", actions=(goods_sums(Arrival),)),
            back=f"/purchases/{facts['id']}",
        ),
        scanner(Arrival.scan),
        review_dialog(Arrival, title="Receive these goods?", confirm="Receive goods"),
        list_route="/purchases",
        list_label="All orders",
    )


def _all() -> rx.Component:
    return button("Everything came", icon="check-check", on_click=Arrival.take_all)


def _expected() -> rx.Component:
    def row(line: Any) -> rx.Component:
        return rx.el.li(
            rx.el.div(
                rx.el.b(line["label"]),
                rx.el.span(line["words"], class_name="detail"),
                class_name="grow",
            ),
            button("Add a lot", icon="plus", on_click=Arrival.take(line["line_no"])),
            key=line["line_no"],
        )

    return rx.el.ol(rx.foreach(Arrival.expected, row), class_name="expected")


def _head() -> rx.Component:
    return rx.el.div(
        arrival_fields(Arrival),
        class_name="form-grid two",
    )


def _goods() -> rx.Component:
    none = empty_state(
        "scan-barcode",
        "Scan the first pack",
        "A GS1 code fills in product, lot and expiry. Or add a lot of a line above.",
    )
    return goods_list(Arrival, _fields, none)


def _fields(state: Any, line: Any) -> rx.Component:
    return rx.fragment(
        label_fields(state, line),
        price_fields(state, line),
        amount_fields(state, line),
        cost_field(state, line),
        check_fields(state, line),
    )
