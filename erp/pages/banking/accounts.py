"""The bank accounts of the business."""

import reflex as rx

from erp.components import (
    button,
    data_table,
    empty_state,
    form_dialog,
    link_button,
    page_header,
    page_skeleton,
    select_field,
    text_field,
)
from erp.pages.routing import Nav, page
from erp.state.banking.accounts import ACCOUNT_COLUMNS, BankListState, OpenBankState
from erp.state.banking.wording import VIEW


@page(
    route="/bank",
    title="Bank",
    permission=VIEW,
    nav=Nav("Bank", "landmark", group="Money", order=50, section="/bank"),
    on_load=[BankListState.open_banks, BankListState.listen],
)
def banks_page() -> rx.Component:
    """Show every bank account with both balances."""
    add = button(
        "Add bank account", look="solid", icon="plus", on_click=OpenBankState.open_dialog("", "")
    )
    may = BankListState.may_reconcile
    none = empty_state(
        "landmark",
        "No bank account yet",
        "Add one, upload its statement, and match it with the books line by line.",
        rx.cond(may, add),
    )
    table = data_table(ACCOUNT_COLUMNS, BankListState.rows, label="Bank accounts", linked=True)
    return rx.fragment(
        page_header(
            "Bank",
            "What the bank says, and what the books say of it.",
            rx.cond(
                BankListState.rows.length() > 0,
                rx.fragment(
                    link_button("Rules", "/bank/rules", look="outline", icon="workflow"),
                    rx.cond(may, add),
                ),
            ),
        ),
        rx.cond(
            BankListState.is_loading,
            page_skeleton(),
            rx.el.section(
                rx.cond(BankListState.rows.length() > 0, table, none),
                class_name="card list",
                aria_label="Bank accounts",
            ),
        ),
        _dialog(),
    )


def _dialog() -> rx.Component:
    errors = OpenBankState.field_errors
    return form_dialog(
        OpenBankState,
        text_field("Name", "name", errors=errors, required=True, placeholder="Current account"),
        text_field("Bank", "bank_name", errors=errors, required=True, placeholder="Example Bank"),
        text_field("Account number", "number", errors=errors, required=True, max_length=40),
        text_field("IFSC", "ifsc", errors=errors, max_length=11, hint="If it is known"),
        select_field(
            "Ledger account",
            "account_key",
            OpenBankState.choices,
            errors=errors,
            hint="Payments by transfer use the account Bank",
        ),
        title="Add a bank account",
        submit="Add account",
    )
