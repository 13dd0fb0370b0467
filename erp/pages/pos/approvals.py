"""Approvals that tills ask for."""

from typing import Any

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    button,
    form_dialog,
    list_view,
    page_header,
    select_field,
    text_field,
)
from erp.pages.routing import page
from erp.state.pos.deciding import APPROVE, STATUSES, ApprovalListState, DecideState


@page(
    route="/till/approvals",
    title="Approvals",
    permission=APPROVE,
    parent="/till",
    on_load=[ApprovalListState.open_list, ApprovalListState.listen],
)
def approvals_page() -> rx.Component:
    """Decide what tills ask for; new requests appear by themselves."""
    return rx.fragment(
        page_header(
            "Approvals", "What tills ask for. A cashier and a customer wait for your answer."
        ),
        list_view(
            ApprovalListState,
            label="Approvals",
            search="",
            filters=[Filter("status", "Status", list(STATUSES.items()))],
            row_action=_decide,
            empty=Empty(
                "shield-check",
                "Nobody asks",
                "A request appears here, and in your inbox, as soon as a till needs you.",
            ),
        ),
        _deciding(),
    )


def _decide(row: Any) -> rx.Component:
    return rx.cond(
        row["status_tone"] == "amber",
        button("Decide", look="solid", on_click=DecideState.open_dialog(row["id"], row["level"])),
    )


def _deciding() -> rx.Component:
    errors = DecideState.field_errors
    return form_dialog(
        DecideState,
        select_field(
            "Decision",
            "is_granted",
            [("yes", "Approve"), ("no", "Refuse")],
            errors=errors,
            required=True,
        ),
        text_field(
            "Your PIN",
            "pin",
            errors=errors,
            required=True,
            type="password",
            input_mode="numeric",
            auto_complete="off",
            max_length=12,
        ),
        text_field(
            "Answer",
            "answer",
            errors=errors,
            placeholder="5% at most ...",
            hint="The cashier reads it with a refusal.",
            max_length=120,
        ),
        title=DecideState.subject["label"],
        submit="Decide",
        width="440px",
    )
