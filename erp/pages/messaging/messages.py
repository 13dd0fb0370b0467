"""Messages to people outside."""

from typing import Any

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    button,
    dialog,
    fact_list,
    form_dialog,
    list_view,
    notice,
    page_header,
    text_field,
)
from erp.pages.routing import Nav, page
from erp.state.messaging.messages import CHANNELS, STATUSES
from erp.state.messaging.messages import MessageListState as Messages
from erp.state.messaging.texting import SmsSenderState, WhatsAppSenderState


@page(
    route="/messages",
    title="Messages sent",
    permission="platform.operate",
    nav=Nav("Messages sent", "mail", group="Setup", order=66),
    on_load=[Messages.open_list, Messages.listen],
)
def messages_page() -> rx.Component:
    """List messages with what became of them."""
    return rx.fragment(
        page_header(
            "Messages sent",
            "Reports, statements and reminders to people outside. What is not taken is tried for two days.",
            button("SMS", icon="settings-2", on_click=SmsSenderState.open_dialog("", "")),
            button("WhatsApp", icon="settings-2", on_click=WhatsAppSenderState.open_dialog("", "")),
        ),
        list_view(
            Messages,
            label="Messages",
            search="Name, address or subject",
            filters=[
                Filter("status", "State", list(STATUSES.items())),
                Filter("channel", "Channel", list(CHANNELS.items())),
            ],
            row_action=_actions,
            empty=Empty("mail", "No message yet", "Send a report or a statement from its page."),
        ),
        dialog(
            Messages.shown.contains("id"),
            _message(),
            title=Messages.shown["subject"],
            on_close=Messages.hide,
        ),
        _sender(),
        _whatsapp_sender(),
    )


def _sender() -> rx.Component:
    state = SmsSenderState
    missing = notice(
        "No provider is set up yet: whoever operates the product sets SMS_URL and SMS_KEY.",
        tone="amber",
    )
    return form_dialog(
        state,
        rx.cond(~state.is_carried, rx.el.div(missing, class_name="full")),
        text_field(
            "Principal entity",
            "entity_id",
            errors=state.field_errors,
            required=True,
            max_length=25,
            input_mode="numeric",
            default_value=state.entity_id,
            hint="Your number with the operators (DLT), 19 digits as a rule",
        ),
        text_field(
            "Header",
            "header",
            errors=state.field_errors,
            required=True,
            max_length=6,
            default_value=state.header,
            placeholder="VNTAGE",
            hint="The sender's name that was approved",
        ),
        title="SMS",
        subtitle="Words and their templates are set with the levels of the reminders.",
    )


def _whatsapp_sender() -> rx.Component:
    state = WhatsAppSenderState
    missing = notice(
        "No provider is set up yet: whoever operates the product sets WHATSAPP_URL and WHATSAPP_KEY.",
        tone="amber",
    )
    deaf = notice(
        "What phones do with a message is not heard yet: whoever operates the product sets WHATSAPP_RECEIPT_SECRET.",
        tone="amber",
    )
    told = fact_list([("Tell the provider", rx.el.code(state.receipts_url))])
    return form_dialog(
        state,
        rx.cond(~state.is_carried, rx.el.div(missing, class_name="full")),
        rx.cond(state.is_carried & ~state.is_heard, rx.el.div(deaf, class_name="full")),
        text_field(
            "Number",
            "number",
            errors=state.field_errors,
            required=True,
            max_length=20,
            input_mode="tel",
            default_value=state.number,
            placeholder="+91 22 4890 1234",
            hint="That phones show, with its country code",
        ),
        text_field(
            "Language",
            "language",
            errors=state.field_errors,
            required=True,
            max_length=5,
            default_value=state.language,
            hint="Of the approved templates: en, en_US, hi",
        ),
        rx.cond(state.is_heard, rx.el.div(told, class_name="full")),
        title="WhatsApp",
        subtitle="Words and their templates are set with the levels of the reminders.",
    )


def _actions(row: Any) -> rx.Component:
    return rx.el.div(
        button("Read", look="ghost", icon="eye", on_click=Messages.show(row["id"])),
        rx.cond(
            row["may_cancel"] != "",
            button("Cancel", look="ghost", icon="ban", on_click=Messages.act("cancel", row["id"])),
        ),
        rx.cond(
            row["may_resend"] != "",
            button(
                "Send again",
                look="outline",
                icon="rotate-cw",
                on_click=Messages.act("resend", row["id"]),
            ),
        ),
        class_name="row-actions",
    )


def _message() -> rx.Component:
    shown = Messages.shown
    return rx.el.div(
        fact_list([("To", shown["to_name"]), ("Address", shown["to_address"])]),
        rx.cond(shown["why"] != "", notice(shown["why"], icon="route")),
        rx.el.p(shown["body"], style={"white_space": "pre-wrap"}),
        class_name="stack",
    )
