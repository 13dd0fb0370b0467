"""A whole form from a `FormState`: key, fields, refusal, buttons, the question before a risk."""

from typing import Any

import reflex as rx

from erp.components.buttons import button, link_button, submit_button
from erp.components.dialogs import confirm_dialog, dialog
from erp.components.fields import reason_field
from erp.components.headers import notice


def form_view(
    state: Any,
    *fields: rx.Component,
    submit: str = "Save",
    cancel_to: str = "",
    touch: bool = False,
) -> rx.Component:
    """Return the form of a `FormState` class.

    The idempotency key travels in the form, so a second click repeats the same request.
    """
    cancel = [link_button("Cancel", cancel_to, look="outline")] if cancel_to else []
    return rx.fragment(
        rx.el.form(
            rx.el.input(
                type="hidden", name="idempotency_key", value=state.form_key, read_only=True
            ),
            rx.cond(state.form_error != "", notice(state.form_error, tone="red")),
            rx.el.div(*fields, class_name="form-grid"),
            rx.el.div(*cancel, submit_button(submit, busy=state.is_busy), class_name="form-foot"),
            on_submit=state.submit,
            class_name="form touch" if touch else "form",
            no_validate=True,
        ),
        question_dialog(state),
    )


def lined_form(
    state: Any,
    *cards: rx.Component,
    back: str | rx.Var[str],
    submit: str = "Review",
    icon: str = "eye",
    sticky: bool = True,
) -> rx.Component:
    """Return the form of a `LinedFormState` class: cards over the whole width, and its question.

    Args:
        back: Where its cancelling leads.
        sticky: Whether its buttons stay in sight below many lines.
    """
    return rx.fragment(
        rx.el.form(
            rx.el.input(
                type="hidden", name="idempotency_key", value=state.form_key, read_only=True
            ),
            rx.cond(state.form_error != "", notice(state.form_error, tone="red")),
            *cards,
            rx.el.div(
                link_button("Cancel", back, look="outline"),
                submit_button(submit, busy=state.is_busy, icon=icon),
                class_name="form-foot sticky-foot" if sticky else "form-foot",
            ),
            on_submit=state.submit,
            class_name="form wide",
            no_validate=True,
            key=state.form_key,
        ),
        question_dialog(state),
    )


def form_dialog(
    state: Any,
    *fields: rx.Component,
    title: str,
    subtitle: Any = "",
    submit: str = "Save",
    dismiss: str = "Cancel",
    width: str = "520px",
) -> rx.Component:
    """Return the form of a `DialogFormState` class in its dialog; `dismiss` closes it without doing anything."""
    form = rx.el.form(
        rx.el.input(type="hidden", name="idempotency_key", value=state.form_key, read_only=True),
        rx.cond(state.form_error != "", notice(state.form_error, tone="red")),
        rx.el.div(*fields, class_name="form-grid"),
        rx.el.div(
            button(dismiss, on_click=state.close_dialog),
            submit_button(submit, busy=state.is_busy),
            class_name="form-foot",
        ),
        on_submit=state.submit,
        class_name="form",
        no_validate=True,
    )
    shown = dialog(
        state.is_open,
        form,
        title=title,
        subtitle=subtitle,
        on_close=state.close_dialog,
        width=width,
    )
    return rx.fragment(shown, question_dialog(state))


def reason_dialog(
    state: Any,
    *,
    title: str,
    example: str,
    subtitle: Any = "",
    submit: str = "Save",
    label: str = "Why",
    name: str = "note",
) -> rx.Component:
    """Return the form of a `DialogFormState` class that asks for nothing but a reason.

    Args:
        example: A reason such as people give.
        name: Field of the command that takes it.
    """
    field = reason_field(state.field_errors, example, label=label, name=name)
    return form_dialog(state, field, title=title, subtitle=subtitle, submit=submit)


def question_dialog(state: Any) -> rx.Component:
    """Return the dialog of a `FormState` that asks a person to take responsibility."""
    return confirm_dialog(
        state.must_confirm,
        title="Please confirm",
        message=state.confirm_message,
        confirm="Go on",
        on_confirm=state.confirm_anyway,
        on_cancel=state.keep_editing,
    )
