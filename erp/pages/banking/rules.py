"""Rules of a bank account."""

from typing import Any

import reflex as rx

from erp.components import (
    button,
    check_field,
    data_table,
    empty_state,
    form_dialog,
    icon_button,
    lookup_field,
    page_header,
    page_skeleton,
    select_field,
    text_field,
)
from erp.pages.banking.dialogs import PARTIES
from erp.pages.routing import page
from erp.state.banking.rules import RULE_COLUMNS, WAYS, BankRulesState, SetRuleState
from erp.state.banking.wording import VIEW


@page(
    route="/bank/rules",
    title="Bank rules",
    permission=VIEW,
    parent="/bank",
    on_load=[BankRulesState.open_rules],
)
def bank_rules_page() -> rx.Component:
    """List the rules of an account."""
    add = button(
        "New rule",
        look="solid",
        icon="plus",
        on_click=SetRuleState.open_dialog(BankRulesState.account, ""),
    )
    may = BankRulesState.may_reconcile & (BankRulesState.account != "")
    none = empty_state(
        "workflow",
        "No rule yet",
        "What comes every month, such as charges or rent, is booked by a rule.",
        rx.cond(may, add),
    )
    account = rx.el.select(
        rx.foreach(BankRulesState.accounts, lambda a: rx.el.option(a["label"], value=a["value"])),
        value=BankRulesState.account,
        on_change=BankRulesState.choose_account,
        class_name="input",
        aria_label="Bank account",
    )
    table = data_table(RULE_COLUMNS, BankRulesState.rows, label="Bank rules", row_action=_remove)
    return rx.fragment(
        page_header(
            "Bank rules",
            "The first that fits a line decides. Automatic ones book; others are proposed.",
            rx.cond(BankRulesState.accounts.length() > 1, account),
            rx.cond(may & (BankRulesState.rows.length() > 0), add),
        ),
        rx.cond(
            BankRulesState.is_loading,
            page_skeleton(),
            rx.el.section(
                rx.cond(BankRulesState.rows.length() > 0, table, none),
                class_name="card list",
                aria_label="Bank rules",
            ),
        ),
        _dialog(),
    )


def _remove(row: Any) -> rx.Component:
    return rx.cond(
        BankRulesState.may_reconcile,
        icon_button("trash-2", f"Remove {row['name']}", on_click=BankRulesState.remove(row["id"])),
    )


def _dialog() -> rx.Component:
    errors = SetRuleState.field_errors

    def tried(name: str) -> dict[str, Any]:
        return {"on_blur": lambda value: SetRuleState.try_with(name, value)}

    seen = rx.el.div(
        rx.el.p(SetRuleState.tried, class_name="soft"),
        rx.el.ul(
            rx.foreach(
                SetRuleState.examples,
                lambda line: rx.el.li(
                    line["when"], " · ", line["text"], " · ", line["amount"], key=line["id"]
                ),
            ),
        ),
        class_name="full bank-tried",
        role="status",
    )
    return form_dialog(
        SetRuleState,
        text_field("Name", "name", errors=errors, required=True, max_length=120),
        text_field("The line contains", "contains", errors=errors, max_length=120, **tried("contains")),
        select_field(
            "Way", "direction", list(WAYS.items()), errors=errors,
            on_change=lambda value: SetRuleState.try_with("direction", value),
        ),
        text_field("Amount from", "lowest", errors=errors, input_mode="decimal", **tried("lowest")),
        text_field("Amount to", "highest", errors=errors, input_mode="decimal", **tried("highest")),
        text_field("Order", "priority", errors=errors, default_value="100", input_mode="numeric"),
        select_field("Book to", "account_key", SetRuleState.choices, errors=errors),
        lookup_field(
            "Or it is a payment of", "party_id", PARTIES, errors=errors, label_key="name",
            detail_key="city", placeholder="Name or code",
        ),
        check_field("Book it whenever rules are applied", "is_automatic"),
        seen,
        title="New rule",
        submit="Keep rule",
        width="640px",
    )  # fmt: skip
