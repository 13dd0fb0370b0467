"""The bank reconciliation statement."""

import reflex as rx

from erp.components import (
    badge,
    card,
    data_table,
    day_filter,
    download_link,
    link_button,
    page_header,
)
from erp.components.records import record_view
from erp.pages.routing import page
from erp.state.banking.reconciliation import ReconciliationState
from erp.state.banking.wording import OPEN_COLUMNS, VIEW

head = ReconciliationState.head


@page(
    route="/bank/[bank_account_id]/reconciliation",
    title="Reconciliation",
    permission=VIEW,
    parent="/bank",
    on_load=[ReconciliationState.open_reconciliation, ReconciliationState.listen],
)
def reconciliation_page() -> rx.Component:
    """Lead from the balance of the books to the bank's."""
    return record_view(
        ReconciliationState,
        page_header(
            "Bank reconciliation",
            f"{head['name']}, {head['bank']}",
            day_filter("As of", head["as_of"], ReconciliationState.as_of),
            link_button("Account", f"/bank/{head['id']}", look="outline", icon="landmark"),
            download_link("PDF", head["pdf"], icon="file-text"),
            download_link("XLSX", head["xlsx"]),
        ),
        card(_statement(), title=f"As of {head['day']}"),
        card(
            _lines(
                ReconciliationState.in_books, "Entries of the books", "The bank has all of them."
            ),
            title="In the books, not at the bank yet",
        ),
        card(
            _lines(ReconciliationState.at_bank, "Lines of the bank", "The books have all of them."),
            title="At the bank, not in the books yet",
        ),
        list_route="/bank",
        list_label="All bank accounts",
    )


def _statement() -> rx.Component:
    def row(label: object, amount: rx.Var[str], *, strong: bool = False) -> rx.Component:
        tag = rx.el.b if strong else rx.el.span
        return rx.el.tr(rx.el.td(tag(label)), rx.el.td(tag(amount), class_name="right"))

    differs = rx.cond(head["agrees"] == "no", badge("Differs", "red"))
    equal = rx.cond(head["agrees"] == "yes", badge("Agrees", "green"), differs)
    return rx.fragment(
        rx.el.table(
            rx.el.tbody(
                row("Balance in the books", head["per_books"], strong=True),
                row(f"Not at the bank yet, {head['books_count']}", head["not_at_bank"]),
                row(f"Not in the books yet, {head['bank_count']}", head["not_in_books"]),
                row("Balance at the bank", head["per_bank"], strong=True),
            ),
            class_name="table",
            aria_label="Reconciliation",
        ),
        rx.el.p(equal, " ", head["said"], class_name="soft bank-said"),
    )


def _lines(rows: rx.Var[list[dict[str, str]]], label: str, none: str) -> rx.Component:
    table = data_table(OPEN_COLUMNS, rows, label=label, linked=True)
    return rx.cond(rows.length() > 0, table, rx.el.p(none, class_name="soft"))
