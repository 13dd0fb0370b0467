"""One price list."""

from typing import Any

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    badge,
    button,
    card,
    date_field,
    fact_list,
    form_dialog,
    grid,
    link_button,
    list_view,
    notice,
    page_header,
    tabs,
    text_field,
)
from erp.components.records import record_view
from erp.pages.routing import page
from erp.pages.sales.setting_rules import rule_dialogs
from erp.state.sales.price_list import EditListState, PriceListState, PriceRulesState
from erp.state.sales.setting_rules import EndRuleState, SetPriceState, SetSchemeState
from erp.state.sales.wording import VIEW

head = PriceListState.head
PARTS = (("price", "Prices"), ("scheme", "Schemes"))


@page(
    route="/prices/[list_id]",
    title="Price list",
    permission=VIEW,
    parent="/prices",
    on_load=[
        PriceListState.open_record,
        PriceRulesState.open_rules,
        PriceRulesState.open_list,
        PriceListState.listen,
        PriceRulesState.listen,
    ],
)
def price_list_page() -> rx.Component:
    """Show one list with its prices and schemes."""
    return record_view(
        PriceListState,
        page_header(head["name"], f"{head['code']} · {head['whom']}", _actions()),
        rx.cond(head["warning"] != "", notice(head["warning"], tone="amber", icon="archive")),
        tabs(PriceRulesState.part, PARTS, PriceRulesState.choose_part),
        _rules(),
        grid(
            rx.el.div(card(_facts(), title="List"), class_name="span-6 full-below"),
        ),
        rule_dialogs(),
        _edit_dialog(),
        list_route="/prices",
        list_label="All price lists",
    )


def _actions() -> rx.Component:
    stop = button(
        "Stop",
        icon="pause",
        on_click=PriceListState.change_status(False),  # noqa: FBT003  an event's value
    )
    start = button(
        "Start again",
        icon="play",
        on_click=PriceListState.change_status(True),  # noqa: FBT003  an event's value
    )
    edit = button(
        "Edit",
        icon="pencil",
        on_click=EditListState.open_dialog(head["id"], head["name"]),
    )
    return rx.cond(
        head["may_set"] != "",
        rx.fragment(
            rx.cond(head["is_active"] != "", stop, start),
            edit,
            link_button("Import", f"/prices/{head['id']}/import", look="outline", icon="file-up"),
            _set_button(),
        ),
    )


def _set_button() -> rx.Component:
    price = button(
        "Set price",
        look="solid",
        icon="plus",
        on_click=SetPriceState.open_dialog(head["id"], head["name"]),
    )
    scheme = button(
        "Set scheme",
        look="solid",
        icon="plus",
        on_click=SetSchemeState.open_dialog(head["id"], head["name"]),
    )
    return rx.cond(PriceRulesState.part == "scheme", scheme, price)


def _rules() -> rx.Component:
    is_scheme = PriceRulesState.part == "scheme"
    title = rx.cond(is_scheme, "No scheme on this list", "No price on this list")
    words = rx.cond(
        is_scheme,
        "A scheme gives whole units free, such as one with every ten.",
        "Set a price for goods, or for all of them: a fixed one, or so much below the MRP.",
    )
    return list_view(
        PriceRulesState,
        label="Rules",
        search="Goods",
        filters=[
            Filter(
                "with_past",
                "Time",
                [("true", "With past ones")],
                anything="In force and coming",
            )
        ],
        empty=Empty("tag", title, words, rx.cond(head["may_set"] != "", _set_button())),
        row_action=_end,
    )


def _end(row: Any) -> rx.Component:
    about = f"{row['basis']} \u2013 {row['goods']}"
    return rx.cond(
        row["may_end"] != "",
        button("End", look="ghost", on_click=EndRuleState.open_dialog(row["id"], about)),
    )


def _facts() -> rx.Component:
    name = rx.cond(
        head["whom_href"] != "", rx.link(head["whom"], href=head["whom_href"]), head["whom"]
    )
    return fact_list(
        [
            ("Standing", badge(head["standing"], head["tone"])),
            ("For", name),
            ("Days", head["days"]),
            ("Tax", head["mode"]),
            ("In force", f"Prices: {head['prices']}, schemes: {head['schemes']}"),
        ]
    )


def _edit_dialog() -> rx.Component:
    state = EditListState
    return form_dialog(
        state,
        text_field(
            "Name",
            "name",
            errors=state.field_errors,
            required=True,
            default_value=state.facts["name"],
            max_length=120,
        ),
        date_field(
            "Last day",
            "valid_until",
            errors=state.field_errors,
            hint="None for no end.",
            default_value=state.facts["until"],
        ),
        title="Edit list",
        subtitle="Whom it is for stays; make another list for others.",
    )
