"""The chart of accounts, and the lines of one account."""

import reflex as rx

from erp.components import Empty, Filter, list_view, page_header
from erp.pages.accounting.tabs import book_tabs
from erp.pages.routing import page
from erp.state.accounting.accounts import AccountListState, LedgerState


@page(
    route="/books/accounts",
    title="Accounts",
    permission="accounting.view",
    on_load=[AccountListState.open_list, AccountListState.listen],
)
def accounts_page() -> rx.Component:
    """List the chart of accounts."""
    return rx.fragment(
        page_header("Accounts", "The chart of accounts with today's balances."),
        book_tabs("/books/accounts"),
        list_view(
            AccountListState,
            label="Accounts",
            search="Search by name or code",
            empty=Empty("book-open", "No account yet", "The chart is made with the organisation."),
        ),
    )


@page(
    route="/books/accounts/[account_id]",
    title="Account",
    permission="accounting.view",
    parent="/books/accounts",
    on_load=[LedgerState.open_ledger, LedgerState.listen],
)
def account_page() -> rx.Component:
    """Show the lines of one account."""
    head = LedgerState.head
    balance = rx.el.div(
        rx.el.span("Balance"),
        rx.el.b(head["balance"]),
        rx.el.span(head["side"]),
        class_name="balance",
    )
    return rx.fragment(
        page_header(
            rx.cond(head["name"], head["name"], "Account"),
            rx.cond(head["about"], head["about"], ""),
            rx.cond(head["balance"], balance),
        ),
        list_view(
            LedgerState,
            label="Lines of the account",
            search="Search narration or party",
            filters=[Filter("from_day", "From"), Filter("to_day", "To")],
            empty=Empty("list", "No line yet", "Nothing has been booked on this account."),
        ),
    )
