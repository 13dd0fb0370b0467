"""One party's account."""

from typing import Any

import reflex as rx

from erp.components import (
    badge,
    button,
    card,
    data_table,
    date_field,
    form_dialog,
    grid,
    link_button,
    money_field,
    page_header,
    stat_tile,
    text_area,
)
from erp.components.records import record_view
from erp.components.small_parts import tiles
from erp.pages.gateways.panels import request_button, request_dialog
from erp.pages.routing import page
from erp.state.payments.account import (
    OPEN_COLUMNS,
    CustomerAccountState,
    RecordPromiseState,
    SupplierAccountState,
)
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
    promise = button(
        "Promise to pay",
        icon="handshake",
        on_click=RecordPromiseState.open_dialog(head["id"], head["party"]),
    )
    may = head["may_receive"] != ""
    ask = request_button("party:" + head["id"], head["party"])
    return _account(
        CustomerAccountState,
        rx.fragment(
            rx.cond(head["may_request"] != "", ask), rx.cond(may, rx.fragment(promise, take))
        ),
        ("Owes", "Invoices", "Payments and notes not used yet"),
        ("/receivables", "All receivables"),
        _collecting(),
        _promise_dialog(),
        request_dialog(),
    )


def _collecting() -> rx.Component:
    state = CustomerAccountState

    def promise(row: Any) -> rx.Component:
        withdraw = button(
            "Withdraw", look="ghost", icon="undo-2", on_click=state.withdraw_promise(row["id"])
        )
        may = (row["is_open"] != "") & (state.head["may_receive"] != "")
        return rx.el.li(
            rx.el.div(
                rx.el.b(row["what"]), badge(row["standing"], row["tone"]), class_name="spread"
            ),
            rx.cond(row["note"] != "", rx.el.p(row["note"])),
            rx.el.div(
                rx.el.span(row["by"], class_name="soft"),
                rx.cond(may, withdraw),
                class_name="spread",
            ),
            key=row["id"],
        )

    def reminder(row: Any) -> rx.Component:
        return rx.el.li(
            rx.el.b(row["what"]),
            rx.cond(row["note"] != "", rx.el.p(row["note"])),
            rx.el.span(row["by"], class_name="soft"),
            key=row["id"],
        )

    def part(title: str, rows: Any, entry: Any, none: str) -> rx.Component:
        shown = rx.el.ul(rx.foreach(rows, entry), class_name="entries")
        return rx.el.div(
            card(rx.cond(rows.length() > 0, shown, rx.el.p(none, class_name="soft")), title=title),
            class_name="span-6 full-below",
        )

    return grid(
        part("Promises", state.promises, promise, "Nothing was promised."),
        part("Reminders", state.reminders, reminder, "Nobody reminded this customer yet."),
    )


def _promise_dialog() -> rx.Component:
    state = RecordPromiseState
    errors = state.field_errors
    return form_dialog(
        state,
        money_field(
            "Amount promised", "amount", errors=errors, hint="Empty where the customer disputes."
        ),
        date_field("By", "promised_on", errors=errors, required=True),
        text_area(
            "Note", "note", errors=errors, placeholder="Who promised it, or what is disputed"
        ),
        title=f"Promise of {state.subject['label']}",
        subtitle="Until that day the customer is not reminded.",
        submit="Keep the promise",
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
    state: Any,
    action: rx.Component,
    words: tuple[str, str, str],
    back: tuple[str, str],
    *more: rx.Component,
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
        *more,
        list_route=back[0],
        list_label=back[1],
    )


def _table(rows: Any, label: str, none: str) -> rx.Component:
    table = data_table(OPEN_COLUMNS, rows, label=label, linked=True)
    return rx.cond(rows.length() > 0, table, rx.el.p(none, class_name="soft"))
