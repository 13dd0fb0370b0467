"""The customer's links on an order's page."""

from typing import Any

import reflex as rx

from erp.components import (
    badge,
    button,
    card,
    dialog,
    form_dialog,
    icon_button,
    quantity_field,
    text_field,
)
from erp.components.issued import issued_secret
from erp.state.sales.order_links import MakeOrderLinkState, OrderLinksState, SendOrderLinkState


def order_links(order_id: Any, name: Any) -> rx.Component:
    """Return the card of links by which the customer sees the order."""
    none = rx.el.p(
        "The customer can follow the order and its invoices by a link, without signing in.",
        class_name="soft",
    )
    listed = rx.el.ul(rx.foreach(OrderLinksState.links, _link), class_name="order-links")
    share = rx.cond(
        OrderLinksState.may_share,
        rx.el.div(
            button(
                "Send by e-mail",
                icon="mail",
                on_click=SendOrderLinkState.open_dialog(order_id, name),
            ),
            button(
                "Copy a link", icon="link", on_click=MakeOrderLinkState.open_dialog(order_id, name)
            ),
            class_name="link-actions",
        ),
    )
    return card(
        rx.cond(OrderLinksState.links.length() > 0, listed, none),
        share,
        title="For the customer",
    )


def _link(link: Any) -> rx.Component:
    end = rx.cond(
        (link["open"] != "") & OrderLinksState.may_share,
        icon_button("link-2-off", "End this link", on_click=OrderLinksState.revoke(link["id"])),
    )
    return rx.el.li(
        rx.el.span(link["sent_to"], rx.el.span(link["until"], class_name="detail")),
        badge(link["state"], link["tone"]),
        end,
        key=link["id"],
    )


def order_link_dialogs() -> rx.Component:
    """Return the dialogs that make and send links."""
    return rx.fragment(
        form_dialog(
            SendOrderLinkState,
            text_field(
                "E-mail",
                "to_address",
                errors=SendOrderLinkState.field_errors,
                input_mode="email",
                hint="Empty: the customer's own.",
                wide=True,
                max_length=254,
            ),
            _days(SendOrderLinkState),
            title="Send the order's link",
            subtitle=SendOrderLinkState.subject["label"],
            submit="Send",
        ),
        form_dialog(
            MakeOrderLinkState,
            _days(MakeOrderLinkState),
            title="A link for the customer",
            subtitle="Whoever has it sees this order and its invoices, nothing else.",
            submit="Make the link",
        ),
        dialog(
            MakeOrderLinkState.is_made,
            issued_secret(
                "Link",
                f"Copy the link now: it is shown this once. It works until {MakeOrderLinkState.until}.",
                on_kept=MakeOrderLinkState.forget_link,
            ),
            title="A link for the customer",
            on_close=MakeOrderLinkState.forget_link,
        ),
    )


def _days(state: Any) -> rx.Component:
    return quantity_field(
        "Works for days",
        "valid_days",
        errors=state.field_errors,
        required=True,
        default_value="30",
    )
