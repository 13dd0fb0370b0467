"""The dialogs that decide about a session."""

import reflex as rx

from erp.components import (
    confirm_dialog,
    form_dialog,
    reason_dialog,
    select_field,
    text_area,
    text_field,
)
from erp.state.imaging.deciding import (
    REJECT_CHOICES,
    REPEAT_CHOICES,
    RESOLVE_CHOICES,
    AddendumState,
    HoldState,
    RejectState,
    ReopenState,
    RepeatState,
    ResolveState,
    SignOffState,
    TakeOverState,
)
from erp.state.imaging.review import ReviewState


def review_dialogs() -> rx.Component:
    """Return every dialog of the review."""
    return rx.fragment(
        confirm_dialog(
            ReviewState.is_asking,
            title="Accept it as it is?",
            message=ReviewState.question,
            confirm="Accept",
            on_confirm=ReviewState.accept_anyway,
            on_cancel=ReviewState.keep_open,
        ),
        _repeat(),
        _reject(),
        _resolve(),
        reason_dialog(
            ReopenState,
            title="Take the decision back",
            subtitle="The earlier decision and its signature stay on record; all is read anew.",
            submit="Reopen",
            example="Wrong patient assigned",
        ),
        reason_dialog(
            HoldState,
            title="Put on hold",
            subtitle="Nobody decides about it until it is resumed.",
            submit="Put on hold",
            example="Waiting for the referral letter",
        ),
        reason_dialog(
            TakeOverState,
            title="Take the session over",
            subtitle="Whoever holds it now is told. The reason stays on record.",
            submit="Take over",
            example="Asha has gone home",
            name="reason",
        ),
        _sign_off(),
        _addendum(),
    )


def _repeat() -> rx.Component:
    return form_dialog(
        RepeatState,
        select_field(
            "Reason",
            "reason_code",
            REPEAT_CHOICES,
            errors=RepeatState.field_errors,
            required=True,
        ),
        text_area("Note for the operator", "note", errors=RepeatState.field_errors),
        title="Request a repeat",
        subtitle="The device receives the reason as a command.",
        submit="Request repeat",
    )


def _reject() -> rx.Component:
    return form_dialog(
        RejectState,
        select_field(
            "Reason",
            "reason_code",
            REJECT_CHOICES,
            errors=RejectState.field_errors,
            required=True,
        ),
        text_area("Note", "note", errors=RejectState.field_errors),
        title="Reject the session",
        subtitle="Its images stay in the archive, marked as not to be used.",
        submit="Reject",
    )


def _resolve() -> rx.Component:
    return form_dialog(
        ResolveState,
        select_field(
            "Decision",
            "verdict",
            RESOLVE_CHOICES,
            errors=ResolveState.field_errors,
            required=True,
        ),
        text_area("Why", "note", errors=ResolveState.field_errors, required=True),
        title="Resolve the discrepancy",
        subtitle="Your decision stands; both readings stay on record.",
        submit="Decide",
    )


def _sign_off() -> rx.Component:
    return form_dialog(
        SignOffState,
        text_field(
            "Your PIN",
            "pin",
            errors=SignOffState.field_errors,
            required=True,
            type="password",
            input_mode="numeric",
            auto_complete="off",
            auto_focus=True,
            max_length=12,
        ),
        title="Sign the session off",
        subtitle="Objects, measurements and decision are frozen as they are now.",
        submit="Sign off",
        width="420px",
    )


def _addendum() -> rx.Component:
    return form_dialog(
        AddendumState,
        text_area(
            "Addendum",
            "text",
            errors=AddendumState.field_errors,
            required=True,
            max_length=4000,
        ),
        title="Add an addendum",
        subtitle="What was signed stays as it is; this is shown below it and in the report.",
        submit="Add",
    )
