"""Quarantine: the queue, and putting goods there."""

from typing import Any

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    button,
    form_dialog,
    link_button,
    list_view,
    page_header,
    quantity_field,
    select_field,
    text_field,
)
from erp.pages.inventory.moving import lot_count, movement_form, reason_field
from erp.pages.routing import Nav, page
from erp.state.inventory.quarantine import (
    HOLD,
    PUT_APART,
    QUARANTINE_REASONS,
    DecideQuarantineState,
    PutApartState,
    QuarantineState,
)

OUTCOMES = [
    ("", "Choose"),
    ("released", "Release to sale"),
    ("returned", "Back to the supplier"),
    ("written_off", "Write off"),
]


@page(
    route="/stock/quarantine",
    title="Quarantine",
    permission="inventory.view",
    nav=Nav("Quarantine", "shield-alert", group="Stock", order=42),
    parent="/stock",
    on_load=[QuarantineState.open_list, QuarantineState.listen],
)
def quarantine_page() -> rx.Component:
    """List goods that are kept apart."""
    put = rx.cond(
        QuarantineState.may_put,
        link_button("Put goods apart", "/stock/quarantine/new", icon="plus"),
    )
    return rx.fragment(
        page_header("Quarantine", "Kept apart and sold by nobody until somebody decides.", put),
        list_view(
            QuarantineState,
            label="Goods in quarantine",
            search="Product or lot",
            filters=[
                Filter("decided", "Show", [("true", "Decided")], anything="Waiting"),
                Filter("reason_code", "Why", list(QUARANTINE_REASONS.items())),
            ],
            row_action=_decide,
            empty=Empty(
                "shield-check",
                "Nothing waits for a decision",
                "Put goods apart that are damaged or in doubt, or that a maker recalls.",
                put,
            ),
        ),
        _deciding(),
    )


def _decide(row: Any) -> rx.Component:
    return rx.cond(
        row["may_decide"] != "",
        button("Decide", on_click=DecideQuarantineState.open_dialog(row["id"], row["name"])),
    )


def _deciding() -> rx.Component:
    errors = DecideQuarantineState.field_errors
    return form_dialog(
        DecideQuarantineState,
        select_field("What becomes of them", "outcome", OUTCOMES, errors=errors, required=True),
        quantity_field(
            "Units",
            "quantity",
            errors=errors,
            required=True,
            default_value=DecideQuarantineState.units,
        ),
        text_field(
            "Why",
            "reason",
            errors=errors,
            required=True,
            wide=True,
            placeholder="Checked with the maker; seal is sound",
            max_length=120,
        ),
        title="Decide about these goods",
        subtitle=DecideQuarantineState.subject["label"],
        submit="Decide",
    )


@page(
    route="/stock/quarantine/new",
    title="Put goods apart",
    permission=HOLD,
    parent="/stock/quarantine",
    command="inventory.quarantine_goods",
    on_load=[PutApartState.open_movement],
)
def put_apart_page() -> rx.Component:
    """Put goods into quarantine."""
    words = {code: QUARANTINE_REASONS[code] for code in PUT_APART}
    return movement_form(
        PutApartState,
        "Put goods apart",
        "Some units of a lot, with the reason. To stop a lot everywhere, hold it on its page.",
        [reason_field(PutApartState, words)],
        lambda line: lot_count(PutApartState, line, "quantity", "Apart", line["suggested"]),
        "Put apart",
        back="/stock/quarantine",
    )
