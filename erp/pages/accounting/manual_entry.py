"""The form of a manual entry."""

import reflex as rx

from erp.components import (
    badge,
    button,
    card,
    date_field,
    icon_button,
    link_button,
    notice,
    page_header,
    submit_button,
    text_field,
)
from erp.pages.routing import page
from erp.state.accounting.manual_entry import ManualEntryState as Entry

Line = rx.Var[dict[str, str]]


@page(
    route="/books/journal/new",
    title="New entry",
    permission="accounting.post",
    parent="/books/journal",
    command="accounting.post_manual_entry",
    on_load=[Entry.open_entry],
)
def new_entry_page() -> rx.Component:
    """Type a journal entry."""
    return rx.fragment(
        page_header(
            "New entry", "Debits and credits must be equal before the entry can be posted."
        ),
        rx.el.form(
            rx.el.input(
                type="hidden", name="idempotency_key", value=Entry.form_key, read_only=True
            ),
            rx.cond(Entry.form_error != "", notice(Entry.form_error, tone="red")),
            card(_head()),
            card(_lines(), _foot(), title="Lines"),
            rx.el.div(
                link_button("Cancel", "/books/journal", look="outline"),
                submit_button("Post entry", busy=Entry.is_busy),
                class_name="form-foot",
            ),
            on_submit=Entry.post,
            class_name="form wide",
            no_validate=True,
            key=Entry.form_key,
        ),
    )


def _head() -> rx.Component:
    errors = Entry.field_errors
    return rx.el.div(
        date_field("Day", "effective_on", errors=errors, required=True, default_value=Entry.today),
        text_field("Narration", "narration", errors=errors, required=True, max_length=120),
        class_name="form-grid",
    )


def _lines() -> rx.Component:
    heads = ("Account", "Note", "Debit", "Credit", "")
    return rx.el.div(
        rx.el.table(
            rx.el.thead(
                rx.el.tr(
                    *[
                        rx.el.th(head, class_name="right" if head in {"Debit", "Credit"} else "")
                        for head in heads
                    ]
                )
            ),
            rx.el.tbody(rx.foreach(Entry.lines, _line)),
            class_name="table entry-lines",
            aria_label="Lines of the entry",
        ),
        class_name="scroll-x",
    )


def _line(line: Line) -> rx.Component:
    account = rx.el.select(
        rx.el.option("Choose an account", value=""),
        rx.foreach(Entry.accounts, lambda a: rx.el.option(a["label"], value=a["value"])),
        value=line["account_key"],
        on_change=lambda value: Entry.write(line["id"], "account_key", value),
        class_name="input",
        aria_label="Account",
        aria_invalid=rx.cond(line["error"] != "", "true", "false"),
    )
    fault = rx.cond(line["error"] != "", rx.el.p(line["error"], class_name="error", role="alert"))
    return rx.el.tr(
        rx.el.td(account, fault),
        rx.el.td(_text(line, "note", "Note")),
        _amount(line, "debit", "Debit"),
        _amount(line, "credit", "Credit"),
        rx.el.td(
            icon_button("x", "Remove this line", on_click=Entry.drop_line(line["id"])),
            class_name="right",
        ),
        key=line["id"],
    )


def _text(line: Line, part: str, label: str) -> rx.Component:
    return rx.el.input(
        default_value=line[part],
        on_blur=lambda value: Entry.write(line["id"], part, value),
        class_name="input",
        aria_label=label,
        max_length=500,
    )


def _amount(line: Line, part: str, label: str) -> rx.Component:
    control = rx.el.input(
        value=line[part],
        on_change=lambda value: Entry.write(line["id"], part, value),
        class_name="input input-money",
        aria_label=label,
        input_mode="decimal",
        placeholder="0.00",
        auto_complete="off",
    )
    return rx.el.td(control, class_name="right", custom_attrs={"data-label": label})


def _foot() -> rx.Component:
    balanced = badge("Balanced", "green")
    off = badge(f"Difference {Entry.difference}", "amber")
    gap = rx.cond(Entry.difference != "", off, badge("No amounts yet", "gray"))
    return rx.el.div(
        button("Add line", icon="plus", on_click=Entry.add_line),
        rx.el.div(
            rx.cond(Entry.is_balanced, balanced, gap),
            rx.el.span("Debit ", rx.el.b(Entry.total_debit), class_name="numeric"),
            rx.el.span("Credit ", rx.el.b(Entry.total_credit), class_name="numeric"),
            class_name="actions",
            role="status",
        ),
        class_name="entry-foot",
    )
