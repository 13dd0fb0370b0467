"""What customers paid before, and what is left of it."""

from typing import Any

import reflex as rx

from erp.components import Empty, download_link, link_button, list_view, page_header
from erp.pages.routing import Nav, page
from erp.state.pos.advances import OpenAdvanceListState, VoucherListState

NOTHING = Empty(
    "wallet",
    "No advance is open",
    "At the till, F4 takes money for goods to come from the customer of the bill.",
)


@page(
    route="/advances",
    title="Advances",
    permission="pos.view",
    nav=Nav("Advances", "wallet", group="Sell", order=46),
    on_load=[OpenAdvanceListState.open_list, OpenAdvanceListState.listen],
)
def advances_page() -> rx.Component:
    """List what is left of each customer's advances."""
    return rx.fragment(
        page_header(
            "Advances",
            "Paid before the goods, by customer; each leads to its vouchers.",
            link_button("All vouchers", "/advances/vouchers", look="outline", icon="receipt-text"),
        ),
        list_view(OpenAdvanceListState, label="Advances", search="Customer", empty=NOTHING),
    )


@page(
    route="/advances/vouchers",
    title="Vouchers",
    permission="pos.view",
    parent="/advances",
    on_load=[VoucherListState.open_list, VoucherListState.listen],
)
def vouchers_page() -> rx.Component:
    """List receipt and refund vouchers; each opens as it is printed."""
    return rx.fragment(
        page_header("Vouchers", "Receipts of advances, and what was paid back of them."),
        list_view(
            VoucherListState,
            label="Vouchers",
            search="Voucher or customer",
            empty=NOTHING,
            row_action=_paper,
        ),
    )


def _paper(row: Any) -> rx.Component:
    return download_link("Print", row["paper"], icon="printer")
