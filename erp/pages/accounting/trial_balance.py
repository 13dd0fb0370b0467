"""The trial balance."""

import reflex as rx

from erp.components import data_table, empty_state
from erp.pages.accounting.statements import report_page, statement_table
from erp.pages.accounting.tabs import REPORTS_HOME
from erp.pages.routing import Nav, page
from erp.state.accounting.statements import SPLIT
from erp.state.accounting.trial_balance import COLUMNS
from erp.state.accounting.trial_balance import TrialBalanceState as Report


@page(
    route=REPORTS_HOME,
    title="Trial balance",
    permission="accounting.view",
    nav=Nav("Books", "book-open", group="Money", order=10, keys="g b", section="/books"),
    on_load=[Report.open_report],
)
def trial_balance_page() -> rx.Component:
    """Show the balance of every account as of a day, or of several beside each other."""
    alone = f"As of {Report.day}, movements since {Report.since}. Open an account for its lines."
    beside = (
        "Balances beside each other, by the groups of the chart. Every figure leads to its lines."
    )
    about = rx.cond(Report.day != "", rx.cond(Report.is_beside, beside, alone), "")
    return report_page(
        Report,
        (REPORTS_HOME, "Trial balance"),
        about,
        (("as_of", "As of"),),
        SPLIT,
        rx.cond(
            Report.is_beside,
            statement_table(Report, "Trial balance"),
            rx.fragment(_table(), _totals()),
        ),
        export=rx.cond(
            Report.is_beside, "accounting.compare_trial_balances", "accounting.trial_balance"
        ),
        can_fold=Report.is_beside,
    )


def _table() -> rx.Component:
    table = data_table(
        COLUMNS, Report.accounts, label="Trial balance", loading=Report.is_loading, linked=True
    )
    nothing = empty_state(
        "scale", "Nothing is booked yet", "Balances appear with the first sale, receipt or entry."
    )
    is_empty = ~Report.is_loading & (Report.accounts.length() == 0) & (Report.problem == "")
    return rx.cond(is_empty, nothing, table)


def _totals() -> rx.Component:
    return rx.cond(
        Report.accounts.length() > 0,
        rx.el.dl(
            rx.el.div(rx.el.dt("Total debit"), rx.el.dd(Report.total_debit)),
            rx.el.div(rx.el.dt("Total credit"), rx.el.dd(Report.total_credit)),
            class_name="sums",
        ),
    )
