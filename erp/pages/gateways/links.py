"""Payment links: the list and one of them."""

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    badge,
    button,
    card,
    data_table,
    fact_list,
    form_dialog,
    grid,
    link_button,
    list_view,
    money_field,
    notice,
    page_header,
    reason_field,
)
from erp.components.records import record_view
from erp.pages.gateways.tabs import gateway_tabs
from erp.pages.routing import Nav, page
from erp.state.gateways.links import (
    BACK_COLUMNS,
    ITEM_COLUMNS,
    PAID_COLUMNS,
    LinkListState,
    LinkState,
    RefundState,
)
from erp.state.gateways.wording import LINKS, VIEW

head = LinkState.head


@page(
    route="/payment-links",
    title="Payment links",
    permission=VIEW,
    nav=Nav("Payment links", "link", group="Money", order=47),
    on_load=[LinkListState.open_list, LinkListState.listen],
)
def links_page() -> rx.Component:
    """List payment links."""
    return rx.fragment(
        page_header(
            "Payment links",
            "What customers were asked to pay online; what comes settles it by itself.",
        ),
        gateway_tabs("/payment-links"),
        list_view(
            LinkListState,
            label="Payment links",
            search="Customer, invoice or reference",
            filters=[
                Filter("status", "State", list(LINKS.items())),
                Filter("from_day", "From"),
                Filter("to_day", "To"),
            ],
            empty=Empty(
                "link",
                "No payment link yet",
                "Ask for a payment on an invoice or on a customer's account.",
                link_button("Receivables", "/receivables", look="outline"),
            ),
        ),
    )


@page(
    route="/payment-links/[link_id]",
    title="Payment link",
    permission=VIEW,
    parent="/payment-links",
    on_load=[LinkState.open_record, LinkState.listen],
)
def link_page() -> rx.Component:
    """Show one payment link."""
    waits = notice("The provider is making the link. It appears here by itself.", icon="info")
    return rx.fragment(
        record_view(
            LinkState,
            page_header(head["title"], head["about"], _actions()),
            rx.cond(head["problem"] != "", notice(head["problem"], tone="red")),
            rx.cond(head["is_due"] != "", waits),
            rx.cond(
                head["is_cancelling"] != "",
                notice("The provider is asked to take this link back.", icon="info"),
            ),
            grid(
                rx.el.div(
                    card(
                        data_table(ITEM_COLUMNS, LinkState.items, label="For", linked=True),
                        title="What it is for",
                    ),
                    _money(),
                    class_name="stack span-8 full-below",
                ),
                rx.el.div(
                    rx.cond(head["qr"] != "", _code()),
                    card(_facts(), title="Link"),
                    class_name="stack span-4 full-below",
                ),
            ),
            list_route="/payment-links",
            list_label="All payment links",
        ),
        refund_dialog(),
    )


def refund_dialog() -> rx.Component:
    """Return the form that gives money of a payment back."""
    errors = RefundState.field_errors
    return form_dialog(
        RefundState,
        money_field("Amount", "amount", errors=errors, hint="Empty gives back all that is left"),
        reason_field(errors, "Goods came back"),
        title="Refund",
        subtitle=RefundState.subject["label"],
        submit="Give it back",
    )


def _actions() -> rx.Component:
    cancel = button("Cancel link", look="ghost", icon="ban", on_click=LinkState.act("cancel"))
    look = button("Look again", look="ghost", icon="refresh-cw", on_click=LinkState.act("look_at"))
    send = button("Send by e-mail", look="outline", icon="mail", on_click=LinkState.act("send"))
    refund = button(
        "Refund",
        look="outline",
        icon="undo-2",
        on_click=RefundState.open_dialog(
            head["refundable_id"], head["refundable"] + " may go back"
        ),
    )
    may_refund = (head["may_refund"] != "") & (head["refundable_id"] != "")
    return rx.fragment(
        rx.cond(head["may_cancel"] != "", cancel),
        rx.cond(head["may_look"] != "", look),
        link_button("Customer's account", head["party_href"], look="outline", icon="user"),
        rx.cond(head["may_send"] != "", send),
        rx.cond(may_refund, refund),
    )


def _money() -> rx.Component:
    paid = data_table(PAID_COLUMNS, LinkState.payments, label="Payments")
    back = data_table(BACK_COLUMNS, LinkState.refunds, label="Refunds")
    nothing = rx.el.p("Nothing was paid by it yet.", class_name="soft")
    return rx.fragment(
        card(rx.cond(LinkState.payments.length() > 0, paid, nothing), title="Payments"),
        rx.cond(LinkState.refunds.length() > 0, card(back, title="Refunds")),
    )


def _code() -> rx.Component:
    copied = [rx.set_clipboard(head["url"]), rx.toast.success("Link copied.")]
    return card(
        rx.el.img(
            src=head["qr"],
            alt="The link as a code to scan",
            style={"width": "220px", "max_width": "100%"},
        ),
        rx.el.code(head["url"], class_name="code"),
        rx.el.div(
            button("Copy link", look="solid", icon="copy", on_click=copied), class_name="actions"
        ),
        title="Scan to pay",
    )


def _facts() -> rx.Component:
    return fact_list(
        [
            ("State", badge(head["status"], head["tone"])),
            ("Customer", head["party"]),
            ("Through", head["account"]),
            ("Asked", head["requested"]),
            ("Holds until", head["expires"]),
            ("Sent", head["sent"]),
            ("Reference", rx.el.span(head["reference"], class_name="code")),
        ]
    )
