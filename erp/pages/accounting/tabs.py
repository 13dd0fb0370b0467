"""The sister pages of the books."""

import reflex as rx

from erp.components import link_tabs

BOOKS = (
    ("/books/trial-balance", "Trial balance"),
    ("/books/journal", "Journal"),
    ("/books/accounts", "Accounts"),
    ("/books/periods", "Periods"),
)


def book_tabs(here: str) -> rx.Component:
    """Return the tabs of the books."""
    return link_tabs(here, BOOKS)
