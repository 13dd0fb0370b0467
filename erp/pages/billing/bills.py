"""Suppliers' bills: the list, and goods that are on none."""

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    button,
    form_dialog,
    link_button,
    list_view,
    money_field,
    page_header,
    text_field,
)
from erp.pages.routing import Nav, page
from erp.state.billing.bill_wording import STANDINGS, STATUSES, VIEW
from erp.state.billing.bills import BillListState, TolerancesState, UnbilledListState


@page(
    route="/bills",
    title="Supplier bills",
    permission=VIEW,
    nav=Nav("Bills", "receipt-indian-rupee", group="Buy", order=20, keys="g l"),
    on_load=[BillListState.open_bills, BillListState.open_list, BillListState.listen],
)
def bills_page() -> rx.Component:
    """List suppliers' bills."""
    add = rx.cond(BillListState.may_record, link_button("Record bill", "/bills/new", icon="plus"))
    return rx.fragment(
        page_header(
            "Supplier bills",
            "Matched with orders and deliveries before they are owed.",
            rx.cond(
                BillListState.may_set,
                button(
                    "Tolerances",
                    look="ghost",
                    icon="sliders-horizontal",
                    on_click=TolerancesState.open_dialog("", ""),
                ),
            ),
            rx.cond(
                BillListState.may_record,
                link_button("From a file", "/bills/import", look="outline", icon="file-up"),
            ),
            link_button("Not billed yet", "/bills/unbilled", look="outline", icon="package-open"),
            add,
        ),
        list_view(
            BillListState,
            label="Supplier bills",
            search="Bill, our number or supplier",
            filters=[
                Filter("status", "Status", list(STATUSES.items())),
                Filter("standing", "Standing", list(STANDINGS.items())),
            ],
            empty=Empty(
                "receipt-indian-rupee",
                "No bill yet",
                "Choose a supplier and tick off what their bill names of what came.",
                add,
            ),
        ),
        _tolerances(),
    )


@page(
    route="/bills/unbilled",
    title="Not billed yet",
    permission=VIEW,
    parent="/bills",
    on_load=[UnbilledListState.open_list, UnbilledListState.listen],
)
def unbilled_page() -> rx.Component:
    """List goods that came and are on no bill."""
    return rx.fragment(
        page_header(
            "Not billed yet",
            f"Goods worth {UnbilledListState.total} came and are on no bill, the oldest first.",
            link_button("Record bill", "/bills/new", icon="plus"),
        ),
        list_view(
            UnbilledListState,
            label="Goods not billed yet",
            search="Supplier, document or product",
            empty=Empty(
                "package-check",
                "Everything is billed",
                "Goods appear here as they are received.",
                link_button("Receiving", "/receiving", look="outline", icon="truck"),
            ),
        ),
    )


def _tolerances() -> rx.Component:
    errors = TolerancesState.field_errors
    fields = rx.fragment(
        text_field(
            "Percent of the expected price",
            "price_percent",
            errors=errors,
            required=True,
            default_value=TolerancesState.percent,
            input_mode="decimal",
            class_name="input input-count",
            max_length=8,
        ),
        money_field(
            "Or rupees on a line",
            "price_amount",
            errors=errors,
            required=True,
            default_value=TolerancesState.amount,
        ),
        text_field(
            "Charges, percent of the goods",
            "charge_percent",
            errors=errors,
            required=True,
            default_value=TolerancesState.charges,
            input_mode="decimal",
            class_name="input input-count",
            max_length=8,
        ),
    )
    return form_dialog(
        TolerancesState,
        fields,
        title="How far a bill may differ",
        subtitle="A price within either passes; beyond both, or with higher charges, somebody decides.",
        submit="Save",
    )
