"""A party's statement of account."""

import reflex as rx

from erp.components import (
    card,
    data_table,
    date_field,
    download_link,
    link_button,
    page_header,
    stat_tile,
    submit_button,
)
from erp.components.records import record_view
from erp.components.small_parts import tiles
from erp.pages.routing import page
from erp.state.payments.statement import COLUMNS, StatementState
from erp.state.payments.wording import VIEW

head = StatementState.head


@page(
    route="/receivables/[party_id]/statement",
    title="Statement",
    permission=VIEW,
    parent="/receivables",
    on_load=[StatementState.open_statement],
)
def customer_statement_page() -> rx.Component:
    """Show a customer's account day by day."""
    return _statement("/receivables", "All receivables")


@page(
    route="/payables/[party_id]/statement",
    title="Statement",
    permission=VIEW,
    parent="/payables",
    on_load=[StatementState.open_statement],
)
def supplier_statement_page() -> rx.Component:
    """Show a supplier's account day by day."""
    return _statement("/payables", "All payables")


def _statement(back: str, label: str) -> rx.Component:
    table = data_table(COLUMNS, StatementState.lines, label="Statement", linked=True)
    none = rx.el.p("Nothing came or went between these days.", class_name="soft")
    return record_view(
        StatementState,
        page_header(
            head["party"],
            f"Statement of account, {head['days']}",
            link_button("Account", head["href"], look="outline", icon="scale"),
            download_link("PDF", head["pdf"], icon="file-text"),
        ),
        tiles(
            stat_tile("Opening", head["opening"]),
            stat_tile("Debits", head["debits"]),
            stat_tile("Credits", head["credits"]),
            stat_tile("Closing", head["closing"]),
        ),
        card(_days()),
        card(rx.cond(StatementState.lines.length() > 0, table, none), title="Entries"),
        list_route=back,
        list_label=label,
    )


def _days() -> rx.Component:
    errors = StatementState.errors
    return rx.el.form(
        rx.el.div(
            date_field("From", "from_day", errors=errors, default_value=head["from_day"]),
            date_field("To", "to_day", errors=errors, default_value=head["to_day"]),
            rx.el.div(submit_button("Show", icon="search"), class_name="field-action"),
            class_name="form-grid three",
        ),
        on_submit=StatementState.show_days,
        key=head["days"],
        no_validate=True,
    )
