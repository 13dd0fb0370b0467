"""The chart of accounts, and the ledger of one account."""

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    download_link,
    link_button,
    list_view,
    page_header,
    stat_tile,
)
from erp.components.small_parts import tiles
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
        page_header(
            "Accounts",
            "The chart of accounts with today's balances.",
            link_button("Opening balances", "/books/opening", look="outline", icon="file-up"),
        ),
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
    return ledger_view()


def ledger_view(*above: rx.Component) -> rx.Component:
    """Return the lines of a ledger between its opening and its closing balance."""
    head = LedgerState.head
    return rx.fragment(
        page_header(
            rx.cond(head["title"], head["title"], "Ledger"),
            rx.cond(head["days"], head["days"], ""),
            download_link(
                "PDF", f"/api/erp/books/ledger.pdf?{LedgerState.export_query}", icon="file-text"
            ),
        ),
        *above,
        tiles(
            stat_tile("Opening", head["opening"]),
            stat_tile("Debits", head["debits"]),
            stat_tile("Credits", head["credits"]),
            stat_tile("Closing", head["closing"]),
        ),
        list_view(
            LedgerState,
            label="Lines of the account",
            search="Search narration or party",
            filters=[
                Filter("from_day", "From"),
                Filter("to_day", "To"),
                Filter("known_on", "Known on"),
            ],
            empty=Empty("list", "No line on these days", "Choose earlier days."),
        ),
    )
