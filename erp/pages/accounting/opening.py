"""Opening balances: choose a file, see what it puts in, then import it."""

import reflex as rx

from erp.components import (
    button,
    card,
    data_table,
    day_filter,
    link_button,
    notice,
    page_header,
)
from erp.components.pasted_lines import chosen_file, pasted_lines
from erp.pages.accounting.tabs import book_tabs
from erp.pages.routing import page
from erp.state.accounting.opening import (
    ERROR_COLUMNS,
    MOST_CHARACTERS,
    OPENING_COLUMNS,
    POST,
    ROW_COLUMNS,
    OpeningState,
)

EXAMPLE = (
    "kind,code,debit,credit,bill,bill_date,due_date\naccount,1100,240000.00,,,,\n"
    "customer,C-0001,5250.00,,INV/118,12-02-2026,"
)


@page(
    route="/books/opening",
    title="Opening balances",
    permission=POST,
    parent="/books/accounts",
    on_load=[OpeningState.open_opening],
)
def opening_page() -> rx.Component:
    """Read a file, show what it puts in, then put it in."""
    state = OpeningState
    return rx.fragment(
        page_header(
            "Opening balances",
            "Accounts and open bills of the old books. All or nothing, and nothing twice.",
            day_filter("As of", state.day, state.choose_day),
            link_button("Accounts", "/books/accounts", look="outline", icon="arrow-left"),
        ),
        book_tabs("/books/accounts"),
        rx.cond(state.refusal != "", notice(state.refusal, tone="red")),
        rx.cond(state.faults.length() > 0, _faults()),
        rx.cond(state.summary != "", _preview(), _choice()),
    )


def _choice() -> rx.Component:
    chooser = chosen_file(OpeningState, MOST_CHARACTERS)
    pasted = pasted_lines(OpeningState, EXAMPLE, MOST_CHARACTERS)
    return card(
        rx.el.p(
            "The first line names the columns: ",
            rx.el.span(", ".join(OPENING_COLUMNS), class_name="code"),
            ". Kind is account, customer or supplier; each open bill has a row of its own."
            " Stock, cheques, advances and points do not come in here: what the old books had on them stays"
            " on Opening Balance Difference.",
            class_name="soft",
        ),
        rx.el.div(chooser, class_name="adder"),
        pasted,
        title="The file",
    )


def _faults() -> rx.Component:
    return card(
        data_table(ERROR_COLUMNS, OpeningState.faults, label="What is wrong"),
        title="What is wrong",
        subtitle="Mend these in the file and choose it again; nothing was put in.",
    )


def _preview() -> rx.Component:
    state = OpeningState
    left = notice(
        f"{state.left} then stands on Opening Balance Difference: what the file left out.",
        icon="info",
    )
    whole = notice("Nothing is left on Opening Balance Difference.", tone="gray", icon="check")
    return card(
        rx.cond(state.left != "", left, whole),
        data_table(ROW_COLUMNS, state.rows, label="What comes in"),
        rx.cond(state.more != "", rx.el.p(state.more, class_name="soft")),
        rx.el.div(
            button("Another file", on_click=state.start_over),
            button("Import", look="solid", icon="check", on_click=state.apply, busy=state.is_busy),
            class_name="form-foot",
        ),
        title=f"{state.summary}",
    )
