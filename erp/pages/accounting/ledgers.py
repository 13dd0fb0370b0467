"""Ledgers that are books of their own: any account or group, cash, bank, the day, and the stock check."""

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    card,
    data_table,
    download_link,
    list_view,
    page_header,
    stat_tile,
)
from erp.components.small_parts import tiles
from erp.pages.accounting.accounts import ledger_view
from erp.pages.accounting.statements import report_page, statement_table
from erp.pages.accounting.tabs import REPORTS_HOME, report_tabs
from erp.pages.routing import page
from erp.state.accounting.accounts import DayBookState, LedgerState
from erp.state.accounting.statements import COMPARE
from erp.state.accounting.stock_check import SOURCE_COLUMNS, StockCheckState

VIEW = "accounting.view"
OPEN = (LedgerState.open_ledger, LedgerState.listen)


@page(route="/books/ledger", title="Ledger", permission=VIEW, parent=REPORTS_HOME, on_load=OPEN)
def ledger_page() -> rx.Component:
    """Show the lines behind a figure."""
    return ledger_view()


@page(
    route="/books/cash-book", title="Cash book", permission=VIEW, parent=REPORTS_HOME, on_load=OPEN
)
def cash_book_page() -> rx.Component:
    """Show what cash came and went."""
    return ledger_view(*report_tabs("/books/cash-book"))


@page(
    route="/books/bank-book", title="Bank book", permission=VIEW, parent=REPORTS_HOME, on_load=OPEN
)
def bank_book_page() -> rx.Component:
    """Show what came and went on bank accounts."""
    return ledger_view(*report_tabs("/books/bank-book"))


@page(
    route="/books/day-book",
    title="Day book",
    permission=VIEW,
    parent=REPORTS_HOME,
    on_load=[DayBookState.open_list, DayBookState.listen],
)
def day_book_page() -> rx.Component:
    """Show every line of every entry of some days."""
    head = DayBookState.head
    paper = f"/api/erp/books/day-book.pdf?{DayBookState.export_query}"
    return rx.fragment(
        page_header(
            "Day book",
            "Every entry with all its lines, in the order of days.",
            download_link("PDF", paper, icon="file-text"),
        ),
        *report_tabs("/books/day-book"),
        tiles(stat_tile("Debits", head["debits"]), stat_tile("Credits", head["credits"])),
        list_view(
            DayBookState,
            label="Day book",
            search="Search the narration",
            filters=[
                Filter("from_day", "From"),
                Filter("to_day", "To"),
                Filter("known_on", "Known on"),
            ],
            empty=Empty("book-open", "No entry on these days", "Choose earlier days."),
        ),
    )


@page(
    route="/books/stock",
    title="Stock against the books",
    permission=VIEW,
    parent=REPORTS_HOME,
    on_load=[StockCheckState.open_report],
)
def stock_check_page() -> rx.Component:
    """Show the stock accounts beside the goods."""
    sources = data_table(SOURCE_COLUMNS, StockCheckState.sources, label="What differs", linked=True)
    return rx.fragment(
        report_page(
            StockCheckState,
            ("/books/stock", "Stock against the books"),
            "The stock accounts beside the goods they stand for, at cost.",
            (("as_of", "As of"),),
            COMPARE,
            statement_table(StockCheckState, "Stock against the books"),
            can_fold=False,
        ),
        rx.cond(StockCheckState.sources.length() > 0, card(sources, title="Documents that differ")),
    )
