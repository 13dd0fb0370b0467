"""Ceilings of discounts by product, form and brand."""

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
    select_field,
    text_field,
)
from erp.pages.routing import Nav, page
from erp.state.catalog.wording import FORMS
from erp.state.sales.ceilings import SCOPES, STANDINGS, CeilingsState, SetCeilingState
from erp.state.sales.wording import VIEW

_FORMS = [("", "Choose one"), *FORMS.items()]


@page(
    route="/prices/ceilings",
    title="Discount ceilings",
    permission=VIEW,
    nav=Nav("Discount ceilings", "gauge", group="Sell", order=56),
    on_load=[CeilingsState.open_list, CeilingsState.listen],
)
def ceilings_page() -> rx.Component:
    """Show how much may be taken off goods."""
    change = button(
        "Set a ceiling",
        look="solid",
        icon="plus",
        on_click=SetCeilingState.open_dialog("", ""),
    )
    return rx.fragment(
        page_header(
            "Discount ceilings",
            "The most that is taken off goods at the till and on orders without a manager.",
            rx.cond(CeilingsState.may_set, change),
        ),
        notice(
            "Each person's role has a limit of its own beside these. Of several ceilings of the same goods"
            " the lowest holds; who may approve is bound by their own limit alone.",
            tone="gray",
            icon="gauge",
        ),
        list_view(
            CeilingsState,
            label="Ceilings of discounts",
            search="Product, brand or form",
            filters=[Filter("standing", "Standing", list(STANDINGS.items()))],
            empty=Empty(
                "gauge",
                "No ceiling set",
                "Set one for goods with little to give, such as a brand with a small margin.",
            ),
        ),
        _set_ceiling(),
    )


def _set_ceiling() -> rx.Component:
    state, errors = SetCeilingState, SetCeilingState.field_errors
    return form_dialog(
        state,
        select_field(
            "For",
            "scope",
            list(SCOPES.items()),
            errors=errors,
            value=state.scope,
            on_change=state.choose_scope,
        ),
        rx.match(
            state.scope,
            (
                "brand",
                select_field("Brand", "brand_id", state.brands, errors=errors, required=True),
            ),
            (
                "form",
                select_field("Form", "form", _FORMS, errors=errors, required=True),
            ),
            lookup_field(
                "Goods",
                "variant_id",
                "/api/erp/products/search",
                errors=errors,
                required=True,
                label_key="label",
                detail_key="sku",
                value_key="variant_id",
                placeholder="Name, SKU or code",
                on_pick=state.choose_goods,
            ),
        ),
        text_field(
            "At most, in percent",
            "percent",
            errors=errors,
            hint="Leave it empty to end the ceiling.",
            class_name="input input-count",
            input_mode="decimal",
            placeholder="5",
            auto_complete="off",
            max_length=6,
        ),
        date_field("From", "valid_from", errors=errors, hint="Today, if you leave it empty."),
        text_field("Why", "reason", errors=errors, wide=True, max_length=200),
        title="Set a ceiling",
        subtitle="It takes the place of the one for the same goods.",
        submit="Set ceiling",
    )
