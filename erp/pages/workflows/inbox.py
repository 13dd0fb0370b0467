"""The inbox."""

import reflex as rx

from erp.components import Empty, Filter, button, list_view, page_header
from erp.pages.routing import Nav, page
from erp.state.registry import SIGNED_IN
from erp.state.workflows.inbox import InboxState as Inbox


@page(
    route="/inbox",
    title="Inbox",
    permission=SIGNED_IN,
    nav=Nav("Inbox", "inbox", order=5, keys="g n"),
    on_load=[Inbox.open_list, Inbox.listen_to_mine],
)
def inbox_page() -> rx.Component:
    """List what happened that concerns the reader."""
    return rx.fragment(
        page_header(
            "Inbox",
            "Expiring lots, work that waits and what went wrong, as far as it concerns you.",
            button("Mark all read", icon="check-check", on_click=Inbox.read_all),
        ),
        list_view(
            Inbox,
            label="Inbox",
            search="",
            filters=[Filter("unread_only", "Show", [("true", "Unread only")], anything="All news")],
            row_action=_actions,
            empty=Empty(
                "inbox",
                "Nothing new",
                "Expiry alerts arrive each morning; other news as it happens.",
            ),
        ),
    )


def _actions(row: rx.Var[dict[str, str]]) -> rx.Component:
    def act(label: str, icon: str) -> rx.Component:
        return button(label, look="ghost", icon=icon, on_click=Inbox.read(row["id"], row["link"]))

    is_unread = row["is_unread"] != ""
    leads = row["link"] != ""
    return rx.cond(
        leads,
        act("Open", "arrow-right"),
        rx.cond(is_unread, act("Mark read", "check"), rx.el.span("Read", class_name="soft")),
    )
