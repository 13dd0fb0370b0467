"""The gateway accounts of the business, and opening one."""

from typing import Any

import reflex as rx

from erp.components import (
    card,
    check_field,
    data_table,
    empty_state,
    form_view,
    link_button,
    page_header,
    page_skeleton,
    select_field,
    text_field,
)
from erp.pages.gateways.tabs import gateway_tabs
from erp.pages.routing import page
from erp.state.gateways.accounts import ACCOUNT_COLUMNS, GatewayListState, OpenGatewayState
from erp.state.gateways.wording import ARRANGE, PROVIDERS, VIEW


@page(
    route="/gateways",
    title="Gateway accounts",
    permission=VIEW,
    parent="/payment-links",
    on_load=[GatewayListState.open_accounts, GatewayListState.listen],
)
def gateways_page() -> rx.Component:
    """Show every gateway account with what the provider holds."""
    state = GatewayListState
    add = link_button("New account", "/gateways/new", icon="plus")
    none = empty_state(
        "credit-card",
        "No gateway account yet",
        "Open one with the keys of your account at Razorpay or Stripe.",
        rx.cond(state.may_arrange, add),
    )
    table = data_table(ACCOUNT_COLUMNS, state.rows, label="Gateway accounts", linked=True)
    return rx.fragment(
        page_header(
            "Gateway accounts",
            "Where customers pay online, and what the providers hold of it.",
            rx.cond(state.may_arrange & (state.rows.length() > 0), add),
        ),
        gateway_tabs("/gateways"),
        rx.cond(
            state.is_loading,
            page_skeleton(),
            rx.el.section(
                rx.cond(state.rows.length() > 0, table, none),
                class_name="card list",
                aria_label="Gateway accounts",
            ),
        ),
    )


@page(
    route="/gateways/new",
    title="New gateway account",
    permission=ARRANGE,
    parent="/gateways",
    command="gateways.open_account",
    on_load=[OpenGatewayState.open_form],
)
def new_gateway_page() -> rx.Component:
    """Open an account at a provider."""
    state = OpenGatewayState
    errors = state.field_errors
    form = form_view(
        state,
        select_field("Provider", "provider", list(PROVIDERS.items()), errors=errors, required=True),
        text_field("Name", "name", errors=errors, required=True, placeholder="Online payments"),
        text_field(
            "Key id",
            "key_id",
            errors=errors,
            required=True,
            hint="Razorpay: rzp_...; Stripe: the publishable key, pk_...",
            auto_complete="off",
        ),
        secret_field("Key secret", "key_secret", errors, required=True),
        secret_field(
            "Webhook secret",
            "webhook_secret",
            errors,
            required=True,
            hint="Razorpay: one you choose there; Stripe: whsec_...",
        ),
        *booking_fields(state, errors),
        submit="Open account",
        cancel_to="/gateways",
    )
    return rx.fragment(
        page_header(
            "New gateway account",
            "Its payments become receipts of the branch you work in. Keys are stored sealed and never shown again.",
        ),
        card(form),
    )


def secret_field(
    label: str, name: str, errors: Any, *, required: bool = False, hint: str = ""
) -> rx.Component:
    """Return a field for a secret, which no browser keeps."""
    return text_field(
        label,
        name,
        errors=errors,
        required=required,
        hint=hint,
        type="password",
        auto_complete="new-password",
        max_length=300,
    )


def booking_fields(state: Any, errors: Any, **held: Any) -> list[rx.Component]:
    """Return the fields that say where an account's money is booked.

    Args:
        held: Default values by field: `bank_key`, `fee_key`, `supplier_gstin`, `is_interstate`.
    """
    return [
        select_field(
            "Settles to",
            "bank_key",
            state.banks,
            errors=errors,
            required=True,
            **_default(held, "bank_key"),
        ),
        select_field(
            "Charges to",
            "fee_key",
            state.fees,
            errors=errors,
            required=True,
            **_default(held, "fee_key"),
        ),
        text_field(
            "GSTIN of the provider",
            "supplier_gstin",
            errors=errors,
            hint="Its bills are asked about where they are typed in elsewhere",
            max_length=15,
            **_default(held, "supplier_gstin"),
        ),
        check_field(
            "The provider bills from another state (integrated tax on its charges)",
            "is_interstate",
            **({"default_checked": held["is_interstate"]} if "is_interstate" in held else {}),
        ),
    ]


def _default(held: dict[str, Any], name: str) -> dict[str, Any]:
    return {"default_value": held[name], "key": held[name]} if name in held else {}
