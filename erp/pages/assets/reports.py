"""The asset register, and a month's depreciation."""

from typing import Any

import reflex as rx

from erp.components import (
    button,
    card,
    data_table,
    day_filter,
    download_link,
    empty_state,
    notice,
    page_header,
)
from erp.pages.assets.tabs import asset_tabs
from erp.pages.routing import page
from erp.state.assets.reports import (
    LOSS_COLUMNS,
    REGISTER_COLUMNS,
    DepreciationState,
    RegisterState,
)
from erp.state.assets.wording import VIEW

EXPORT = "/api/erp/export/assets.show_register"


@page(
    route="/fixed-assets/register",
    title="Asset register",
    permission=VIEW,
    parent="/fixed-assets",
    on_load=[RegisterState.open_report],
)
def asset_register_page() -> rx.Component:
    """Show the register over some days."""
    state = RegisterState
    table = data_table(
        REGISTER_COLUMNS, state.rows, label="Asset register", loading=state.is_loading, linked=True
    )
    nothing = empty_state("armchair", "No asset in these days", "Choose other days.")
    is_empty = ~state.is_loading & (state.rows.length() == 0)
    return rx.fragment(
        page_header(
            "Asset register",
            "Gross block, depreciation and what is left.",
            day_filter(
                "From", state.choices["from_day"], lambda day: state.choose("from_day", day)
            ),
            day_filter("To", state.choices["to_day"], lambda day: state.choose("to_day", day)),
            download_link("PDF", f"/api/erp/asset-register.pdf?{state.asked}", icon="file-text"),
            download_link("XLSX", f"{EXPORT}.xlsx?{state.asked}"),
        ),
        asset_tabs("/fixed-assets/register"),
        rx.cond(state.problem != "", notice(state.problem, tone="red")),
        card(rx.cond(is_empty, nothing, table), _totals()),
        rx.cond(state.accounts.length() > 0, _proof()),
    )


def _totals() -> rx.Component:
    totals = RegisterState.totals
    parts = [("Gross", "cost_after"), ("Depreciation", "lost_after"), ("Net", "worth")]
    return rx.cond(
        RegisterState.rows.length() > 0,
        rx.el.dl(
            *[rx.el.div(rx.el.dt(label), rx.el.dd(totals[name])) for label, name in parts],
            class_name="sums",
        ),
    )


def _proof() -> rx.Component:
    titles = rx.el.tr(
        rx.el.th("Account", scope="col"),
        rx.el.th("Register", class_name="right", scope="col"),
        rx.el.th("Ledger", class_name="right", scope="col"),
        rx.el.th(rx.el.span("Agrees", class_name="sr-only"), scope="col"),
    )
    table = rx.el.table(
        rx.el.thead(titles),
        rx.el.tbody(rx.foreach(RegisterState.accounts, _account)),
        class_name="table",
        aria_label="Register and ledger",
    )
    return card(rx.el.div(table, class_name="scroll-x"), title="Beside the ledger")


def _account(one: Any) -> rx.Component:
    return rx.el.tr(
        rx.el.td(one["account"]),
        rx.el.td(one["register"], class_name="right numeric"),
        rx.el.td(one["ledger"], class_name="right numeric"),
        rx.el.td(
            rx.cond(
                one["agrees"] != "", rx.icon("check", size=16), rx.icon("triangle-alert", size=16)
            ),
            class_name="right",
        ),
        key=one["account"],
    )


def _clock() -> rx.Component:
    return button(
        rx.cond(DepreciationState.is_by_clock, "Stop the clock", "Run by the clock"),
        look="outline",
        icon="clock",
        on_click=DepreciationState.turn_clock,
    )


@page(
    route="/fixed-assets/depreciation",
    title="Depreciation",
    permission=VIEW,
    parent="/fixed-assets",
    on_load=[DepreciationState.open_run],
)
def depreciation_page() -> rx.Component:
    """Show what a month would post, and post it."""
    state = DepreciationState
    run = button(
        "Post depreciation",
        look="solid",
        icon="check",
        on_click=state.run_month,
        disabled=~state.may_run | state.is_busy,
    )
    table = data_table(
        LOSS_COLUMNS, state.rows, label="Depreciation", loading=state.is_loading, linked=True
    )
    nothing = empty_state(
        "circle-check", "Nothing to post", "No asset lost anything until the end of this month."
    )
    is_empty = ~state.is_loading & (state.rows.length() == 0)
    return rx.fragment(
        page_header(
            "Depreciation",
            state.words,
            day_filter("Month of", state.month, state.show_month),
            rx.cond(state.may_manage, _clock()),
            run,
        ),
        asset_tabs("/fixed-assets/depreciation"),
        rx.cond(state.problem != "", notice(state.problem, tone="amber", icon="hourglass")),
        card(
            rx.cond(is_empty, nothing, table),
            rx.cond(
                state.rows.length() > 0,
                rx.el.dl(
                    rx.el.div(rx.el.dt("Depreciation"), rx.el.dd(state.total)), class_name="sums"
                ),
            ),
            title="What it posts",
        ),
    )
