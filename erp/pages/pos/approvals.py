"""Approvals that tills ask for."""

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
    select_field,
    text_field,
)
from erp.pages.routing import page
from erp.state.pos.deciding import (
    APPROVE,
    KINDS,
    STATUSES,
    ApprovalListState,
    DecideState,
    GivenListState,
)


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
            "Approvals",
            "What tills ask for. A cashier and a customer wait for your answer.",
            link_button("Given", "/till/approvals/given", look="outline", icon="history"),
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


@page(
    route="/till/approvals/given",
    title="Approvals given",
    permission="pos.view",
    parent="/till/approvals",
    on_load=[GivenListState.open_list, GivenListState.listen],
)
def approvals_given_page() -> rx.Component:
    """List what was approved, each with the bill it was for."""
    return rx.fragment(
        page_header("Approvals given", "Who let whom go beyond their limit, and why."),
        list_view(
            GivenListState,
            label="Approvals given",
            search="",
            filters=[
                Filter("kind", "What", list(KINDS.items())),
                Filter("from_day", "From"),
                Filter("to_day", "To"),
            ],
            empty=Empty(
                "shield-check",
                "Nothing was approved yet",
                "A discount or return beyond a cashier's limit appears here once it is approved.",
            ),
        ),
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
