"""One's own password and PIN."""

import reflex as rx

from erp.components import card, form_view, grid, page_header, text_field
from erp.pages.routing import page
from erp.state.identity.own_account import OwnPasswordState, OwnPinState
from erp.state.registry import SIGNED_IN


@page(
    route="/settings/account",
    title="Your account",
    permission=SIGNED_IN,
    on_load=[OwnPasswordState.open_form, OwnPinState.open_form],
)
def own_account_page() -> rx.Component:
    """Change one's own password and PIN."""
    return rx.fragment(
        page_header(
            "Your account", "Your password opens your sessions; your PIN approves at a till."
        ),
        grid(
            card(
                _password(),
                title="Password",
                subtitle="Changing it signs you out everywhere.",
                span=6,
            ),
            card(
                _pin(),
                title="Approval PIN",
                subtitle="For who approves beside a till or signs sessions off.",
                span=6,
            ),
        ),
    )


def _password() -> rx.Component:
    errors = OwnPasswordState.field_errors
    return form_view(
        OwnPasswordState,
        text_field(
            "Present password",
            "current_password",
            errors=errors,
            required=True,
            type="password",
            auto_complete="current-password",
        ),
        text_field(
            "New password",
            "password",
            errors=errors,
            required=True,
            type="password",
            hint="At least 10 characters, without your user name.",
            auto_complete="new-password",
        ),
        submit="Change password",
    )


def _pin() -> rx.Component:
    return form_view(
        OwnPinState,
        text_field(
            "New PIN",
            "pin",
            errors=OwnPinState.field_errors,
            required=True,
            type="password",
            input_mode="numeric",
            hint="Four to eight digits, not all the same.",
            auto_complete="off",
            key=OwnPinState.form_key,
        ),
        submit="Set PIN",
    )
