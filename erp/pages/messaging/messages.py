"""Messages to people outside."""

from typing import Any

import reflex as rx

from erp.components import Empty, Filter, button, dialog, fact_list, list_view, page_header
from erp.pages.routing import Nav, page
from erp.state.messaging.messages import CHANNELS, STATUSES
from erp.state.messaging.messages import MessageListState as Messages


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
        rx.el.p(shown["body"], style={"white_space": "pre-wrap"}),
        class_name="stack",
    )
