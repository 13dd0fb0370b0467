"""Terms of buying: shelf life, and the quantities that suppliers sell."""

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    button,
    date_field,
    form_dialog,
    link_tabs,
    list_view,
    lookup_field,
    notice,
    page_header,
    quantity_field,
    select_field,
)
from erp.pages.routing import Nav, page
from erp.state.catalog.wording import FORMS
from erp.state.inventory.terms import (
    STANDINGS,
    OrderQuantitiesState,
    SetOrderQuantityState,
    SetShelfLifeState,
    ShelfLivesState,
)

LIVES, QUANTITIES = "/stock/terms", "/stock/terms/quantities"
TABS = ((LIVES, "Shelf life"), (QUANTITIES, "Quantities"))


@page(
    route=LIVES,
    title="Shelf life asked",
    permission="inventory.view",
    nav=Nav("Buying terms", "handshake", group="Setup", order=47),
    on_load=[ShelfLivesState.open_list, ShelfLivesState.listen],
)
def shelf_lives_page() -> rx.Component:
    """Show how much life goods should have left when they come."""
    change = button(
        "Set a term",
        look="solid",
        icon="plus",
        on_click=SetShelfLifeState.open_dialog("", ""),
    )
    return rx.fragment(
        page_header(
            "Buying terms",
            "Life that goods should have left when they come. Receiving asks about fewer days; orders say it.",
            rx.cond(ShelfLivesState.may_plan, change),
        ),
        link_tabs(LIVES, TABS),
        notice(
            f"Goods that no other term is about are asked for {ShelfLivesState.usual}."
            " A supplier's own term goes before the form's.",
            tone="gray",
            icon="calendar-clock",
        ),
        list_view(
            ShelfLivesState,
            label="Terms of shelf life",
            search="Supplier",
            filters=[Filter("standing", "Standing", list(STANDINGS.items()))],
            empty=Empty(
                "calendar-clock",
                "No term set",
                "Set one for a supplier who grants more, or for goods that must keep longer.",
            ),
        ),
        _set_life(),
    )


def _set_life() -> rx.Component:
    errors = SetShelfLifeState.field_errors
    return form_dialog(
        SetShelfLifeState,
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
        select_field(
            "Form",
            "form",
            [("", "All other forms"), *FORMS.items()],
            errors=errors,
        ),
        quantity_field("Days left", "days", errors=errors, required=True, placeholder="90"),
        date_field("From", "valid_from", errors=errors, hint="Else from today."),
        title="Life that goods should have left",
        subtitle="Counted from the day they come. Terms set before stay as they were until this day.",
        submit="Set term",
    )


@page(
    route=QUANTITIES,
    title="Quantities sold",
    permission="inventory.view",
    parent=LIVES,
    on_load=[OrderQuantitiesState.open_list, OrderQuantitiesState.listen],
)
def order_quantities_page() -> rx.Component:
    """Show the items that their suppliers sell in certain numbers only."""
    change = button(
        "Write down",
        look="solid",
        icon="plus",
        on_click=SetOrderQuantityState.open_dialog("", ""),
    )
    return rx.fragment(
        page_header(
            "Buying terms",
            "How suppliers sell an item: so many at least, in steps. Suggestions and orders keep to it.",
            rx.cond(OrderQuantitiesState.may_plan, change),
        ),
        link_tabs(QUANTITIES, TABS),
        list_view(
            OrderQuantitiesState,
            label="Quantities suppliers sell",
            search="Supplier or product",
            empty=Empty(
                "package",
                "Everything is sold in any number",
                "Write down an item that its supplier sells by the dozen, or not below a number.",
            ),
        ),
        _set_quantity(),
    )


def _set_quantity() -> rx.Component:
    errors = SetOrderQuantityState.field_errors
    return form_dialog(
        SetOrderQuantityState,
        lookup_field(
            "Supplier",
            "supplier_id",
            "/api/erp/parties?role=supplier",
            errors=errors,
            required=True,
            label_key="name",
            detail_key="city",
            placeholder="Name or code",
        ),
        lookup_field(
            "Product",
            "variant_id",
            "/api/erp/products/search",
            errors=errors,
            required=True,
            label_key="label",
            detail_key="sku",
            value_key="variant_id",
            placeholder="Name, abbreviation or SKU",
        ),
        quantity_field("At least", "least", errors=errors, placeholder="1", hint="Else 1."),
        quantity_field("In steps of", "step", errors=errors, placeholder="1", hint="Else 1."),
        title="How it is sold",
        subtitle="In base units, free ones left out. One and one: in any number.",
    )
