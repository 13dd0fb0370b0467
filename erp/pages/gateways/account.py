"""One gateway account."""

import reflex as rx

from erp.components import (
    badge,
    button,
    card,
    fact_list,
    form_dialog,
    grid,
    link_button,
    notice,
    page_header,
    stat_tile,
    text_field,
)
from erp.components.records import or_dash, record_view
from erp.components.small_parts import tiles
from erp.pages.gateways.accounts import booking_fields, secret_field
from erp.pages.routing import page
from erp.state.gateways.accounts import ChangeGatewayState, GatewayState, RotateKeysState
from erp.state.gateways.wording import VIEW

head = GatewayState.head
RAZORPAY = (
    "payment.captured", "payment.failed", "payment_link.paid", "payment_link.cancelled", "payment_link.expired",
    "refund.processed", "refund.failed", "payment.dispute.created", "settlement.processed",
)  # fmt: skip
STRIPE = (
    "payment_intent.succeeded", "payment_intent.payment_failed", "checkout.session.completed", "refund.updated",
    "refund.failed", "charge.dispute.created", "payout.paid",
)  # fmt: skip


@page(
    route="/gateways/[account_id]",
    title="Gateway account",
    permission=VIEW,
    parent="/gateways",
    on_load=[GatewayState.open_record, GatewayState.listen],
)
def gateway_page() -> rx.Component:
    """Show one account at a provider."""
    return rx.fragment(
        record_view(
            GatewayState,
            page_header(head["name"], head["about"], _actions()),
            rx.cond(
                head["warning"] != "", notice(head["warning"], tone="amber", icon="circle-alert")
            ),
            tiles(
                stat_tile("With the provider", head["clearing"]),
                stat_tile(
                    "To settle",
                    rx.cond(head["open_exceptions"] != "", head["open_exceptions"], "0"),
                ),
            ),
            grid(
                rx.el.div(
                    _webhook(),
                    card(_booking(), title="Books"),
                    class_name="stack span-8 full-below",
                ),
                rx.el.div(card(_facts(), title="Account"), class_name="stack span-4 full-below"),
            ),
            list_route="/gateways",
            list_label="All accounts",
        ),
        _changing(),
        _rotating(),
    )


def _actions() -> rx.Component:
    label = head["name"]
    test = button(
        "Try the keys", look="outline", icon="plug-zap", on_click=GatewayState.act("check")
    )
    change = button(
        "Change", icon="pencil", on_click=ChangeGatewayState.open_dialog(head["id"], label)
    )
    keys = button(
        "New keys", icon="key-round", on_click=RotateKeysState.open_dialog(head["id"], label)
    )
    close = button("Close", look="ghost", icon="pause", on_click=GatewayState.act("close"))
    reopen = button("Open again", look="solid", icon="play", on_click=GatewayState.act("reopen"))
    fetch = button(
        "Fetch settlements", look="outline", icon="download", on_click=GatewayState.fetch
    )
    return rx.fragment(
        link_button("Settlements", "/gateways/settlements", look="outline", icon="list"),
        rx.cond(head["may_settle"] != "", fetch),
        rx.cond(
            head["may_arrange"] != "",
            rx.fragment(test, change, keys, rx.cond(head["is_active"] != "", close, reopen)),
        ),
    )


def _webhook() -> rx.Component:
    copied = [rx.set_clipboard(head["hook"]), rx.toast.success("Address copied.")]
    told = rx.cond(head["provider"] == "razorpay", ", ".join(RAZORPAY), ", ".join(STRIPE))
    return card(
        rx.el.p("Type this address in at the provider, with the webhook secret you gave here."),
        rx.el.code(head["hook"], class_name="code"),
        rx.el.p("Events: ", told, class_name="soft"),
        rx.el.div(
            button("Copy address", look="outline", icon="copy", on_click=copied),
            class_name="actions",
        ),
        title="Address for the provider's calls",
    )


def _booking() -> rx.Component:
    return fact_list(
        [
            ("Settles to", head["bank"]),
            ("Tax on its charges", head["tax"]),
            ("GSTIN of the provider", or_dash(head["supplier_gstin"])),
            ("Settlements asked for", or_dash(head["settlements_at"])),
        ]
    )


def _facts() -> rx.Component:
    return fact_list(
        [
            ("State", badge(head["state"], head["tone"])),
            ("Key id", rx.el.span(head["key_id"], class_name="code")),
            ("Keys tried", or_dash(head["checked"])),
            ("Last call", or_dash(head["last_event"])),
            ("Calls refused", head["rejected"]),
            ("Old webhook secret holds until", or_dash(head["previous"])),
        ]
    )


def _changing() -> rx.Component:
    state = ChangeGatewayState
    errors = state.field_errors
    facts = state.facts
    return form_dialog(
        state,
        text_field("Name", "name", errors=errors, required=True, default_value=facts["name"]),
        *booking_fields(
            state,
            errors,
            bank_key=facts["bank_key"],
            fee_key=facts["fee_key"],
            supplier_gstin=facts["supplier_gstin"],
            is_interstate=facts["is_interstate"] != "",
        ),
        title="Change account",
        subtitle="Settlements that are booked stay as they are.",
    )


def _rotating() -> rx.Component:
    state = RotateKeysState
    errors = state.field_errors
    return form_dialog(
        state,
        text_field("Key id", "key_id", errors=errors, auto_complete="off"),
        secret_field("Key secret", "key_secret", errors),
        secret_field("Webhook secret", "webhook_secret", errors),
        title="New keys",
        subtitle="What is left empty stays. The webhook secret before holds for another day.",
    )
