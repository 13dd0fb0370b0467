"""The trial balance."""

import reflex as rx

from erp.components import (
    card,
    data_table,
    day_filter,
    download_link,
    empty_state,
    notice,
    page_header,
)
from erp.pages.accounting.tabs import REPORTS_HOME, report_tabs
from erp.pages.routing import Nav, page
from erp.state.accounting.trial_balance import COLUMNS
from erp.state.accounting.trial_balance import TrialBalanceState as Report

EXPORT = "/api/erp/export/accounting.trial_balance"


@page(
    route="/books/trial-balance",
    title="Trial balance",
    permission="accounting.view",
    nav=Nav("Books", "book-open", group="Money", order=10, keys="g b", section="/books"),
    on_load=[Report.open_report],
)
def trial_balance_page() -> rx.Component:
    """Show the balance of every account as of a day."""
    return rx.fragment(
        page_header(
            "Trial balance",
            rx.cond(
                Report.day != "",
                f"As of {Report.day}, movements since {Report.since}. Open an account for its lines.",
                "",
            ),
            day_filter("As of", Report.as_of, Report.show_day),
            day_filter("Known on", Report.known_on, Report.show_known),
            download_link(
                "PDF", f"/api/erp/books/trial-balance.pdf?{Report.asked}", icon="file-text"
            ),
            download_link("XLSX", f"{EXPORT}.xlsx?{Report.asked}"),
            download_link("CSV", f"{EXPORT}.csv?{Report.asked}"),
        ),
        *report_tabs(REPORTS_HOME),
        rx.cond(Report.problem != "", notice(Report.problem, tone="red")),
        card(_table(), _totals()),
    )


def _table() -> rx.Component:
    table = data_table(
        COLUMNS, Report.rows, label="Trial balance", loading=Report.is_loading, linked=True
    )
    nothing = empty_state(
        "scale", "Nothing is booked yet", "Balances appear with the first sale, receipt or entry."
    )
    is_empty = ~Report.is_loading & (Report.rows.length() == 0)
    return rx.cond(is_empty, nothing, table)


def _totals() -> rx.Component:
    return rx.cond(
        Report.rows.length() > 0,
        rx.el.dl(
            rx.el.div(rx.el.dt("Total debit"), rx.el.dd(Report.total_debit)),
            rx.el.div(rx.el.dt("Total credit"), rx.el.dd(Report.total_credit)),
            class_name="sums",
        ),
    )
