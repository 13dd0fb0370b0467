"""The till: opening a shift, selling, taking payment."""

import reflex as rx

from erp.components import bone
from erp.components.till import CartKeeper, DisplayFeed, TillKeys
from erp.pages.pos.approval import approval_dialog
from erp.pages.pos.customer import customer_dialog
from erp.pages.pos.desk import cash_dialog, closed_dialog, closing_dialog
from erp.pages.pos.opening import opening_screen
from erp.pages.pos.parked import park_dialog, recall_dialog
from erp.pages.pos.payment import payment_dialog, receipt_dialog
from erp.pages.pos.prescription import prescription_dialog
from erp.pages.pos.selling import selling_screen
from erp.pages.routing import Nav, page
from erp.state.pos.customers import CustomerState
from erp.state.pos.opening import OpeningState
from erp.state.pos.parking import ParkState
from erp.state.pos.paying import PayState
from erp.state.pos.prescribing import PrescriptionState
from erp.state.pos.till import SELL, TillState


@page(
    route="/till",
    title="Till",
    permission=SELL,
    nav=Nav("Till", "store", group="Sell", order=10, keys="g t"),
    on_load=[OpeningState.open_till, PayState.settle_lost_answer],
)
def till_page() -> rx.Component:
    """Sell at the counter, by touch or by keyboard."""
    return rx.match(
        TillState.stage,
        ("selling", _selling()),
        ("opening", rx.fragment(opening_screen(), closed_dialog())),
        _waiting(),
    )


def _selling() -> rx.Component:
    return rx.fragment(
        rx.el.h1("Till", class_name="sr-only"),
        selling_screen(),
        TillKeys.create(
            chosen=TillState.selected,
            total=TillState.totals["total"],
            on_key=TillState.press,
            on_customer=CustomerState.open_dialog,
            on_park=ParkState.open_park,
            on_recall=ParkState.open_recall,
            on_pay=PayState.pay,
            on_next=TillState.next_tab,
            on_open=TillState.open_tab,
            on_prescription=PrescriptionState.open_dialog,
            on_return=TillState.go_to_returns,
        ),
        CartKeeper.create(
            register=TillState.register_id,
            kept=TillState.kept,
            aside=TillState.aside,
            on_restore=[TillState.restore, PayState.settle_lost_answer],
        ),
        DisplayFeed.create(
            register=TillState.register_id,
            lines=TillState.lines,
            chosen=TillState.selected,
            totals=TillState.totals,
            units=TillState.units,
            receipt=PayState.receipt,
            points=PayState.points,
        ),
        payment_dialog(),
        receipt_dialog(),
        approval_dialog(),
        customer_dialog(),
        prescription_dialog(),
        park_dialog(),
        recall_dialog(),
        cash_dialog(),
        closing_dialog(),
    )


def _waiting() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            *[bone("100%", "72px") for _ in range(6)],
            class_name="till-left till-bones",
        ),
        rx.el.div(
            bone("100%", "48px"), bone("60%"), bone("80%"), class_name="till-right till-bones"
        ),
        class_name="till",
        aria_busy="true",
    )
