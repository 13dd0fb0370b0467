"""Limits of the law as dated rows: what was published, and what an accountant adds."""

import reflex as rx

from erp.components import (
    Empty,
    button,
    date_field,
    form_dialog,
    list_view,
    money_field,
    page_header,
    select_field,
    text_field,
)
from erp.pages.gst_returns.tabs import gst_tabs
from erp.pages.routing import page
from erp.state.gst_returns.limits import KINDS, WHERE, AddLimitState, LimitListState
from erp.state.gst_returns.wording import VIEW


@page(
    route="/gst/limits",
    title="Limits of the law",
    permission=VIEW,
    parent="/gst",
    on_load=[LimitListState.open_list, LimitListState.listen],
)
def limits_page() -> rx.Component:
    """List limits, each from its day on, and add the next."""
    add = button(
        "Add a limit", look="solid", icon="plus", on_click=AddLimitState.open_dialog("", "")
    )
    return rx.fragment(
        page_header(
            "Limits of the law",
            "Each holds from its day on; the past is never edited.",
            rx.cond(LimitListState.may_add, add),
        ),
        gst_tabs("/gst/limits"),
        list_view(
            LimitListState,
            label="Limits",
            search="State or notification",
            empty=Empty("scale", "No limit", "What the law published comes with the product."),
        ),
        _adding(),
    )


def _adding() -> rx.Component:
    state = AddLimitState
    errors = state.field_errors
    return form_dialog(
        state,
        select_field("What it decides", "kind", list(KINDS.items()), errors=errors, required=True),
        select_field("Where", "state", WHERE, errors=errors),
        date_field("From", "valid_from", errors=errors, required=True),
        money_field("Amount, or percent", "amount", errors=errors, required=True),
        text_field(
            "Says so",
            "source",
            errors=errors,
            required=True,
            max_length=120,
            placeholder="Notification 12/2024-CT",
        ),
        title="Add a limit",
        subtitle="It counts from its day on. For days of filed returns the old one stays.",
        submit="Add",
    )
