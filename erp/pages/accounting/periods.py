"""Months of the books."""

import reflex as rx

from erp.components import (
    Empty,
    button,
    dialog,
    form_dialog,
    list_view,
    notice,
    page_header,
    select_field,
    submit_button,
    text_field,
)
from erp.pages.accounting.tabs import book_tabs
from erp.pages.routing import page
from erp.state.accounting.periods import CloseYearState, ReopenYearState, YearListState
from erp.state.accounting.periods import PeriodListState as Months


@page(
    route="/books/periods",
    title="Periods",
    permission="accounting.view",
    on_load=[Months.open_list, YearListState.open_list],
)
def periods_page() -> rx.Component:
    """List months and close them."""
    return rx.fragment(
        page_header(
            "Periods",
            "A closed month takes no entries; it may be opened again. A locked one stays closed.",
        ),
        book_tabs("/books/periods"),
        list_view(
            Months,
            label="Periods",
            search="",
            row_action=_actions,
            empty=Empty("calendar", "No month yet", "A month opens with its first entry."),
        ),
        _question(),
        rx.el.div(
            rx.el.h2("Financial years"),
            rx.el.p("Closing a year carries its profit to capital and closes its months."),
            class_name="section-head",
        ),
        list_view(
            YearListState,
            label="Financial years",
            search="",
            row_action=_year_actions,
            empty=Empty("calendar", "No year yet", "A year begins with its first entry."),
        ),
        _closing(),
        _reopening(),
    )


def _year_actions(row: rx.Var[dict[str, str]]) -> rx.Component:
    close = button(
        "Close year",
        look="ghost",
        icon="lock",
        on_click=CloseYearState.open_dialog(row["id"], row["year"]),
    )
    reopen = button(
        "Reopen",
        look="ghost",
        icon="lock-open",
        on_click=ReopenYearState.open_dialog(row["id"], row["year"]),
    )
    return rx.match(
        row["state"],
        ("open", rx.cond(YearListState.may_close, close)),
        ("closed", rx.cond(YearListState.may_reopen, reopen)),
        rx.fragment(),
    )


def _closing() -> rx.Component:
    state = CloseYearState
    errors = state.field_errors
    lines = rx.el.dl(
        rx.foreach(
            state.accounts,
            lambda one: rx.el.div(rx.el.dt(one["name"]), rx.el.dd(one["balance"]), key=one["id"]),
        ),
        class_name="carried",
    )
    return form_dialog(
        state,
        rx.cond(state.preview != "", rx.el.div(rx.el.b(state.preview), lines, class_name="full")),
        select_field(
            "Carried to",
            "carry_to",
            (("capital", "Capital Account"), ("retained_earnings", "Retained Earnings")),
            errors=errors,
        ),
        text_field("Reason", "reason", errors=errors, required=True, auto_focus=True),
        title=f"Close {state.subject['label']}",
        subtitle="Late entries wait until the owner reopens the year.",
        submit="Close year",
    )


def _reopening() -> rx.Component:
    state = ReopenYearState
    return form_dialog(
        state,
        text_field("Reason", "reason", errors=state.field_errors, required=True, auto_focus=True),
        title=f"Reopen {state.subject['label']}",
        subtitle="The year-end entries are taken back and its last month takes entries again.",
        submit="Reopen year",
    )


def _actions(row: rx.Var[dict[str, str]]) -> rx.Component:
    def ask(label: str, status: str, icon: str) -> rx.Component:
        return button(
            label, look="ghost", icon=icon, on_click=Months.ask(row["id"], status, row["starts_on"])
        )

    closing = rx.fragment(ask("Close", "closed", "lock"))
    locking = rx.fragment(ask("Lock", "locked", "shield"))
    opening = rx.fragment(ask("Open", "open", "lock-open"), locking)
    choices = rx.match(
        row["may_change"],
        ("open", closing),
        ("closed", opening),
        ("carried", locking),
        rx.fragment(),
    )
    return rx.cond(Months.may_close, rx.el.div(choices, class_name="row-actions"))


def _question() -> rx.Component:
    form = rx.el.form(
        rx.el.input(type="hidden", name="idempotency_key", value=Months.form_key, read_only=True),
        rx.cond(Months.form_error != "", notice(Months.form_error, tone="red")),
        text_field("Reason", "reason", errors=Months.field_errors, required=True, auto_focus=True),
        rx.el.div(
            button("Cancel", on_click=Months.keep),
            submit_button(Months.asked_title, busy=Months.is_busy),
            class_name="form-foot",
        ),
        on_submit=Months.change,
        class_name="form",
        no_validate=True,
    )
    return dialog(
        Months.is_asking,
        form,
        title=Months.asked_title,
        subtitle="The reason is kept with the month and in the audit.",
        on_close=Months.keep,
    )
