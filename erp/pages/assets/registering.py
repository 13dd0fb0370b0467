"""The form that brings an asset into the books."""

import reflex as rx

from erp.components import (
    card,
    check_field,
    date_field,
    form_view,
    lookup_field,
    money_field,
    page_header,
    select_field,
    text_field,
)
from erp.pages.routing import page
from erp.state.assets.registering import RegisterAssetState as New
from erp.state.assets.wording import BOUGHT_FROM, MANAGE, RATES


@page(
    route="/fixed-assets/new",
    title="Register an asset",
    permission=MANAGE,
    parent="/fixed-assets",
    command="assets.register_asset",
    on_load=[New.open_new],
)
def register_asset_page() -> rx.Component:
    """Bring an asset into the books."""
    errors = New.field_errors
    return rx.fragment(
        page_header(
            "Register an asset", "Its cost is booked today, and it is depreciated by its kind."
        ),
        card(
            form_view(
                New,
                text_field("Name", "name", errors=errors, required=True, max_length=120),
                select_field("Kind", "category_id", New.categories, errors=errors, required=True),
                select_field(
                    "Comes from",
                    "bought_from",
                    list(BOUGHT_FROM.items()),
                    errors=errors,
                    required=True,
                    on_change=New.choose_source,
                ),
                money_field("Price without GST", "price", errors=errors, required=True),
                _bill(),
                date_field(
                    "Day of the bill",
                    "bought_on",
                    errors=errors,
                    required=True,
                    default_value=New.today,
                ),
                date_field(
                    "In use from", "used_from", errors=errors, hint="Else the day of the bill"
                ),
                date_field("Booked on", "booked_on", errors=errors, hint="Else today"),
                text_field("Serial number", "serial", errors=errors, max_length=120),
                text_field("Place", "place", errors=errors, max_length=120),
                text_field("Who has it", "custodian", errors=errors, max_length=120),
                text_field("Note", "note", errors=errors, max_length=500),
                submit="Register",
                cancel_to="/fixed-assets",
            )
        ),
    )


def _bill() -> rx.Component:
    errors = New.field_errors
    lost = money_field(
        "Lost before",
        "opening_depreciation",
        errors=errors,
        hint="Depreciation in the books of before",
    )
    supplier = lookup_field(
        "Supplier",
        "supplier_id",
        "/api/erp/parties?role=supplier",
        errors=errors,
        label_key="name",
        detail_key="city",
        placeholder="Name or code",
    )
    bought = rx.fragment(
        supplier,
        text_field("Bill number", "bill_number", errors=errors, max_length=40),
        select_field("GST on the bill", "gst_rate", RATES, errors=errors),
        check_field("Its GST is a credit", "takes_credit", default_checked=True),
        money_field(
            "GST on the whole bill",
            "bill_tax",
            errors=errors,
            hint="Where the bill has other assets or expenses, too",
        ),
    )
    return rx.cond(New.source == "opening", lost, bought)
