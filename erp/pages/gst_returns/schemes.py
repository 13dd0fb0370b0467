"""How the company pays GST: regularly, or by composition."""

import reflex as rx

from erp.components import (
    Empty,
    button,
    date_field,
    form_dialog,
    list_view,
    page_header,
    select_field,
    stat_tile,
    text_field,
)
from erp.components.small_parts import tiles
from erp.pages.gst_returns.tabs import gst_tabs
from erp.pages.routing import page
from erp.state.gst_returns.schemes import ChangeSchemeState, SchemeListState
from erp.state.gst_returns.wording import TRADES, VIEW

CHOICES = (("composition", "By composition, on turnover"), ("regular", "Regularly"))


@page(
    route="/gst/scheme",
    title="GST scheme",
    permission=VIEW,
    parent="/gst",
    on_load=[SchemeListState.open_list, SchemeListState.listen],
)
def scheme_page() -> rx.Component:
    """Show how the company pays GST on which days, and change it."""
    state = SchemeListState
    change = button(
        "Change", look="solid", icon="repeat", on_click=ChangeSchemeState.open_dialog("", "")
    )
    return rx.fragment(
        page_header(
            "GST scheme",
            "How the company pays, for all its registrations; each holds from its day on.",
            rx.cond(state.may_change, change),
        ),
        gst_tabs("/gst/scheme"),
        tiles(
            stat_tile("Today", state.today, icon="landmark", note="How bills are written"),
            stat_tile("Turnover", state.turnover, icon="chart-line", note="This financial year"),
            stat_tile("Composition ends at", state.limit, icon="scale", note="Turnover of a year"),
        ),
        list_view(
            state,
            label="Schemes",
            search="",
            empty=Empty("landmark", "Nothing found", "Search for something else."),
        ),
        _changing(),
    )


def _changing() -> rx.Component:
    state = ChangeSchemeState
    errors = state.field_errors
    return form_dialog(
        state,
        select_field("The company pays", "scheme", CHOICES, errors=errors, required=True),
        select_field("It lives from (composition)", "trade", list(TRADES.items()), errors=errors),
        date_field("From", "valid_from", errors=errors, required=True),
        text_field(
            "Told the portal by",
            "reason",
            errors=errors,
            required=True,
            max_length=120,
            placeholder="CMP-02 of 28 March, ARN",
        ),
        title="Change how GST is paid",
        subtitle="By composition bills bear no tax, nothing goes to other states and no credit is taken."
        " The days before stay as they are.",
        submit="Change",
    )
