"""Advances for services: the list, and one of them."""

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    button,
    card,
    data_table,
    date_field,
    download_link,
    fact_list,
    form_dialog,
    grid,
    link_button,
    list_view,
    money_field,
    notice,
    page_header,
    reason_field,
    select_field,
    text_field,
)
from erp.components.records import or_dash, record_view
from erp.pages.routing import page
from erp.state.gst_returns.limits import WHERE
from erp.state.payments.wording import TYPED_METHODS, VIEW
from erp.state.service_advances.advances import (
    STEP_COLUMNS,
    AmendAdvanceState,
    ApplyAdvanceState,
    RefundAdvanceState,
    ServiceAdvanceListState,
    ServiceAdvanceState,
    TakeBackAdvanceState,
    UndoStepState,
    WithdrawAdvanceAmendmentState,
)

PLACES = [("", "As stated"), *WHERE[1:]]
head = ServiceAdvanceState.head


@page(
    route="/service-advances",
    title="Advances for services",
    permission=VIEW,
    parent="/payments",
    on_load=[
        ServiceAdvanceListState.open_advances,
        ServiceAdvanceListState.open_list,
        ServiceAdvanceListState.listen,
    ],
)
def service_advances_page() -> rx.Component:
    """List advances for services."""
    receive = link_button("Receive an advance", "/service-advances/new", icon="plus")
    return rx.fragment(
        page_header(
            "Advances for services",
            "Their tax is due when the money comes, until an invoice takes them. Advances for goods bear none.",
            rx.cond(ServiceAdvanceListState.may_receive, receive),
        ),
        list_view(
            ServiceAdvanceListState,
            label="Advances",
            search="Number, customer or service",
            filters=[Filter("is_open", "Left", [("true", "Something is left")])],
            empty=Empty(
                "hand-coins",
                "No advance for a service",
                "Money for a course or a session to come bears its tax from the day it is received.",
                rx.cond(ServiceAdvanceListState.may_receive, receive),
            ),
        ),
    )


@page(
    route="/service-advances/[advance_id]",
    title="Advance for a service",
    permission=VIEW,
    parent="/service-advances",
    record="service_advance",
    on_load=[ServiceAdvanceState.open_record, ServiceAdvanceState.listen],
)
def service_advance_page() -> rx.Component:
    """Show one advance."""
    table = data_table(
        STEP_COLUMNS, ServiceAdvanceState.steps, label="What became of it", linked=True
    )
    none = rx.el.p("All of it waits for the invoice of its service.", class_name="soft")
    return record_view(
        ServiceAdvanceState,
        page_header(
            head["number"], f"{head['party']} · {head['description']} · {head['received_on']}", _actions()
        ),
        rx.cond(head["used"] != "", notice(head["used"], tone="green", icon="check")),
        rx.cond(head["amended"] != "", notice(head["amended"], tone="amber", icon="pen-line")),
        grid(
            rx.el.div(
                card(
                    rx.cond(ServiceAdvanceState.steps.length() > 0, table, none),
                    title="What became of it",
                ),
                class_name="stack span-8",
            ),
            rx.el.div(card(_facts(), title="Advance"), class_name="span-4 full-below"),
        ),
        _applying(),
        _refunding(),
        _undoing(),
        _taking_back(),
        _amending(),
        _withdrawing(),
        list_route="/service-advances",
        list_label="All advances",
    )  # fmt: skip


def _actions() -> rx.Component:
    subject = (head["id"], head["number"])

    def offered(
        key: str, label: str, icon: str, state: type, look: str = "outline"
    ) -> rx.Component:
        opened = state.open_dialog(*subject)
        return rx.cond(head[key] != "", button(label, look=look, icon=icon, on_click=opened))

    entry = link_button(
        "Journal", f"/books/journal?origin_id={head['id']}", look="outline", icon="book-open"
    )
    return rx.fragment(
        rx.cond(head["sees_books"] != "", entry),
        download_link(
            "Receipt voucher", f"/api/erp/payments/{head['id']}/voucher.pdf", icon="receipt"
        ),
        offered("may_amend", "Amend", "pen-line", AmendAdvanceState),
        rx.cond(
            head["may_withdraw"] != "",
            button(
                "Withdraw amendment",
                look="outline",
                icon="ban",
                on_click=WithdrawAdvanceAmendmentState.open_dialog(
                    head["amendment_id"], head["number"]
                ),
            ),
        ),
        offered("may_undo", "Undo", "undo-2", UndoStepState),
        offered("may_take_back", "Take back", "ban", TakeBackAdvanceState),
        offered("may_refund", "Pay back", "arrow-up-right", RefundAdvanceState),
        offered("may_apply", "Apply to an invoice", "check", ApplyAdvanceState, "solid"),
    )


def _facts() -> rx.Component:
    return fact_list(
        [
            ("Customer", rx.link(head["party"], href=head["party_href"])),
            ("Service", head["description"]),
            ("SAC", or_dash(head["sac"])),
            ("Rate and place", head["taxed"]),
            ("Received", rx.el.b(head["amount"], class_name="numeric")),
            ("Without tax", head["taxable"]),
            ("IGST", or_dash(head["igst"])),
            ("CGST", or_dash(head["cgst"])),
            ("SGST", or_dash(head["sgst"])),
            ("Left", rx.el.b(head["left"], class_name="numeric")),
            ("Tax left", head["tax_left"]),
            ("Recorded", head["recorded"]),
        ]
    )


def _applying() -> rx.Component:
    errors = ApplyAdvanceState.field_errors
    return form_dialog(
        ApplyAdvanceState,
        select_field("Invoice", "invoice_id", ServiceAdvanceState.takers, errors=errors, required=True),
        money_field("Amount", "amount", errors=errors, hint="Else as much as is open"),
        date_field("Booked on", "booked_on", errors=errors, hint="Else today"),
        title="Apply to which invoice?",
        subtitle="The invoice states the tax of its services, so the tax of that part of the advance is taken off.",
        submit="Apply",
    )  # fmt: skip


def _refunding() -> rx.Component:
    state = RefundAdvanceState
    errors = state.field_errors
    is_cheque = state.method == "cheque"
    return form_dialog(
        state,
        select_field(
            "By",
            "method",
            list(TYPED_METHODS.items()),
            errors=errors,
            default_value="bank",
            required=True,
            on_change=state.choose_method,
        ),
        money_field("Amount", "amount", errors=errors, hint="Else all that is left"),
        text_field("Reference", "reference", errors=errors, max_length=60),
        rx.cond(
            is_cheque, date_field("Day on the cheque", "cheque_on", errors=errors, required=True)
        ),
        date_field("Paid on", "paid_on", errors=errors, hint="Else today"),
        reason_field(errors, "Course not held"),
        title="Pay this advance back?",
        subtitle="For a service that is not given. The tax of that part goes back with it, under a refund voucher.",
        submit="Pay back",
    )


def _undoing() -> rx.Component:
    errors = UndoStepState.field_errors
    return form_dialog(
        UndoStepState,
        select_field("What", "step_id", ServiceAdvanceState.undoable, errors=errors, required=True),
        reason_field(errors, "Wrong invoice"),
        title="Undo what became of it?",
        subtitle="Booked back today: what it settled is open again, and the tax of that part is due again.",
        submit="Undo",
    )


def _taking_back() -> rx.Component:
    return form_dialog(
        TakeBackAdvanceState,
        reason_field(TakeBackAdvanceState.field_errors, "Cheque bounced"),
        title="Take this receipt back?",
        subtitle="For money that never came, or that was recorded in error. Its tax is taken back with it, today.",
        submit="Take back",
    )


def _amending() -> rx.Component:
    errors = AmendAdvanceState.field_errors
    return form_dialog(
        AmendAdvanceState,
        select_field("Place of supply", "place_of_supply", PLACES, errors=errors),
        text_field(
            "Rate, percent", "rate", errors=errors, input_mode="decimal", placeholder="As stated"
        ),
        date_field(
            "Received on", "received_on", errors=errors, hint="Where another month stated it"
        ),
        date_field("Booked on", "booked_on", errors=errors, hint="Decides the return; else today"),
        reason_field(errors, "Customer told us the state"),
        title="Amend what filed returns state?",
        subtitle="Tables 11A and 11B are corrected in the next GSTR-1, with what became of the advance.",
        submit="Amend in the next return",
    )


def _withdrawing() -> rx.Component:
    return form_dialog(
        WithdrawAdvanceAmendmentState,
        reason_field(WithdrawAdvanceAmendmentState.field_errors, "It was right"),
        title="Withdraw this amendment?",
        subtitle="The next return states nothing of it, and tax that it moved goes back.",
        submit="Withdraw",
        dismiss="Keep it",
    )
