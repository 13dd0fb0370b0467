"""Expenses: the list, and one claim or voucher."""

from typing import Any

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    badge,
    button,
    card,
    fact_list,
    form_dialog,
    grid,
    link_button,
    list_view,
    money_field,
    notice,
    page_header,
    reason_dialog,
)
from erp.components.records import or_dash, record_view
from erp.pages.expenses.tabs import expense_tabs
from erp.pages.routing import Nav, page
from erp.state.expenses.claims import (
    ClaimListState,
    ClaimState,
    CorrectBillTaxState,
    ReverseClaimState,
    SendBackState,
    WithdrawClaimState,
)
from erp.state.expenses.wording import KINDS, STANDINGS, STATUSES, VIEW

head = ClaimState.head


@page(
    route="/expenses",
    title="Expenses",
    permission=VIEW,
    nav=Nav("Expenses", "receipt-text", group="Money", order=45, section="/expenses"),
    on_load=[ClaimListState.open_claims, ClaimListState.open_list, ClaimListState.listen],
)
def expenses_page() -> rx.Component:
    """List claims and vouchers."""
    state = ClaimListState
    add = rx.cond(state.may_claim, link_button("New claim", "/expenses/new", icon="camera"))
    return rx.fragment(
        page_header("Expenses", "What people paid for the business, and petty cash.", add),
        rx.cond(state.sees_box, expense_tabs("/expenses")),
        list_view(
            state,
            label="Expenses",
            search="Number, purpose or who",
            filters=[
                Filter("standing", "Standing", list(STANDINGS.items())),
                Filter("status", "Status", list(STATUSES.items())),
                Filter("kind", "Paid from", list(KINDS.items())),
            ],
            empty=Empty(
                "receipt-text",
                "Nobody has claimed anything",
                "Take a photo of the bill and type its amount; somebody else approves it.",
                add,
            ),
        ),
    )


@page(
    route="/expenses/[claim_id]",
    title="Expense",
    permission=VIEW,
    parent="/expenses",
    record="expense_claim",
    on_load=[ClaimState.open_record, ClaimState.listen],
)
def expense_page() -> rx.Component:
    """Show one claim or voucher."""
    return record_view(
        ClaimState,
        page_header(head["number"], head["about"], _actions()),
        rx.cond(head["waiting_words"] != "", _waiting()),
        rx.cond(
            head["sent_back"] != "",
            notice("Sent back: " + head["sent_back"], tone="red", icon="undo-2"),
        ),
        rx.cond(head["ended"] != "", notice(head["ended"], tone="gray", icon="archive")),
        grid(
            rx.el.div(card(_bills(), title="Bills"), class_name="stack span-8"),
            rx.el.div(
                card(_facts(), title="Expense"),
                class_name="stack span-4 full-below",
            ),
        ),
        _dialogs(),
        list_route="/expenses",
        list_label="All expenses",
    )


def _actions() -> rx.Component:
    subject = (head["id"], head["number"])
    return rx.fragment(
        rx.cond(
            head["sees_books"] != "",
            link_button("Journal", head["journal"], look="outline", icon="book-open"),
        ),
        rx.cond(
            head["mend_link"] != "",
            rx.fragment(
                button("Withdraw", icon="x", on_click=WithdrawClaimState.open_dialog(*subject)),
                link_button("Change", head["mend_link"], look="outline", icon="pencil"),
            ),
        ),
        rx.cond(
            head["may_reverse"] != "",
            button("Take back", icon="undo-2", on_click=ReverseClaimState.open_dialog(*subject)),
        ),
        rx.cond(head["pay_link"] != "", link_button("Pay back", head["pay_link"], icon="banknote")),
    )


def _waiting() -> rx.Component:
    back = SendBackState.open_for(head["id"], head["number"], head["revision"])
    return rx.el.div(
        notice(head["waiting_words"], tone="amber", icon="hourglass"),
        rx.cond(head["to_correct"] != "", notice(head["to_correct"], tone="red")),
        rx.cond(ClaimState.doubt != "", notice(ClaimState.doubt, tone="red")),
        rx.el.div(
            rx.cond(head["may_return"] != "", button("Send back", icon="undo-2", on_click=back)),
            rx.cond(
                head["may_send_to_correct"] != "",
                button(
                    "Send back with this",
                    look="solid",
                    icon="undo-2",
                    on_click=ClaimState.send_back_to_correct,
                ),
            ),
            rx.cond(
                head["may_approve"] != "",
                button(
                    rx.cond(ClaimState.doubt != "", "Approve all the same", "Approve"),
                    look="solid",
                    icon="check",
                    on_click=ClaimState.approve,
                ),
            ),
            class_name="deciding",
        ),
        class_name="stack",
    )


def _bills() -> rx.Component:
    return rx.el.ul(rx.foreach(ClaimState.lines, _bill), class_name="receipts")


def _bill(line: Any) -> rx.Component:
    photo = rx.el.a(
        rx.cond(
            line["thumbnail"] != "",
            rx.el.img(src=line["thumbnail"], alt="Photo of the bill", loading="lazy"),
            rx.icon("file-text"),
        ),
        href=line["receipt"],
        target="_blank",
        rel="noopener",
        class_name="receipt",
        aria_label="Open the bill",
    )
    correct = button(
        "Correct its GST",
        look="ghost",
        icon="pencil",
        on_click=CorrectBillTaxState.open_for(line["bill"], line["id"]),
    )
    none = rx.el.span(rx.icon("image-off"), class_name="receipt none", title="No photo")
    return rx.el.li(
        rx.cond(line["receipt"] != "", photo, none),
        rx.el.div(
            rx.el.b(line["category"]),
            rx.el.span(line["day"], class_name="detail"),
            rx.cond(line["about"] != "", rx.el.span(line["about"], class_name="detail")),
            rx.cond(line["why"] != "", rx.el.span(line["why"], class_name="detail")),
            rx.cond(line["whole"] != "", rx.el.span(line["whole"], class_name="detail")),
            rx.cond((head["may_correct"] != "") & (line["has_tax"] != ""), correct),
            class_name="grow",
        ),
        rx.el.div(
            rx.el.b(line["amount"], class_name="numeric"),
            rx.cond(line["credit"] != "", rx.el.span(line["credit"], class_name="detail")),
            class_name="right",
        ),
        key=line["id"],
    )


def _facts() -> rx.Component:
    return fact_list(
        [
            ("Status", badge(head["status"], head["tone"])),
            ("Paid from", head["kind"]),
            ("Who", head["claimant"]),
            ("Branch", head["branch"]),
            ("Amount", rx.el.b(head["total"], class_name="numeric")),
            ("GST credit", or_dash(head["credit"])),
            ("Handed in", head["submitted"]),
            ("Bills' GST corrected", or_dash(head["corrected"])),
            ("Decided", or_dash(head["decided"])),
            ("Booked", or_dash(head["booked"])),
            ("Paid back", or_dash(head["paid"])),
        ]
    )


def _correct() -> rx.Component:
    return form_dialog(
        CorrectBillTaxState,
        money_field(
            "GST on the whole bill",
            "bill_tax",
            errors=CorrectBillTaxState.field_errors,
            hint="As the bill shows it. Leave it empty where the claim has the bill alone.",
        ),
        title="Correct the GST of a bill",
        subtitle=CorrectBillTaxState.subject["label"],
        submit="Correct",
    )


def _dialogs() -> rx.Component:
    return rx.fragment(
        _correct(),
        reason_dialog(
            SendBackState,
            title="Send this claim back?",
            subtitle="The claimant reads why, mends it and hands it in again.",
            example="Whose taxi was it?",
            submit="Send back",
        ),
        reason_dialog(
            WithdrawClaimState,
            title="Withdraw this claim?",
            example="The customer paid it",
            submit="Withdraw",
            name="reason",
        ),
        reason_dialog(
            ReverseClaimState,
            title="Take this expense back?",
            subtitle="It is booked back today. Cash of a voucher is in the box again.",
            example="It was not ours",
            submit="Take back",
            name="reason",
        ),
    )
