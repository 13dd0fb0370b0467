"""What a person has to settle of payment gateways."""

from typing import Any

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    form_dialog,
    icon_button,
    list_view,
    lookup_field,
    page_header,
    reason_dialog,
)
from erp.pages.gateways.links import refund_dialog
from erp.pages.gateways.tabs import gateway_tabs
from erp.pages.routing import page
from erp.state.gateways.links import RefundState
from erp.state.gateways.settlements import (
    ExceptionListState,
    IdentifyPaymentState,
    SettleExceptionState,
    TakeBackRefundState,
)
from erp.state.gateways.wording import KINDS, VIEW


@page(
    route="/gateways/exceptions",
    title="To settle",
    permission=VIEW,
    parent="/payment-links",
    on_load=[ExceptionListState.open_list, ExceptionListState.listen],
)
def exceptions_page() -> rx.Component:
    """List what a person has to settle."""
    return rx.fragment(
        page_header(
            "To settle",
            "Money nobody was found for, words that do not fit, disputes and differences.",
        ),
        gateway_tabs("/gateways/exceptions"),
        list_view(
            ExceptionListState,
            label="To settle",
            search="Payment, settlement or words",
            filters=[
                Filter("standing", "State", [("open", "Open"), ("settled", "Settled")]),
                Filter("kind", "Kind", list(KINDS.items())),
            ],
            row_action=_actions,
            empty=Empty("circle-check", "Nothing to settle", "Everything was what it should be."),
        ),
        _identifying(),
        refund_dialog(),
        reason_dialog(
            SettleExceptionState,
            title="Settled how?",
            subtitle=SettleExceptionState.subject["label"],
            example="Answered the dispute with the delivery note",
            label="How",
            name="answer",
            submit="It is settled",
        ),
        reason_dialog(
            TakeBackRefundState,
            title="Take this refund back?",
            subtitle="The provider says that it did not go back. It is booked back today, and may be refunded again.",
            example="The provider says the card was closed",
            name="reason",
            submit="Take back",
        ),
    )


def _actions(row: Any) -> rx.Component:
    identify = icon_button(
        "user-check",
        "Give to a customer",
        on_click=IdentifyPaymentState.open_dialog(row["payment_id"], row["label"]),
    )
    refund = icon_button(
        "undo-2", "Refund", on_click=RefundState.open_dialog(row["payment_id"], row["label"])
    )
    settle = icon_button(
        "check", "Settle", on_click=SettleExceptionState.open_dialog(row["id"], row["label"])
    )
    take_back = icon_button(
        "rotate-ccw",
        "Take refund back",
        on_click=TakeBackRefundState.open_dialog(row["refund_id"], row["label"]),
    )
    return rx.fragment(
        rx.cond(row["may_take_back"] != "", take_back),
        rx.cond(row["may_identify"] != "", identify),
        rx.cond(row["may_refund"] != "", refund),
        rx.cond(row["may_settle"] != "", settle),
    )


def _identifying() -> rx.Component:
    state = IdentifyPaymentState
    return form_dialog(
        state,
        lookup_field(
            "Customer",
            "party_id",
            "/api/erp/parties",
            errors=state.field_errors,
            required=True,
            label_key="name",
            detail_key="phone",
            placeholder="Name or phone",
        ),
        title="Who paid?",
        subtitle="It becomes their receipt and settles what is due first.",
        submit="Give it to them",
    )
