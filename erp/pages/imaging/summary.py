"""The summary of a session on its page: written, saved in versions, frozen by the signature."""

import reflex as rx

from erp.components import badge, button, card, dialog, notice, submit_button
from erp.pages.drafting.drafts import (
    draft_button,
    draft_dialogs,
    draft_log_button,
    draft_panel,
)
from erp.state.imaging.summary import SummaryState as State

LONGEST = 8000


def summary_card() -> rx.Component:
    """Return what was written about the session, and where one may write."""
    standing = rx.cond(
        State.is_signed,
        badge("Signed", "green"),
        rx.cond(State.versions.length() > 0, badge("Draft until signed", "amber")),
    )
    waits = rx.el.p(
        "What the first reader wrote shows once the second has decided.", class_name="hint"
    )
    shown = rx.fragment(
        rx.cond(State.later != "", _later()),
        rx.cond(State.may_write, _field(), _read_only()),
    )
    return card(
        rx.cond(State.is_hidden, waits, shown),
        draft_panel(),
        title="Summary",
        actions=(draft_log_button(), standing),
    )


def summary_dialogs() -> rx.Component:
    """Return the versions of the summary, and the dialogs of its drafts."""
    versions = rx.el.ol(
        rx.foreach(
            State.versions,
            lambda row: rx.el.li(
                rx.el.div(
                    rx.el.div(row["what"], " · ", row["when"], class_name="hint"),
                    rx.el.p(row["text"], class_name="plain-text"),
                ),
                key=row["id"],
            ),
        ),
        class_name="imaging-rows",
    )
    return rx.fragment(
        dialog(
            State.is_showing,
            versions,
            title="Versions of the summary",
            on_close=State.hide_versions,
            width="640px",
        ),
        draft_dialogs(),
    )


def _field() -> rx.Component:
    return rx.el.form(
        rx.cond(State.refusal != "", notice(State.refusal, tone="red")),
        rx.el.textarea(
            name="summary",
            id="summary",
            key=f"{State.head['id']}-{State.field}",
            on_blur=State.leave_field,
            default_value=rx.cond(State.unsaved != "", State.unsaved, State.text),
            class_name="input summary-text",
            max_length=LONGEST,
            placeholder="What is shown, what was measured, what the report should say.",
            aria_label="Summary",
        ),
        rx.el.div(
            rx.el.div(draft_button(), submit_button("Save summary"), class_name="row-actions"),
            _versions_button(),
            class_name="summary-foot",
        ),
        on_submit=State.save,
    )


def _read_only() -> rx.Component:
    lost = rx.fragment(
        notice(f"Not saved: {State.refusal}", tone="red"),
        rx.el.pre(State.unsaved, class_name="sent", tab_index=0, aria_label="Not saved"),
    )
    return rx.fragment(
        rx.cond(State.unsaved != "", lost),
        rx.cond(
            State.text != "",
            rx.el.p(State.text, class_name="plain-text"),
            rx.el.p("Nothing was written.", class_name="hint"),
        ),
        rx.el.div(_versions_button(), class_name="summary-foot"),
    )


def _versions_button() -> rx.Component:
    return rx.cond(
        State.versions.length() > 0,
        button(State.written, look="ghost", icon="history", on_click=State.show_versions),
        rx.el.span(),
    )


def _later() -> rx.Component:
    return rx.el.div(
        rx.icon("users"),
        rx.el.div(State.later, " wrote another version. Your text stays until you show theirs."),
        button("Show theirs", look="ghost", on_click=State.show_later),
        class_name="notice imaging-fresh",
        role="status",
    )
