"""The journal: entries, one of them, and taking a manual one back."""

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    button,
    card,
    data_table,
    dialog,
    fact_list,
    grid,
    link_button,
    list_view,
    notice,
    page_header,
    submit_button,
    text_field,
)
from erp.components.records import record_view
from erp.pages.accounting.tabs import book_tabs
from erp.pages.routing import page
from erp.state.accounting.journal import LINE_COLUMNS, EntryState, JournalState


@page(
    route="/books/journal",
    title="Journal",
    permission="accounting.view",
    on_load=[JournalState.open_list, JournalState.listen],
)
def journal_page() -> rx.Component:
    """List entries."""
    return rx.fragment(
        page_header(
            "Journal",
            "Every entry, newest first. Posted entries are never changed, only taken back.",
            link_button("New entry", "/books/journal/new", icon="plus"),
        ),
        book_tabs("/books/journal"),
        list_view(
            JournalState,
            label="Journal",
            search="Search the narration",
            filters=[Filter("from_day", "From"), Filter("to_day", "To")],
            empty=Empty("book-open", "No entry yet", "Sales, receipts and returns post their own."),
        ),
    )


@page(
    route="/books/journal/[entry_id]",
    title="Journal entry",
    permission="accounting.view",
    parent="/books/journal",
    on_load=[EntryState.open_record],
)
def entry_page() -> rx.Component:
    """Show one entry."""
    return record_view(
        EntryState,
        _head(),
        grid(
            card(
                data_table(LINE_COLUMNS, EntryState.lines, label="Lines", linked=True),
                title="Lines",
                span=8,
            ),
            card(_facts(), title="Entry", span=4),
        ),
        _reversal(),
        list_route="/books/journal",
        list_label="All entries",
    )


def _head() -> rx.Component:
    head = EntryState.head
    return page_header(
        head["narration"],
        f"{head['day']} · {head['journal']} journal",
        rx.cond(
            head["origin_href"] != "",
            link_button(head["origin"], head["origin_href"], look="outline", icon="receipt"),
        ),
        rx.cond(
            head["may_reverse"] != "",
            button("Reverse", icon="undo-2", on_click=EntryState.ask_reversal),
        ),
        rx.cond(
            head["may_copy"] != "",
            link_button(
                "Copy", f"/books/journal/new?copy={head['id']}", look="outline", icon="copy"
            ),
        ),
    )


def _facts() -> rx.Component:
    head = EntryState.head
    return rx.fragment(
        fact_list(
            [
                ("Day", head["day"]),
                ("Comes from", head["origin"]),
                ("Recorded", head["recorded"]),
                ("Amount", rx.el.b(head["total"])),
            ]
        ),
        rx.el.nav(
            _entry_link(head["reverses_href"], "The entry this takes back"),
            _entry_link(head["reversed_by_href"], "Taken back by this entry"),
            class_name="links",
            aria_label="Belongs to this",
        ),
    )


def _entry_link(href: rx.Var[str], label: str) -> rx.Component:
    return rx.cond(href != "", link_button(label, href, look="ghost", icon="undo-2"))


def _reversal() -> rx.Component:
    form = rx.el.form(
        rx.el.input(
            type="hidden", name="idempotency_key", value=EntryState.form_key, read_only=True
        ),
        rx.cond(EntryState.form_error != "", notice(EntryState.form_error, tone="red")),
        text_field(
            "Reason", "reason", errors=EntryState.field_errors, required=True, auto_focus=True
        ),
        rx.el.div(
            button("Cancel", on_click=EntryState.keep_entry),
            submit_button("Reverse entry", busy=EntryState.is_busy),
            class_name="form-foot",
        ),
        on_submit=EntryState.reverse,
        class_name="form",
        no_validate=True,
    )
    return dialog(
        EntryState.is_asking,
        form,
        title="Reverse this entry",
        subtitle="Its opposite is posted today and linked to it. Both stay in the books.",
        on_close=EntryState.keep_entry,
    )
