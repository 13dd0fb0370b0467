"""Forms over the desk of a bank account."""

import reflex as rx

from erp.components import (
    check_field,
    form_dialog,
    lookup_field,
    reason_field,
    select_field,
    text_field,
)
from erp.state.banking.dialogs import (
    PARTS,
    BookLineState,
    PayLineState,
    UnmatchState,
    WithdrawState,
)

PARTIES = "/api/erp/parties"


def desk_dialogs() -> rx.Component:
    """Return the forms that the keys of the desk open."""
    return rx.fragment(_book(), _pay(), _undo(), _withdraw())


def _book() -> rx.Component:
    errors = BookLineState.field_errors
    parts = []
    for part in PARTS:
        first = (
            {"default_value": BookLineState.rest, "key": BookLineState.form_key}
            if part == "1"
            else {}
        )
        parts += [
            select_field(
                "Account" if part == "1" else "And",
                f"account-{part}",
                BookLineState.accounts,
                errors=errors,
                required=part == "1",
            ),
            text_field("Amount", f"amount-{part}", errors=errors, input_mode="decimal", **first),
        ]
    branch = select_field(
        "In the books of",
        "branch_id",
        BookLineState.branches,
        errors=errors,
        default_value=BookLineState.own_branch,
    )
    return form_dialog(
        BookLineState,
        *parts,
        lookup_field(
            "Party", "party_id", PARTIES, errors=errors, label_key="name", detail_key="city",
            placeholder="Only where the account is kept per party",
        ),
        rx.cond(BookLineState.branches.length() > 0, branch),
        text_field("Note", "note", errors=errors, max_length=200),
        title="Book this line",
        subtitle=BookLineState.subject["label"],
        submit="Book",
        width="640px",
    )  # fmt: skip


def _pay() -> rx.Component:
    errors = PayLineState.field_errors
    return form_dialog(
        PayLineState,
        lookup_field(
            "Party", "party_id", PARTIES, errors=errors, required=True, label_key="name", detail_key="city",
            placeholder="Name or code",
        ),
        text_field("Note", "note", errors=errors, max_length=200),
        title="Whose payment is this?",
        subtitle=PayLineState.subject["label"],
        submit="Record payment",
    )  # fmt: skip


def _undo() -> rx.Component:
    return form_dialog(
        UnmatchState,
        reason_field(UnmatchState.field_errors, "It was another line"),
        check_field("Take back what was booked for it, too", "take_back"),
        title="Undo this match?",
        subtitle=UnmatchState.subject["label"],
        submit="Undo",
    )


def _withdraw() -> rx.Component:
    return form_dialog(
        WithdrawState,
        reason_field(WithdrawState.field_errors, "It was of another account"),
        title="Withdraw this statement?",
        subtitle=f"{WithdrawState.subject['label']}. Its lines count no more; matches with them are undone before.",
        submit="Withdraw",
    )
