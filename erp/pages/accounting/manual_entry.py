"""The form of a manual entry."""

import reflex as rx

from erp.components import (
    badge,
    button,
    card,
    check_field,
    date_field,
    icon_button,
    link_button,
    lookup_field,
    notice,
    page_header,
    select_field,
    submit_button,
    text_field,
)
from erp.pages.routing import page
from erp.state.accounting.manual_entry import ManualEntryState as Entry

Line = rx.Var[dict[str, str]]
REPEATS = (
    ("", "Once"),
    ("week", "Every week"),
    ("month", "Every month"),
    ("quarter", "Every quarter"),
    ("year", "Every year"),
)


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
            rx.cond(Entry.template_id != "", "Change the recurring entry", "New entry"),
            rx.cond(
                Entry.template_id != "",
                "From the day it comes next; what it has made stays.",
                "Debits and credits must be equal before the entry can be posted.",
            ),
        ),
        rx.el.form(
            rx.el.input(
                type="hidden", name="idempotency_key", value=Entry.form_key, read_only=True
            ),
            rx.cond(Entry.form_error != "", notice(Entry.form_error, tone="red")),
            rx.cond(Entry.why != "", notice(f"It waits because: {Entry.why}")),
            card(_head()),
            card(_lines(), _foot(), title="Lines"),
            rx.el.div(
                link_button("Cancel", "/books/journal", look="outline"),
                rx.cond(
                    Entry.template_id == "",
                    button("Save draft", type="submit", icon="save", on_click=Entry.mean("draft")),
                ),
                submit_button(
                    rx.cond(Entry.every != "", "Save recurring entry", "Post entry"),
                    busy=Entry.is_busy,
                    on_click=Entry.mean("post"),
                ),
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
    again = rx.fragment(
        date_field(
            "Until",
            "ends_on",
            errors=errors,
            hint="It never ends where no day is given.",
            default_value=Entry.head["ends_on"],
        ),
        check_field(
            "Post it each time, without asking",
            "posts",
            default_checked=Entry.head["posts"] == "yes",
        ),
    )
    return rx.el.div(
        date_field(
            "Day", "effective_on", errors=errors, required=True, default_value=Entry.head["day"]
        ),
        text_field(
            "Narration",
            "narration",
            errors=errors,
            required=True,
            max_length=120,
            default_value=Entry.head["narration"],
        ),
        select_field(
            "Comes again",
            "every",
            REPEATS,
            errors=errors,
            value=Entry.every,
            on_change=Entry.repeat,
        ),
        rx.cond(Entry.every != "", again),
        class_name="form-grid three",
    )


def _lines() -> rx.Component:
    heads = ("Account", "Cost centre", "Note", "Debit", "Credit")
    return rx.el.div(
        rx.el.table(
            rx.el.thead(
                rx.el.tr(
                    *[
                        rx.el.th(head, class_name="right" if head in {"Debit", "Credit"} else "")
                        for head in heads
                    ],
                    rx.el.th(rx.el.span("Actions", class_name="sr-only")),
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
        rx.el.td(account, rx.cond(line["is_control"] != "", _party(line)), fault),
        rx.el.td(_centre(line), custom_attrs={"data-label": "Cost centre"}),
        rx.el.td(_text(line, "note", "Note")),
        _amount(line, "debit", "Debit"),
        _amount(line, "credit", "Credit"),
        rx.el.td(
            icon_button("x", "Remove this line", on_click=Entry.drop_line(line["id"])),
            class_name="right",
        ),
        key=line["id"],
    )


def _party(line: Line) -> rx.Component:
    return lookup_field(
        "About",
        line["id"],
        "/api/erp/parties",
        errors=Entry.field_errors,
        label_key="name",
        detail_key="code",
        placeholder="Find the customer or supplier",
        initial_value=line["party_id"],
        initial_label=line["party"],
        on_pick=lambda party_id, _label: Entry.choose_party(line["id"], party_id),
    )


def _centre(line: Line) -> rx.Component:
    return rx.el.select(
        rx.el.option("None", value=""),
        rx.foreach(Entry.centres, lambda c: rx.el.option(c["label"], value=c["value"])),
        value=line["cost_centre"],
        on_change=lambda value: Entry.write(line["id"], "cost_centre", value),
        class_name="input",
        aria_label="Cost centre",
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
