"""Webhooks: the list, making one, and one with what became of its events."""

from typing import Any

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    badge,
    button,
    card,
    dialog,
    fact_list,
    form_view,
    grid,
    link_button,
    list_view,
    notice,
    page_header,
    submit_button,
    text_field,
)
from erp.components.issued import issued_secret
from erp.components.records import record_view
from erp.pages.routing import Nav, page
from erp.state.automation.webhooks import (
    OPERATE,
    ChangeWebhookState,
    NewWebhookState,
    WebhookDeliveriesState,
    WebhookListState,
    WebhookState,
)

head = WebhookState.head
Deliveries = WebhookDeliveriesState


@page(
    route="/settings/webhooks",
    title="Webhooks",
    permission=OPERATE,
    nav=Nav("Webhooks", "webhook", group="Setup", order=65),
    on_load=[WebhookListState.open_list, WebhookListState.listen],
)
def webhooks_page() -> rx.Component:
    """List webhooks."""
    return rx.fragment(
        page_header(
            "Webhooks",
            "Other programs hear of what happens here. Every post is signed.",
            link_button("New webhook", "/settings/webhooks/new", icon="plus"),
        ),
        list_view(
            WebhookListState,
            label="Webhooks",
            search="Name or address",
            empty=Empty(
                "webhook",
                "No webhook yet",
                "Add one to tell another program of events as they happen.",
            ),
        ),
    )


@page(
    route="/settings/webhooks/new",
    title="New webhook",
    permission=OPERATE,
    parent="/settings/webhooks",
    command="automation.add_webhook",
    on_load=[NewWebhookState.open_form],
)
def new_webhook_page() -> rx.Component:
    """Make a webhook."""
    errors = NewWebhookState.field_errors
    form = form_view(
        NewWebhookState,
        text_field("Name", "name", errors=errors, required=True, placeholder="Clinic's archive"),
        _address(errors),
        _events(NewWebhookState),
        submit="Add webhook",
        cancel_to="/settings/webhooks",
    )
    return rx.fragment(
        page_header("New webhook", "It hears of what happens from now on."),
        card(rx.cond(NewWebhookState.is_issued, _secret(NewWebhookState.leave), form)),
    )


@page(
    route="/settings/webhooks/[endpoint_id]",
    title="Webhook",
    permission=OPERATE,
    parent="/settings/webhooks",
    on_load=[
        WebhookState.open_record,
        Deliveries.open_list,
        WebhookState.listen,
        Deliveries.listen,
    ],
)
def webhook_page() -> rx.Component:
    """Show one webhook and what became of its events."""
    return record_view(
        WebhookState,
        page_header(head["name"], head["url"], _actions()),
        rx.cond(head["warning"] != "", notice(head["warning"], tone="amber", icon="circle-alert")),
        list_view(
            Deliveries,
            label="Deliveries",
            search="Event",
            filters=[
                Filter(
                    "status",
                    "State",
                    [("due", "Waiting"), ("delivered", "Delivered"), ("failed", "Failed")],
                )
            ],
            row_action=_retry,
            empty=Empty(
                "send", "Nothing posted yet", "Send a test event to see whether it arrives."
            ),
        ),
        grid(
            rx.el.div(card(_facts(), title="Webhook"), class_name="span-6 full-below"),
        ),
        dialog(
            WebhookState.is_issued,
            _secret(WebhookState.hide_secret),
            title="Its new signing secret",
            on_close=WebhookState.hide_secret,
        ),
        _change_dialog(),
        list_route="/settings/webhooks",
        list_label="All webhooks",
    )


def _actions() -> rx.Component:
    active = rx.fragment(
        button("Send test event", look="solid", icon="send", on_click=WebhookState.act("test")),
        button("Change", icon="pencil", on_click=ChangeWebhookState.open_dialog),
        button("New secret", icon="key-round", on_click=WebhookState.renew_secret),
        button("Stop", icon="pause", on_click=WebhookState.act("stop")),
    )
    start = button("Start", look="solid", icon="play", on_click=WebhookState.act("start"))
    return rx.cond(head["is_active"] != "", active, start)


def _facts() -> rx.Component:
    names = rx.el.ul(
        rx.foreach(WebhookState.events, lambda name: rx.el.li(name, key=name)), class_name="plain"
    )
    return fact_list(
        [
            ("State", badge(head["state"], head["tone"])),
            ("Last 7 days", head["counts"]),
            ("Hears of", names),
        ]
    )


def _retry(row: Any) -> rx.Component:
    return rx.cond(
        row["may_retry"] != "",
        button(
            "Post again", look="outline", icon="rotate-cw", on_click=Deliveries.retry(row["id"])
        ),
    )


def _change_dialog() -> rx.Component:
    state = ChangeWebhookState
    form = rx.el.form(
        rx.el.input(type="hidden", name="idempotency_key", value=state.form_key, read_only=True),
        rx.cond(state.form_error != "", notice(state.form_error, tone="red")),
        rx.el.div(
            text_field(
                "Name",
                "name",
                errors=state.field_errors,
                required=True,
                default_value=state.facts["name"],
            ),
            _address(state.field_errors, default_value=state.facts["url"]),
            _events(state),
            class_name="form-grid",
        ),
        rx.el.div(
            button("Cancel", on_click=state.close_dialog),
            submit_button("Save", busy=state.is_busy),
            class_name="form-foot",
        ),
        on_submit=state.submit,
        class_name="form",
        no_validate=True,
    )
    return dialog(state.is_open, form, title="Change webhook", on_close=state.close_dialog)


def _address(errors: rx.Var[dict[str, str]], **props: Any) -> rx.Component:
    return text_field(
        "Address",
        "url",
        errors=errors,
        required=True,
        placeholder="https://example.org/hooks/vantage",
        hint="HTTPS, a public host. Redirects are not followed.",
        **props,
    )


def _events(state: Any) -> rx.Component:
    def event(item: rx.Var[dict[str, str]]) -> rx.Component:
        box = rx.el.input(
            type="checkbox",
            default_checked=item["chosen"] != "",
            on_change=state.toggle_event(item["value"]),
        )
        return rx.el.label(
            box, item["title"], class_name="check", key=f"{state.form_key}{item['value']}"
        )

    errors = state.field_errors
    return rx.el.fieldset(
        rx.el.legend("Hears of", class_name="field-label"),
        rx.el.div(rx.foreach(state.events, event), class_name="checks"),
        rx.cond(errors["events"], rx.el.p(errors["events"], class_name="error", role="alert")),
        class_name="full",
    )


def _secret(on_kept: Any) -> rx.Component:
    return issued_secret(
        "Secret",
        "Copy the secret now: it is shown this once. The receiver checks the signature with it.",
        on_kept=on_kept,
    )
