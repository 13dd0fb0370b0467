"""What is asked of goods that are bought."""

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    button,
    date_field,
    form_dialog,
    list_view,
    lookup_field,
    notice,
    page_header,
    quantity_field,
    select_field,
)
from erp.pages.routing import Nav, page
from erp.state.catalog.wording import FORMS
from erp.state.inventory.terms import STANDINGS, SetShelfLifeState, ShelfLivesState

LIVES = "/stock/terms"


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
            "Shelf life asked",
            "Life that goods should have left when they come. Receiving asks about fewer days; orders say it.",
            rx.cond(ShelfLivesState.may_plan, change),
        ),
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
