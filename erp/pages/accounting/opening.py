"""Opening balances and opening stock: choose a file, see what it puts in, then import it."""

from typing import Any

import reflex as rx

from erp.components import (
    badge,
    button,
    card,
    data_table,
    day_filter,
    link_button,
    link_tabs,
    notice,
    page_header,
    reason_dialog,
)
from erp.components.pasted_lines import chosen_file, pasted_lines
from erp.pages.accounting.tabs import book_tabs
from erp.pages.routing import page
from erp.state.accounting.opening import (
    ERROR_COLUMNS,
    MOST_CHARACTERS,
    OPENING_COLUMNS,
    OPENING_STOCK_COLUMNS,
    POST,
    ROW_COLUMNS,
    STOCK_COLUMNS,
    OpeningState,
    OpeningStockState,
    TakeBackOpeningState,
    TakeBackStockState,
)

BOOKS, STOCK = "/books/opening", "/books/opening/stock"
EXAMPLE = (
    "kind,code,debit,credit,bill,bill_date,due_date\naccount,1100,240000.00,,,,\n"
    "customer,C-0001,5250.00,,INV/118,12-02-2026,"
)
STOCK_EXAMPLE = (
    "sku,lot,expiry,mrp,quantity,cost\nARN-30C-30,B2217,09/2027,105.00,24,62.50\n"
    "8901234567890,K118,31-12-2026,80.00,6,41.00"
)


@page(
    route=BOOKS,
    title="Opening balances",
    permission=POST,
    parent="/books/accounts",
    on_load=[OpeningState.open_opening],
)
def opening_page() -> rx.Component:
    """Read a file of balances, show what it puts in, then put it in."""
    left = notice(
        f"{OpeningState.left} then stands on Opening Balance Difference: what the file left out.",
        icon="info",
    )
    whole = notice("Nothing is left on Opening Balance Difference.", tone="gray", icon="check")
    words = (
        ". Kind is account, customer or supplier; each open bill has a row of its own. Stock comes in by"
        " lot on its own tab. Cheques and advances do not come in here: what the old books had on them stays"
        " on Opening Balance Difference."
    )
    return _opening(
        OpeningState,
        BOOKS,
        "Accounts and open bills of the old books. All or nothing, and nothing twice.",
        _choice(OpeningState, OPENING_COLUMNS, words, EXAMPLE),
        _preview(OpeningState, ROW_COLUMNS, rx.cond(OpeningState.left != "", left, whole)),
    )


@page(
    route=STOCK,
    title="Opening stock",
    permission=POST,
    parent="/books/accounts",
    on_load=[OpeningStockState.open_opening],
)
def opening_stock_page() -> rx.Component:
    """Read a file of lots, show what it puts on the shelf, then put it there."""
    state = OpeningStockState
    expired = notice(
        f"{state.left} of it had expired by then and is put into the expired store.", icon="info"
    )
    words = (
        ". SKU may be a barcode; expiry is a day or the month on the pack (09/2027); MRP is of one base"
        " unit; cost is of one unit without tax. The goods are put into this branch's storage."
    )
    return _opening(
        state,
        STOCK,
        "What was on the shelf, lot by lot. It stands against Opening Balance Difference.",
        _choice(state, OPENING_STOCK_COLUMNS, words, STOCK_EXAMPLE),
        _preview(state, STOCK_COLUMNS, rx.cond(state.left != "", expired)),
    )


def _opening(
    state: Any, here: str, subtitle: str, choice: rx.Component, preview: rx.Component
) -> rx.Component:
    return rx.fragment(
        page_header(
            "Opening balances",
            subtitle,
            day_filter("As of", state.day, state.choose_day),
            link_button("Accounts", "/books/accounts", look="outline", icon="arrow-left"),
        ),
        book_tabs("/books/accounts"),
        link_tabs(here, ((BOOKS, "Accounts and bills"), (STOCK, "Stock by lot")), "Opening"),
        rx.cond(state.refusal != "", notice(state.refusal, tone="red")),
        rx.cond(state.faults.length() > 0, _faults(state)),
        rx.cond(state.summary != "", preview, choice),
        _imports(state, TakeBackStockState if here == STOCK else TakeBackOpeningState),
    )


def _imports(state: Any, back: Any) -> rx.Component:
    """Return what was imported before, and what takes it back."""

    def entry(row: Any) -> rx.Component:
        undo = button(
            "Take back",
            look="ghost",
            icon="undo-2",
            on_click=back.open_dialog(row["id"], row["what"]),
        )
        return rx.el.li(
            rx.el.div(
                rx.el.b(row["what"]),
                rx.cond(row["is_standing"] != "", undo, badge("Taken back", "gray")),
                class_name="spread",
            ),
            rx.el.span(row["by"], class_name="soft"),
            key=row["id"],
        )

    known = card(
        rx.el.ul(rx.foreach(state.before, entry), class_name="entries"), title="Imported before"
    )
    asking = reason_dialog(
        back,
        title=f"Take back: {back.subject['label']}",
        subtitle="Everything that this import put in, on its own day, as long as nothing rests on it.",
        example="The wrong file",
        submit="Take it back",
    )
    return rx.fragment(rx.cond(state.before.length() > 0, known), asking)


def _choice(state: Any, columns: tuple[str, ...], words: str, example: str) -> rx.Component:
    return card(
        rx.el.p(
            "The first line names the columns: ",
            rx.el.span(", ".join(columns), class_name="code"),
            words,
            class_name="soft",
        ),
        rx.el.div(chosen_file(state, MOST_CHARACTERS), class_name="adder"),
        pasted_lines(state, example, MOST_CHARACTERS),
        title="The file",
    )


def _faults(state: Any) -> rx.Component:
    return card(
        data_table(ERROR_COLUMNS, state.faults, label="What is wrong"),
        title="What is wrong",
        subtitle="Mend these in the file and choose it again; nothing was put in.",
    )


def _preview(state: Any, columns: Any, told: rx.Component) -> rx.Component:
    return card(
        told,
        data_table(columns, state.rows, label="What comes in"),
        rx.cond(state.more != "", rx.el.p(state.more, class_name="soft")),
        rx.el.div(
            button("Another file", on_click=state.start_over),
            button("Import", look="solid", icon="check", on_click=state.apply, busy=state.is_busy),
            class_name="form-foot",
        ),
        title=f"{state.summary}",
    )
