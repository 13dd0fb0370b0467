"""One party's account."""

from typing import Any

import reflex as rx

from erp.components import (
    button,
    card,
    data_table,
    grid,
    link_button,
    page_header,
    stat_tile,
)
from erp.components.records import record_view
from erp.components.small_parts import tiles
from erp.pages.routing import page
from erp.state.payments.account import OPEN_COLUMNS, CustomerAccountState, SupplierAccountState
from erp.state.payments.wording import VIEW


@page(
    route="/receivables/[party_id]",
    title="Customer's account",
    permission=VIEW,
    parent="/receivables",
    on_load=[CustomerAccountState.open_record, CustomerAccountState.listen],
)
def customer_account_page() -> rx.Component:
    """Show what a customer owes, and what stands against it."""
    head = CustomerAccountState.head
    take = link_button(
        "Receive payment", f"/payments/receive?party_id={head['id']}", icon="banknote"
    )
    return _account(
        CustomerAccountState,
        rx.cond(head["may_receive"] != "", take),
        ("Owes", "Invoices", "Payments and notes not used yet"),
        ("/receivables", "All receivables"),
    )


@page(
    route="/payables/[party_id]",
    title="Supplier's account",
    permission=VIEW,
    parent="/payables",
    on_load=[SupplierAccountState.open_record, SupplierAccountState.listen],
)
def supplier_account_page() -> rx.Component:
    """Show what we owe a supplier, and what stands against it."""
    head = SupplierAccountState.head
    pay = link_button("Make payment", f"/payments/make?party_id={head['id']}", icon="banknote")
    return _account(
        SupplierAccountState,
        rx.cond(head["may_pay"] != "", pay),
        ("We owe", "Bills", "Payments and notes not used yet"),
        ("/payables", "All payables"),
    )


def _account(
    state: Any, action: rx.Component, words: tuple[str, str, str], back: tuple[str, str]
) -> rx.Component:
    head = state.head
    owes, debts, rest = words
    match = button("Match oldest first", icon="link", on_click=state.match_oldest)
    return record_view(
        state,
        page_header(
            head["party"],
            "What is open on the account, the earliest due first.",
            link_button("Party", f"/parties/{head['id']}", look="outline", icon="contact"),
            link_button(
                "Statement",
                f"{back[0]}/{head['id']}/statement",
                look="outline",
                icon="scroll-text",
            ),
            link_button(
                "Payments", f"/payments?party_id={head['id']}", look="outline", icon="list"
            ),
            action,
        ),
        tiles(
            stat_tile(owes, head["balance"]),
            stat_tile("Open", head["owed"]),
            stat_tile("Late", head["overdue"], tone=head["overdue_tone"]),
            stat_tile("Unapplied", head["unapplied"]),
        ),
        grid(
            rx.el.div(
                card(
                    _table(state.debts, debts, "Nothing is open. Everything is settled."),
                    title=debts,
                ),
                class_name="span-8",
            ),
            rx.el.div(
                card(
                    _table(state.credits, rest, "Nothing waits to be used."),
                    title=rest,
                    actions=(rx.cond(head["may_match"] != "", match),),
                ),
                class_name="span-4 full-below",
            ),
        ),
        list_route=back[0],
        list_label=back[1],
    )


def _table(rows: Any, label: str, none: str) -> rx.Component:
    table = data_table(OPEN_COLUMNS, rows, label=label, linked=True)
    return rx.cond(rows.length() > 0, table, rx.el.p(none, class_name="soft"))
