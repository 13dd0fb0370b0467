"""Payments: the list, and one of them."""

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    badge,
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
    notice,
    page_header,
    reason_field,
)
from erp.components.records import or_dash, record_view
from erp.pages.routing import Nav, page
from erp.state.payments.payments import (
    SETTLED_COLUMNS,
    BankChequeState,
    PaymentListState,
    PaymentState,
    ReversePaymentState,
    SetApartState,
)
from erp.state.payments.wording import DIRECTIONS, METHODS, STANDINGS, VIEW

head = PaymentState.head
FILTERED = ("in_hand", "reversed")


@page(
    route="/payments",
    title="Payments",
    permission=VIEW,
    nav=Nav("Payments", "banknote", group="Money", order=40),
    on_load=[
        PaymentListState.open_payments,
        PaymentListState.open_list,
        PaymentListState.listen,
    ],
)
def payments_page() -> rx.Component:
    """List payments received and made."""
    receive = link_button("Receive", "/payments/receive", icon="arrow-down-left")
    return rx.fragment(
        page_header(
            "Payments",
            "Money of customers and for suppliers, and what it settled. Tills have their own.",
            link_button("Service advances", "/service-advances", look="outline", icon="hand-coins"),
            rx.cond(
                PaymentListState.may_pay,
                link_button("Pay", "/payments/make", look="outline", icon="arrow-up-right"),
            ),
            rx.cond(PaymentListState.may_receive, receive),
        ),
        list_view(
            PaymentListState,
            label="Payments",
            search="Number, name or reference",
            filters=[
                Filter("direction", "Way", list(DIRECTIONS.items())),
                Filter("method", "By", list(METHODS.items())),
                Filter("standing", "Standing", [(name, STANDINGS[name]) for name in FILTERED]),
                Filter("from_day", "From"),
                Filter("to_day", "To"),
            ],
            empty=Empty(
                "banknote",
                "No payment yet",
                "Record what a customer paid; it settles what is due first.",
                rx.cond(PaymentListState.may_receive, receive),
            ),
        ),
    )


@page(
    route="/payments/[payment_id]",
    title="Payment",
    permission=VIEW,
    parent="/payments",
    record="payment",
    on_load=[PaymentState.open_record, PaymentState.listen],
)
def payment_page() -> rx.Component:
    """Show one payment."""
    table = data_table(SETTLED_COLUMNS, PaymentState.settles, label="Settles", linked=True)
    advance = rx.el.p(
        "It is of an advance for a service: the invoice of that service takes it, with its tax. ",
        rx.cond(head["advance_href"] != "", rx.link("Open the advance", href=head["advance_href"])),
        class_name="soft",
    )
    none = rx.cond(
        head["for_service"] != "",
        advance,
        rx.el.p("It settles nothing now. It stands on the account.", class_name="soft"),
    )
    return record_view(
        PaymentState,
        page_header(
            head["number"], f"{head['party']} · {head['method']} · {head['paid_on']}", _actions()
        ),
        rx.cond(head["reversed"] != "", notice(head["reversed"], tone="red", icon="undo-2")),
        rx.cond(head["banked"] != "", notice(head["banked"], tone="green", icon="landmark")),
        grid(
            rx.el.div(
                card(
                    rx.cond(PaymentState.settles.length() > 0, table, none),
                    title="What it settles",
                    actions=(_apart(),),
                ),
                class_name="stack span-8",
            ),
            rx.el.div(card(_facts(), title="Payment"), class_name="span-4 full-below"),
        ),
        form_dialog(
            BankChequeState,
            date_field(
                "Banked on", "banked_on", errors=BankChequeState.field_errors, hint="Else today"
            ),
            title="Pay the cheque into the bank?",
            subtitle="It leaves the cheques in hand for the bank.",
            submit="Bank it",
        ),
        form_dialog(
            ReversePaymentState,
            reason_field(ReversePaymentState.field_errors, "Cheque bounced"),
            title="Take this payment back?",
            subtitle="It is booked back today, and what it settled is open again.",
            submit="Take back",
        ),
        form_dialog(
            SetApartState,
            reason_field(SetApartState.field_errors, "It was for another invoice"),
            title="Set apart what it settled?",
            subtitle="Nothing is booked. What it settled is open again, and so is the payment.",
            submit="Set apart",
        ),
        list_route="/payments",
        list_label="All payments",
    )


def _apart() -> rx.Component:
    opened = SetApartState.open_dialog(head["item_id"], head["number"])
    return rx.cond(head["may_apart"] != "", button("Set apart", icon="unlink", on_click=opened))


def _actions() -> rx.Component:
    subject = (head["id"], head["number"])
    entry = link_button(
        "Journal", f"/books/journal?origin_id={head['id']}", look="outline", icon="book-open"
    )
    voucher = download_link(
        "Voucher", f"/api/erp/payments/{head['id']}/voucher.pdf", icon="receipt"
    )
    return rx.fragment(
        rx.cond(head["sees_books"] != "", entry),
        voucher,
        rx.cond(
            head["may_reverse"] != "",
            button("Take back", icon="undo-2", on_click=ReversePaymentState.open_dialog(*subject)),
        ),
        rx.cond(
            head["may_bank"] != "",
            button(
                head["banking"],
                look="solid",
                icon="landmark",
                on_click=BankChequeState.open_dialog(*subject),
            ),
        ),
    )


def _facts() -> rx.Component:
    def amount(key: str) -> rx.Component:
        return or_dash(head[key])

    return fact_list(
        [
            ("Way", badge(head["direction"], head["direction_tone"])),
            ("Standing", badge(head["standing"], head["tone"])),
            ("Party", rx.link(head["party"], href=head["account_href"])),
            ("By", head["method"]),
            ("Reference", or_dash(head["reference"])),
            ("Cheque of", or_dash(head["cheque_on"])),
            ("Amount", rx.el.b(head["amount"], class_name="numeric")),
            ("Discount", amount("discount")),
            ("Written off", amount("written_off")),
            ("Unapplied", amount("unapplied")),
            ("Note", or_dash(head["note"])),
            ("Recorded", head["recorded"]),
        ]
    )
