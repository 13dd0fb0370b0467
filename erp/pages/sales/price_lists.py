"""Price lists: all of them with what goods would cost, and a new one."""

from typing import Any

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    button,
    card,
    data_table,
    date_field,
    form_view,
    link_button,
    list_view,
    lookup_field,
    notice,
    page_header,
    quantity_field,
    select_field,
    submit_button,
    text_field,
)
from erp.pages.routing import Nav, page
from erp.state.party.wording import KINDS
from erp.state.sales.price_lists import LOT_COLUMNS, NewListState, PriceListsState, TryPriceState
from erp.state.sales.wording import AUDIENCES, MODES, SET, STANDINGS, VIEW


@page(
    route="/prices",
    title="Price lists",
    permission=VIEW,
    nav=Nav("Prices", "tags", group="Sell", order=50, keys="g x"),
    on_load=[
        PriceListsState.open_lists,
        PriceListsState.open_list,
        TryPriceState.open_panel,
        PriceListsState.listen,
    ],
)
def price_lists_page() -> rx.Component:
    """List price lists, and answer what goods would cost."""
    usual = button("Make the usual lists", icon="sparkles", on_click=PriceListsState.make_usual)
    add = link_button("New list", "/prices/new", icon="plus")
    return rx.fragment(
        page_header(
            "Price lists",
            "Who pays what, from when to when. Without a list goods cost their MRP.",
            rx.cond(PriceListsState.may_set, rx.fragment(usual, add)),
        ),
        list_view(
            PriceListsState,
            label="Price lists",
            search="Code, name or customer",
            filters=[
                Filter("audience", "For", list(AUDIENCES.items())),
                Filter("standing", "Standing", list(STANDINGS.items())),
            ],
            empty=Empty(
                "tags",
                "Everything costs its MRP",
                "Make the usual lists for doctors, retailers, stockists and institutions, "
                "or one of your own.",
                rx.cond(PriceListsState.may_set, rx.fragment(usual, add)),
            ),
        ),
        card(
            _question(),
            _answer(),
            title="What would this cost?",
            subtitle="Today, at this branch, lot by lot; nothing is sold or held.",
        ),
    )


def _question() -> rx.Component:
    errors = TryPriceState.field_errors
    return rx.el.form(
        lookup_field(
            "Goods",
            "variant_id",
            "/api/erp/products/search",
            errors=errors,
            required=True,
            label_key="label",
            detail_key="sku",
            value_key="variant_id",
            placeholder="Name, abbreviation, SKU or code",
        ),
        lookup_field(
            "Customer",
            "customer_id",
            "/api/erp/parties?role=customer",
            errors=errors,
            label_key="name",
            detail_key="city",
            placeholder="Walk-in customer",
        ),
        quantity_field("Units", "quantity", errors=errors, default_value="1", max_length=8),
        submit_button("Tell me", icon="calculator"),
        on_submit=TryPriceState.explain,
        class_name="try-form",
        no_validate=True,
    )


def _answer() -> rx.Component:
    state = TryPriceState
    table = data_table(LOT_COLUMNS, state.lots, label="Price by lot")
    answer = rx.el.div(
        rx.el.div(
            rx.el.span(state.summary),
            rx.el.b(state.total, class_name="numeric"),
            class_name="balance",
            role="status",
        ),
        rx.cond(state.free != "", rx.el.p(rx.icon("gift"), state.free, class_name="good")),
        rx.cond(state.short != "", notice(state.short, tone="amber")),
        rx.cond(state.lots.length() > 0, table),
        class_name="try-answer",
    )
    return rx.fragment(
        rx.cond(state.problem != "", notice(state.problem, tone="red")),
        rx.cond(state.summary != "", answer),
    )


@page(
    route="/prices/new",
    title="New price list",
    permission=SET,
    parent="/prices",
    command="sales.create_price_list",
    on_load=[NewListState.open_new],
)
def new_price_list_page() -> rx.Component:
    """Make an empty price list."""
    return rx.fragment(
        page_header("New price list", "First for whom; its prices come next."),
        card(
            rx.el.div(
                form_view(NewListState, *_fields(), submit="Make list", cancel_to="/prices"),
                key=NewListState.form_key,
            )
        ),
    )


def _fields() -> list[rx.Component]:
    state, errors = NewListState, NewListState.field_errors
    kinds = [(code, label) for code, label in KINDS.items() if code != "walk_in"]
    return [
        text_field(
            "Name",
            "name",
            errors=errors,
            required=True,
            auto_focus=True,
            placeholder="Clinics in Pune",
            max_length=120,
        ),
        text_field(
            "Code",
            "code",
            errors=errors,
            required=True,
            hint="Letters, digits and dashes; it stands on the bill's price reasons.",
            class_name="input code",
            placeholder="CLINICS",
            max_length=20,
        ),
        select_field(
            "For",
            "audience",
            list(AUDIENCES.items()),
            errors=errors,
            value=state.audience,
            on_change=state.choose_audience,
        ),
        rx.match(
            state.audience,
            ("customer", _customer(errors)),
            ("kind", select_field("Kind", "customer_kind", kinds, errors=errors, required=True)),
            (
                "assigned",
                rx.el.p(
                    "Give it to a customer in the terms of their record.", class_name="hint beside"
                ),
            ),
            rx.el.p("Every customer, the nameless one too.", class_name="hint beside"),
        ),
        select_field("Fixed prices", "price_mode", list(MODES.items()), errors=errors),
        rx.el.div(class_name="wide-gap"),
        date_field("First day", "valid_from", errors=errors, hint="Today where none is given."),
        date_field("Last day", "valid_until", errors=errors, hint="None for no end."),
    ]


def _customer(errors: Any) -> rx.Component:
    return lookup_field(
        "Customer",
        "customer_id",
        "/api/erp/parties?role=customer",
        errors=errors,
        required=True,
        label_key="name",
        detail_key="city",
        initial_value=NewListState.customer["id"],
        initial_label=NewListState.customer["name"],
        placeholder="Name, phone or GSTIN",
    )
