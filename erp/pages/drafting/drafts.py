"""Asking for a draft, watching it, taking it; and the record of what was sent and what came."""

from typing import Any

import reflex as rx

from erp.components import badge, button, dialog, notice, submit_button
from erp.state.drafting.drafts import DraftsState as State

current = State.current


def draft_log_button() -> rx.Component:
    """Return the way to the record, where there is one."""
    return rx.cond(
        State.rows.length() > 0,
        button("Drafts", look="ghost", icon="scroll-text", on_click=State.show_log),
    )


def draft_button() -> rx.Component:
    """Return the way to a request, where a model is set up and none is being answered."""
    return rx.cond(
        State.may_ask & ~State.is_waiting & (current["status"] != "ready"),
        button("Draft by model", icon="sparkles", on_click=State.look),
        rx.el.span(),
    )


def draft_panel() -> rx.Component:
    """Return the draft that is being written, is ready, or failed."""
    failed = rx.el.div(
        notice(current["problem"], tone="red"),
        class_name="draft",
    )
    return rx.fragment(
        rx.cond(State.is_waiting, _waiting()),
        rx.cond(current["status"] == "failed", failed),
        rx.cond(current["status"] == "ready", _ready()),
    )


def draft_dialogs() -> rx.Component:
    """Return what would be sent, and the record of what was."""
    asking = dialog(
        State.is_asking,
        rx.el.pre(State.asked["facts"], class_name="sent", tab_index=0),
        rx.cond(
            State.asked["removed"] != "",
            rx.el.p(
                State.asked["removed"],
                " pieces that tell who it is, or may, were taken out.",
                class_name="hint",
            ),
        ),
        rx.el.p(
            "Look it through: if something here still names a person, do not send it.",
            class_name="hint",
        ),
        rx.el.div(
            button("Cancel", on_click=State.put_away),
            button("Send and draft", look="solid", icon="send", on_click=State.ask),
            class_name="form-foot",
        ),
        title="This goes to the model",
        subtitle=rx.fragment(
            "Model ", State.asked["model"], ". Nothing else of the session leaves."
        ),
        on_close=State.put_away,
        width="640px",
    )
    log = dialog(
        State.is_showing,
        rx.el.ol(rx.foreach(State.rows, _logged), class_name="imaging-rows draft-log"),
        title="Drafts of this session",
        subtitle="What was sent, what came back, and what a person made of it.",
        on_close=State.hide_log,
        width="720px",
    )
    return rx.fragment(asking, log)


def _waiting() -> rx.Component:
    return rx.el.div(
        rx.icon("loader-circle", class_name="spin"),
        rx.el.div(State.step, " · ", rx.el.span(State.rows[0]["model"], class_name="hint")),
        rx.cond(
            current["id"] != "",
            button("Cancel", look="ghost", on_click=State.cancel),
            rx.fragment(),
        ),
        class_name="notice imaging-fresh draft",
        role="status",
    )


def _ready() -> rx.Component:
    figures = notice(
        f"Nobody measured {current['unmeasured']}: take it out, or measure it.", tone="red"
    )
    stale = notice(
        "What was measured, answered or decided has changed since. Discard it and ask again."
    )
    form = rx.el.form(
        rx.el.textarea(
            name="draft",
            key=current["id"],
            default_value=current["answer"],
            class_name="input summary-text",
            max_length=8000,
            aria_label="Draft by the model",
        ),
        rx.el.div(
            button("Discard", on_click=State.discard),
            rx.cond(current["is_stale"] == "", submit_button("Use as my summary")),
            class_name="summary-foot",
        ),
        on_submit=State.accept,
    )
    return rx.el.section(
        rx.el.div(
            badge("Draft by a model", "amber"),
            rx.el.span(current["model"], class_name="hint"),
            class_name="draft-head",
        ),
        rx.el.p(
            "Check every word. It becomes part of the session only when you use it and sign.",
            class_name="hint",
        ),
        rx.cond(State.refusal != "", notice(State.refusal, tone="red")),
        rx.cond(current["is_stale"] != "", stale),
        rx.cond(current["unmeasured"] != "", figures),
        form,
        class_name="draft",
        aria_label="Draft by a model",
    )


def _logged(row: rx.Var[dict[str, str]]) -> rx.Component:
    def text(title: str, shown: Any) -> rx.Component:
        return rx.cond(
            shown != "",
            rx.el.details(rx.el.summary(title), rx.el.pre(shown, class_name="sent", tab_index=0)),
        )

    return rx.el.li(
        rx.el.div(
            rx.el.div(
                badge(row["words"], row["tone"]),
                rx.el.span(row["model"], class_name="hint"),
                class_name="draft-head",
            ),
            rx.el.div(row["asked"], class_name="hint"),
            rx.cond(
                row["decided"] != "", rx.el.div("Decided: ", row["decided"], class_name="hint")
            ),
            rx.cond(row["problem"] != "", rx.el.p(row["problem"], class_name="error")),
            rx.cond(
                row["is_hidden"] != "",
                rx.el.p("It shows to others once the session is decided.", class_name="hint"),
            ),
            text("What was sent", row["request"]),
            text("What came back", row["answer"]),
        ),
        key=row["id"],
    )
