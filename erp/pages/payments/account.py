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
    reason_dialog,
    select_field,
    stat_tile,
    text_area,
    text_field,
)
from erp.components.records import record_view
from erp.components.small_parts import tiles
from erp.pages.gateways.panels import request_button, request_dialog
from erp.pages.routing import page
from erp.state.payments.account import (
    OPEN_COLUMNS,
    ContactChoiceState,
    CustomerAccountState,
    RecordPromiseState,
    ReverseNoteState,
    SupplierAccountState,
    SupplierNoteState,
)
from erp.state.payments.instalments import (
    CustomerInstalmentsState,
    InstalmentTermsState,
    SupplierInstalmentsState,
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
    terms = button(
        "Terms",
        look="outline",
        icon="calendar-range",
        on_click=InstalmentTermsState.open_dialog(head["id"], head["party"]),
    )
    may = head["may_receive"] != ""
    ask = request_button("party:" + head["id"], head["party"])
    return _account(
        CustomerAccountState,
        rx.fragment(
            rx.cond(head["may_request"] != "", ask),
            rx.cond(may, rx.fragment(terms, promise, take)),
        ),
        ("Owes", "Invoices", "Payments and notes not used yet"),
        ("/receivables", "All receivables"),
        _collecting(),
        _texting(),
        _choice_dialog(),
        _promise_dialog(),
        _terms_dialog(),
        _instalments_dialog(CustomerInstalmentsState),
        request_dialog(),
        split=_split(CustomerInstalmentsState, head["may_receive"] != ""),
    )


def _split(state: Any, may: Any) -> Any:
    """Return what offers to split a row's bill."""

    def action(row: Any) -> rx.Component:
        agree = button(
            "Split",
            look="ghost",
            icon="split",
            on_click=state.open_dialog(row["id"], row["narration"]),
        )
        return rx.cond(may, agree)

    return action


def _instalments_dialog(state: Any) -> rx.Component:
    errors = state.field_errors
    return form_dialog(
        state,
        text_field(
            "Days after the bill, for equal parts", "terms", errors=errors, max_length=60,
            placeholder="30/60/90",
        ),
        text_area(
            "Or a line for each part", "lines", errors=errors,
            placeholder="15-12-2026 5000.00\n15-01-2027 5250.00",
        ),
        text_field("Why", "reason", errors=errors, required=True, max_length=120),
        title=f"Instalments of {state.subject['label']}",
        subtitle="What is open is split; one line alone gives it another day. Nothing is booked.",
        submit="Split",
    )  # fmt: skip


def _terms_dialog() -> rx.Component:
    state = InstalmentTermsState
    return form_dialog(
        state,
        text_field(
            "Days after each invoice",
            "terms",
            errors=state.field_errors,
            max_length=60,
            default_value=state.terms,
            placeholder="30/60/90",
            hint="Equal parts. Empty: all at once, by the credit days.",
        ),
        title=f"Payment terms of {state.subject['label']}",
        subtitle="For invoices from now on; what is open stays as it is.",
        submit="Keep",
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


def _texting() -> rx.Component:
    """Return by which ways to a phone the customer agreed to be reached, and what changes it."""
    state = CustomerAccountState
    return rx.cond(
        state.choices.length() > 0,
        card(
            rx.el.ul(rx.foreach(state.choices, _choice), class_name="entries"),
            title="Messages to the phone",
        ),
    )


def _choice(said: Any) -> rx.Component:
    head = CustomerAccountState.head
    change = button(
        "Change",
        look="ghost",
        icon="pencil",
        aria_label="Change " + said["channel"].to(str),
        on_click=ContactChoiceState.open_for(head["id"], head["party"], said["id"]),
    )
    named = rx.el.div(
        rx.el.b(said["channel"]), badge(said["what"], said["tone"]), class_name="actions"
    )
    return rx.el.li(
        rx.el.div(named, rx.cond(head["may_choose"] != "", change), class_name="spread"),
        rx.cond(said["by"] != "", rx.el.span(said["by"], class_name="soft")),
        key=said["id"],
    )


def _choice_dialog() -> rx.Component:
    state = ContactChoiceState
    errors = state.field_errors
    options = (("yes", "Agreed, at the number on file"), ("no", "Wants no such messages"))
    return form_dialog(
        state,
        select_field("What they said", "is_agreed", options, errors=errors, required=True),
        text_field(
            "How we know",
            "how",
            errors=errors,
            required=True,
            max_length=120,
            placeholder="On the phone, a signed form, STOP from the phone",
        ),
        title=state.subject["label"],
        subtitle="The latest word holds. Reminders of who has not agreed go another way.",
        submit="Note it",
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
    note = button(
        "Credit note",
        icon="file-minus",
        on_click=SupplierNoteState.open_dialog(head["id"], head["party"]),
    )
    pay = link_button("Make payment", f"/payments/make?party_id={head['id']}", icon="banknote")
    return _account(
        SupplierAccountState,
        rx.cond(head["may_pay"] != "", rx.fragment(note, pay)),
        ("We owe", "Bills", "Payments and notes not used yet"),
        ("/payables", "All payables"),
        _notes(),
        _note_dialog(),
        reason_dialog(
            ReverseNoteState,
            title=f"Take back: {ReverseNoteState.subject['label']}",
            subtitle="Its opposite is booked today. Its number can be recorded once more.",
            example="The amount was wrong",
            submit="Take it back",
        ),
        _instalments_dialog(SupplierInstalmentsState),
        split=_split(SupplierInstalmentsState, head["may_pay"] != ""),
    )


def _notes() -> rx.Component:
    """Return the supplier's credit notes, each with what takes it back."""
    state = SupplierAccountState

    def note(row: Any) -> rx.Component:
        back = button(
            "Take back",
            look="ghost",
            icon="undo-2",
            on_click=ReverseNoteState.open_dialog(row["id"], row["what"]),
        )
        may = (row["back"] == "") & (state.head["may_pay"] != "")
        return rx.el.li(
            rx.el.div(rx.el.b(row["what"]), rx.el.span(row["amount"]), class_name="spread"),
            rx.el.div(
                rx.el.span(row["by"], class_name="soft"),
                rx.cond(row["back"] != "", badge(row["back"], "gray")),
                rx.cond(may, back),
                class_name="spread",
            ),
            key=row["id"],
        )

    shown = card(
        rx.el.ul(rx.foreach(state.notes, note), class_name="entries"), title="Credit notes"
    )
    return rx.cond(state.notes.length() > 0, shown)


def _note_dialog() -> rx.Component:
    state = SupplierNoteState
    errors = state.field_errors
    return form_dialog(
        state,
        text_field("Their number", "number", errors=errors, required=True, max_length=40),
        money_field("Amount", "amount", errors=errors, required=True),
        date_field("Of", "noted_on", errors=errors, hint="Else today"),
        text_field("For", "note", errors=errors, max_length=120, placeholder="Turnover 2025-26"),
        title=f"Credit note of {state.subject['label']}",
        subtitle="A discount after the supply, without tax. Goods go back by a purchase return.",
        submit="Record the note",
    )


def _account(
    state: Any,
    action: rx.Component,
    words: tuple[str, str, str],
    back: tuple[str, str],
    *more: rx.Component,
    split: Any,
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
                    _table(state.debts, debts, "Nothing is open. Everything is settled.", split),
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


def _table(rows: Any, label: str, none: str, action: Any = None) -> rx.Component:
    table = data_table(OPEN_COLUMNS, rows, label=label, linked=True, row_action=action)
    return rx.cond(rows.length() > 0, table, rx.el.p(none, class_name="soft"))
