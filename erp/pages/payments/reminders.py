"""Reminders of what is late."""

from typing import Any

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    button,
    check_field,
    form_dialog,
    icon_button,
    link_button,
    list_view,
    notice,
    page_header,
    text_area,
    text_field,
)
from erp.pages.routing import page
from erp.state.payments.reminders import (
    STANDINGS,
    DueReminderState,
    NoteCallState,
    ReminderRuleState,
)
from erp.state.payments.wording import VIEW

Rule = ReminderRuleState


@page(
    route="/receivables/reminders",
    title="Reminders",
    permission=VIEW,
    parent="/receivables",
    on_load=[DueReminderState.open_list, DueReminderState.listen],
)
def reminders_page() -> rx.Component:
    """List who is late, with what may be done about it."""
    state = DueReminderState
    everyone = button(
        f"Remind all {state.due} due", look="solid", icon="send", on_click=state.remind_all
    )
    settings = button("Levels and words", icon="settings-2", on_click=Rule.open_dialog("", ""))
    return rx.fragment(
        page_header(
            "Reminders",
            "Each late bill is reminded once per level. A promise keeps reminders back until its day.",
            link_button("Receivables", "/receivables", look="outline", icon="arrow-left"),
            rx.cond(state.may_remind, settings),
            rx.cond(state.may_remind & (state.due > 0), everyone),
        ),
        list_view(
            state,
            label="Late customers",
            search="Customer",
            filters=[
                Filter(
                    "standing",
                    "Standing",
                    [(key, STANDINGS[key]) for key in ("held", "told")],
                    STANDINGS["due"],
                )
            ],
            row_action=_actions,
            empty=Empty(
                "hand-coins",
                "Nobody is to be reminded",
                "Late bills appear here at their next level.",
            ),
        ),
        form_dialog(
            NoteCallState,
            text_area(
                "What was said",
                "note",
                errors=NoteCallState.field_errors,
                placeholder="Accountant is back on Monday",
            ),
            title=f"Call to {NoteCallState.subject['label']}",
            subtitle="Counts as a reminder at the level that has come.",
            submit="Note the call",
        ),
        _rule_dialog(),
    )


def _actions(row: Any) -> rx.Component:
    return rx.el.div(
        rx.cond(
            row["may_send"] != "",
            button(
                "Remind", look="outline", icon="send", on_click=DueReminderState.remind(row["id"])
            ),
        ),
        rx.cond(
            row["may_text"] != "",
            icon_button(
                "message-square-text",
                f"Text {row['party']}",
                on_click=DueReminderState.text(row["id"]),
            ),
        ),
        rx.cond(
            row["may_chat"] != "",
            icon_button(
                "message-circle",
                f"WhatsApp to {row['party']}",
                on_click=DueReminderState.chat(row["id"]),
            ),
        ),
        rx.cond(
            row["may_call"] != "",
            icon_button(
                "phone",
                f"Note a call to {row['party']}",
                on_click=NoteCallState.open_dialog(row["id"], row["party"]),
            ),
        ),
        class_name="row-actions",
    )


def _rule_dialog() -> rx.Component:
    errors = Rule.field_errors
    return form_dialog(
        Rule,
        rx.cond(
            ~Rule.is_set,
            rx.el.div(
                notice(
                    "These are suggestions. They hold for reminders you send; nothing goes out by itself.",
                    icon="lightbulb",
                ),
                class_name="full",
            ),
        ),
        rx.el.div(rx.foreach(Rule.levels, _level), class_name="stack full"),
        rx.el.div(
            button("Add level", look="ghost", icon="plus", on_click=Rule.add_level),
            class_name="full",
        ),
        text_field(
            "Interest, percent a year",
            "interest_percent",
            errors=errors,
            default_value=Rule.interest,
            input_mode="decimal",
            placeholder="None",
            hint="Said where the words have {interest}, and billed from the page of interest.",
        ),
        title="How customers are reminded",
        subtitle="{party}, {company}, {overdue}, {days}, {bills} and {interest} stand for the facts.",
        width="760px",
    )


def _level(level: rx.Var[dict[str, str]], index: rx.Var[int]) -> rx.Component:
    errors, at = Rule.field_errors, level["id"]
    return rx.el.fieldset(
        rx.el.div(
            rx.el.b(f"Level {index + 1}"),
            rx.cond(
                Rule.levels.length() > 1,
                icon_button(
                    "trash-2", f"Remove level {index + 1}", on_click=Rule.drop_level(level["id"])
                ),
            ),
            class_name="fieldset-head",
        ),
        rx.el.div(
            text_field(
                "Days past due",
                "days-" + at,
                errors=errors,
                default_value=level["days"],
                input_mode="numeric",
                class_name="input input-count",
                required=True,
            ),
            text_field(
                "Subject",
                "subject-" + at,
                errors=errors,
                default_value=level["subject"],
                required=True,
            ),
            text_area(
                "Words",
                "body-" + at,
                errors=errors,
                default_value=level["body"],
                max_length=4000,
                rows=10,
                required=True,
            ),
            *_to_the_phone(level),
            check_field(
                "Goes out each morning by itself",
                "automatic-" + at,
                default_checked=level["automatic"] != "",
            ),
            class_name="form-grid",
        ),
        key=at,
    )


def _to_the_phone(level: rx.Var[dict[str, str]]) -> list[rx.Component]:
    """Return the words of a level by SMS and WhatsApp, each with its approved template."""
    errors, at = Rule.field_errors, level["id"]
    return [
        text_field(
            "Template of the SMS",
            "template-" + at,
            errors=errors,
            default_value=level["template"],
            input_mode="numeric",
            max_length=25,
            hint="Its number with the operators (DLT); empty for no SMS",
        ),
        text_area(
            "SMS",
            "sms-" + at,
            errors=errors,
            default_value=level["sms"],
            max_length=600,
            rows=3,
            hint="The approved words, with names in braces where the template has places",
        ),
        text_field(
            "Template on WhatsApp",
            "chat_template-" + at,
            errors=errors,
            default_value=level["chat_template"],
            max_length=100,
            placeholder="payment_reminder_1",
            hint="Its name with the provider; empty for no WhatsApp message",
        ),
        text_area(
            "WhatsApp message",
            "chat-" + at,
            errors=errors,
            default_value=level["chat"],
            max_length=1024,
            rows=3,
            hint="The approved words; each name in braces is the next place of the template",
        ),
    ]
