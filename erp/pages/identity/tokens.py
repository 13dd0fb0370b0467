"""Bearer tokens: the list, and issuing one."""

import reflex as rx

from erp.components import (
    Empty,
    button,
    card,
    confirm_dialog,
    form_view,
    link_button,
    list_view,
    page_header,
    quantity_field,
    text_field,
)
from erp.components.issued import issued_secret
from erp.pages.identity.tabs import access_tabs
from erp.pages.routing import page
from erp.state.identity.tokens import NewTokenState, TokenListState


@page(
    route="/settings/tokens",
    title="API tokens",
    permission="identity.token",
    on_load=[TokenListState.open_list],
)
def tokens_page() -> rx.Component:
    """List tokens."""
    return rx.fragment(
        page_header(
            "API tokens",
            "Scripts, web shops and partners sign in with a token. It never does more than its maker may.",
            link_button("Issue token", "/settings/tokens/new", icon="plus"),
        ),
        access_tabs("/settings/tokens"),
        list_view(
            TokenListState,
            label="API tokens",
            search="Search by name",
            row_action=_revoke,
            empty=Empty(
                "key-round", "No token yet", "Issue one for each program that calls the API."
            ),
        ),
        confirm_dialog(
            TokenListState.is_asking,
            title=f"Revoke {TokenListState.asked_name}?",
            message="The program that uses it is refused from now on. A revoked token never works again.",
            confirm="Revoke token",
            look="danger",
            on_confirm=TokenListState.revoke,
            on_cancel=TokenListState.keep,
        ),
    )


def _revoke(row: rx.Var[dict[str, str]]) -> rx.Component:
    return rx.cond(
        row["may_revoke"] != "",
        button(
            "Revoke",
            look="ghost",
            icon="ban",
            on_click=TokenListState.ask_revoke(row["id"], row["name"]),
        ),
    )


@page(
    route="/settings/tokens/new",
    title="Issue token",
    permission="identity.token",
    parent="/settings/tokens",
    command="identity.issue_token",
    on_load=[NewTokenState.open_form],
)
def new_token_page() -> rx.Component:
    """Issue a token."""
    return rx.fragment(
        page_header("Issue token", "Give it only what its program needs."),
        card(rx.cond(NewTokenState.is_issued, _issued(), _form())),
    )


def _form() -> rx.Component:
    errors = NewTokenState.field_errors

    def scope(item: rx.Var[dict[str, str]]) -> rx.Component:
        box = rx.el.input(
            type="checkbox",
            default_checked=item["chosen"] != "",
            on_change=NewTokenState.toggle_scope(item["value"]),
        )
        name = rx.el.span(item["value"], class_name="code")
        return rx.el.label(
            box, name, class_name="check", key=f"{NewTokenState.form_key}{item['value']}"
        )

    scopes = rx.el.fieldset(
        rx.el.legend("May", class_name="field-label"),
        rx.el.div(rx.foreach(NewTokenState.scopes, scope), class_name="checks"),
        rx.cond(errors["scopes"], rx.el.p(errors["scopes"], class_name="error", role="alert")),
        class_name="full",
    )
    return form_view(
        NewTokenState,
        text_field("Name", "name", errors=errors, required=True, placeholder="Web shop"),
        quantity_field(
            "Valid for days", "valid_days", errors=errors, required=True, default_value="90"
        ),
        scopes,
        submit="Issue token",
        cancel_to="/settings/tokens",
    )


def _issued() -> rx.Component:
    return issued_secret(
        "Token",
        f"Copy the token now: it is shown this once. It expires on {NewTokenState.expires}.",
        on_kept=NewTokenState.leave,
    )
