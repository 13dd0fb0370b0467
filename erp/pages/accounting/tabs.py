"""The sister pages of the books."""

import reflex as rx

from erp.components import link_tabs

REPORTS_HOME = "/books/trial-balance"
BOOKS = (
    (REPORTS_HOME, "Reports"),
    ("/books/journal", "Journal"),
    ("/books/drafts", "Drafts"),
    ("/books/recurring", "Recurring"),
    ("/books/accounts", "Accounts"),
    ("/books/periods", "Periods"),
    ("/books/cost-centres", "Cost centres"),
)
REPORTS = (
    (REPORTS_HOME, "Trial balance"),
    ("/books/profit-and-loss", "Profit and loss"),
    ("/books/balance-sheet", "Balance sheet"),
    ("/books/cash-flow", "Cash flow"),
    ("/books/day-book", "Day book"),
    ("/books/cash-book", "Cash book"),
    ("/books/bank-book", "Bank book"),
    ("/books/stock", "Stock"),
)


def book_tabs(here: str) -> rx.Component:
    """Return the tabs of the books."""
    return link_tabs(here, BOOKS)


def report_tabs(here: str) -> list[rx.Component]:
    """Return the tabs of the books, and below them those of its reports."""
    sisters = rx.el.div(link_tabs(here, REPORTS, "Reports"), class_name="sub-tabs")
    return [book_tabs(REPORTS_HOME), sisters]
