"""Kinds of expense."""

from typing import Any

import reflex as rx

from erp.components import (
    Empty,
    button,
    check_field,
    form_dialog,
    list_view,
    page_header,
    select_field,
    text_field,
)
from erp.pages.expenses.tabs import expense_tabs
from erp.pages.routing import page
from erp.state.expenses.kinds import ChangeKindState, KindListState, NewKindState
from erp.state.expenses.wording import CREDIT_RULES, VIEW

RULES = tuple(CREDIT_RULES.items())


@page(
    route="/expenses/kinds",
    title="Kinds of expense",
    permission=VIEW,
    parent="/expenses",
    on_load=[KindListState.open_list],
)
def expense_kinds_page() -> rx.Component:
    """List kinds of expense, add and change them."""
    state = KindListState
    usual = button("Add the usual ones", icon="list-plus", on_click=state.add_usual)
    add = button("New kind", look="solid", icon="plus", on_click=NewKindState.open_dialog("", ""))
    return rx.fragment(
        page_header(
            "Kinds of expense",
            "What money is spent on: the account of each, and whether its GST is a credit.",
            rx.cond(state.may_arrange, rx.fragment(usual, add)),
        ),
        expense_tabs("/expenses/kinds"),
        list_view(
            state,
            label="Kinds of expense",
            search="Name",
            row_action=_change,
            empty=Empty(
                "list",
                "No kind of expense yet",
                "Add the usual ones; change what differs.",
                rx.cond(state.may_arrange, usual),
            ),
        ),
        _dialogs(),
    )


def _change(row: rx.Var[dict[str, str]]) -> rx.Component:
    return rx.cond(
        KindListState.may_arrange,
        button("Change", look="ghost", icon="pencil", on_click=ChangeKindState.open_for(row)),
    )


def _dialogs() -> rx.Component:
    kept = ChangeKindState.kept
    return rx.fragment(
        form_dialog(NewKindState, *_fields(NewKindState, {}), title="New kind of expense"),
        form_dialog(
            ChangeKindState,
            *_fields(
                ChangeKindState,
                {
                    "name": kept["name"],
                    "account_key": kept["account_key"],
                    "credit_rule": kept["rule"],
                },
            ),
            check_field("In use", "is_active", default_checked=kept["in_use"] != ""),
            title="Change a kind of expense",
            subtitle="What was booked stays as it is.",
        ),
    )


def _fields(state: Any, known: dict[str, Any]) -> list[rx.Component]:
    errors = state.field_errors

    def value(name: str) -> dict[str, Any]:
        return {"default_value": known[name]} if name in known else {}

    return [
        text_field("Name", "name", errors=errors, required=True, max_length=120, **value("name")),
        select_field(
            "Booked to",
            "account_key",
            state.accounts,
            errors=errors,
            required=True,
            **value("account_key"),
        ),
        select_field("Its GST", "credit_rule", RULES, errors=errors, **value("credit_rule")),
    ]
