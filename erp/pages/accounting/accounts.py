"""The chart of accounts, and the ledger of one account."""

from typing import Any

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    button,
    download_link,
    form_dialog,
    link_button,
    list_view,
    page_header,
    select_field,
    stat_tile,
    text_field,
)
from erp.components.small_parts import tiles
from erp.pages.accounting.tabs import book_tabs
from erp.pages.routing import page
from erp.state.accounting.accounts import (
    AccountListState,
    LedgerState,
    MoveAccountState,
    OpenAccountState,
    RenameAccountState,
)


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
            rx.cond(
                AccountListState.may_post,
                button("New account", icon="plus", on_click=OpenAccountState.open_dialog("", "")),
            ),
            link_button("Groups", "/books/groups", look="outline", icon="list-tree"),
            link_button("Opening balances", "/books/opening", look="outline", icon="file-up"),
        ),
        book_tabs("/books/accounts"),
        list_view(
            AccountListState,
            label="Accounts",
            search="Search by name or code",
            empty=Empty("book-open", "No account yet", "The chart is made with the organisation."),
            row_action=_actions,
        ),
        _new_account(),
        _renaming(),
        _moving(),
    )


def _actions(row: Any) -> rx.Component:
    change = button(
        "Rename",
        look="ghost",
        icon="pencil",
        on_click=RenameAccountState.open_dialog(row["id"], row["name"]),
    )
    move = button(
        "Move",
        look="ghost",
        icon="folder-input",
        on_click=MoveAccountState.open_for(
            row["id"], row["name"], row["chart_group"], row["group"]
        ),
    )
    return rx.cond(AccountListState.may_post, rx.fragment(change, move))


def _new_account() -> rx.Component:
    state = OpenAccountState
    errors = state.field_errors
    return form_dialog(
        state,
        text_field(
            "Code",
            "code",
            errors=errors,
            required=True,
            max_length=12,
            hint="Such as 6105; it sorts the chart",
        ),
        text_field("Name", "name", errors=errors, required=True, max_length=120),
        select_field("Group", "group_name", state.groups, errors=errors, required=True),
        title="New account",
        subtitle="Its group decides where it stands in every statement, and stays.",
        submit="Open account",
    )


def _renaming() -> rx.Component:
    state = RenameAccountState
    name = text_field("New name", "name", errors=state.field_errors, required=True, max_length=120)
    return form_dialog(
        state,
        name,
        title=f"Rename {state.subject['label']}",
        subtitle="Reports of the past call it so as well.",
        submit="Rename",
    )


def _moving() -> rx.Component:
    state = MoveAccountState
    return form_dialog(
        state,
        select_field(
            "Group",
            "group_name",
            state.groups,
            errors=state.field_errors,
            required=True,
            default_value=state.now,
        ),
        title=f"Move {state.subject['label']}",
        subtitle="Among the groups below its group of the chart. Its side and its statement stay.",
        submit="Move",
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
