"""The desk where a bank's lines are matched with the books."""

from typing import Any

import reflex as rx

from erp.components import (
    badge,
    button,
    card,
    confirm_dialog,
    data_table,
    empty_state,
    icon_button,
    key_map,
    link_button,
    page_header,
    shortcut_hint,
)
from erp.components.browser_parts import FilePick
from erp.components.figures import progress_bar, stat_tile
from erp.components.records import record_view
from erp.components.small_parts import tiles
from erp.pages.banking.dialogs import desk_dialogs
from erp.pages.routing import page
from erp.state.banking.dialogs import UnmatchState, WithdrawState
from erp.state.banking.wording import MATCH_COLUMNS, STATEMENT_COLUMNS, VIEW
from erp.state.banking.workspace import KEYS, BankState

head = BankState.head
HELP = (
    ("J K", "move"),
    ("Enter", "accepts the first"),
    ("1 5", "accepts that one"),
    ("B", "books"),
    ("P", "receives or pays"),
    ("U", "undoes"),
)


@page(
    route="/bank/[bank_account_id]",
    title="Bank account",
    permission=VIEW,
    parent="/bank",
    record="bank_account",
    on_load=[BankState.open_bank, BankState.listen],
)
def bank_page() -> rx.Component:
    """Match what waits of one account."""
    until = rx.cond(head["until"] != "", f"until {head['until']}", "no statement yet")
    has_lines = BankState.lines.length() > 0
    return rx.fragment(
        record_view(
            BankState,
            page_header(head["name"], head["bank"], _actions()),
            tiles(
                stat_tile("At the bank", head["at_bank"], note=until),
                stat_tile("In the books", head["in_books"], to=head["ledger_href"]),
                stat_tile(
                    "Between them", head["difference"], to=f"/bank/{head['id']}/reconciliation"
                ),
                _progress(),
            ),
            rx.cond(has_lines, _desk(), _nothing_waits()),
            _history(),
            list_route="/bank",
            list_label="All bank accounts",
        ),
        key_map({key: key for key in KEYS}, BankState.press),
        desk_dialogs(),
        confirm_dialog(
            BankState.question != "",
            title="Please confirm",
            message=BankState.question,
            confirm="Go on",
            on_confirm=BankState.go_on,
            on_cancel=BankState.keep_looking,
        ),
    )


def _actions() -> rx.Component:
    return rx.fragment(
        link_button("Rules", f"/bank/rules?account={head['id']}", look="outline", icon="workflow"),
        link_button(
            "Reconciliation", f"/bank/{head['id']}/reconciliation", look="outline", icon="scale"
        ),
        rx.cond(
            BankState.may_reconcile & (BankState.lines.length() > 0),
            button("Apply rules", icon="wand-sparkles", on_click=BankState.apply_rules),
        ),
    )


def _progress() -> rx.Component:
    return rx.el.div(
        rx.el.div("Matched", class_name="tile-label"),
        rx.el.div(head["progress"], class_name="tile-value"),
        progress_bar(BankState.percent, "Matched"),
        class_name="card tile span-3 bank-progress",
    )


def _upload() -> rx.Component:
    return FilePick.create(
        url=f"/api/erp/bank-accounts/{head['id']}/files",
        accept=".csv,.xlsx,.ofx,.xml,.txt",
        label="Choose a statement",
        hint="CSV, XLSX, OFX, CAMT.053 or MT940, up to 5 MB. Or drop it here.",
        largest=5_000_000,
        on_done=BankState.uploaded,
    )


def _nothing_waits() -> rx.Component:
    first = empty_state(
        "file-up",
        "No statement yet",
        "Download a statement from your bank and choose it below. You see every line before it counts.",
    )
    done = empty_state("circle-check", "Everything is matched", "Upload the next statement below.")
    return rx.el.section(
        rx.cond(head["until"] == "", first, done),
        class_name="card list",
        aria_label="Lines that wait",
    )


def _desk() -> rx.Component:
    lines = rx.el.ul(
        rx.foreach(BankState.lines, _line),
        role="listbox",
        tab_index=0,
        aria_label="Lines that wait",
        class_name="bank-lines",
    )
    more = rx.el.p(head["more"], " wait behind these.", class_name="soft bank-more")
    keys = rx.el.div(
        *[rx.el.span(shortcut_hint(keys), " ", does) for keys, does in HELP],
        class_name="bank-keys wide-only",
    )
    return rx.el.div(
        rx.el.section(
            rx.el.div(rx.el.div(rx.el.h2("At the bank")), class_name="card-head"),
            lines,
            rx.cond(head["more"] != "", more),
            class_name="card bank-side",
        ),
        rx.el.div(
            rx.cond(BankState.may_reconcile, _suggestions()),
            rx.cond(BankState.may_reconcile, _books()),
            rx.cond(BankState.may_reconcile, keys),
            class_name="stack",
        ),
        class_name="bank-desk",
    )


def _line(line: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(rx.el.b(line["text"]), rx.el.span(line["detail"], class_name="detail")),
        rx.el.span(line["amount"], class_name="numeric", custom_attrs={"data-way": line["way"]}),
        role="option",
        aria_selected=rx.cond(BankState.chosen == line["id"], "true", "false"),
        on_click=BankState.choose(line["id"]),
        key=line["id"],
    )


def _suggestions() -> rx.Component:
    found = rx.el.ol(
        rx.foreach(BankState.suggestions, _suggestion),
        class_name="bank-suggestions",
        aria_label="Suggestions",
    )
    none = rx.el.p(
        "Nothing known fits. Book it, or choose from the books below.", class_name="soft"
    )
    return card(
        rx.cond(BankState.suggestions.length() > 0, found, none),
        title="It may be",
        actions=(
            button("Receive or pay", icon="banknote", on_click=BankState.press("p")),
            button("Book", icon="book-open", on_click=BankState.press("b")),
        ),
    )


def _suggestion(row: Any, place: Any) -> rx.Component:
    return rx.el.li(
        rx.el.kbd(row["key"]),
        rx.el.div(
            rx.el.b(row["title"]),
            rx.cond(row["unsure"] != "", badge("Choose", "amber")),
            rx.el.ul(rx.foreach(BankState.reasons[place], rx.el.li)),
        ),
        rx.el.button(
            row["does"],
            type="button",
            class_name=rx.cond(place == 0, "button button-solid", "button button-outline"),
            disabled=BankState.is_busy,
            on_click=BankState.accept(place),
            aria_label=f"{row['does']}: {row['title']}",
        ),
        key=row["key"],
    )


def _books() -> rx.Component:
    sum_ = rx.cond(
        BankState.picked_sum != "",
        rx.el.span("Chosen: ", rx.el.b(BankState.picked_sum, class_name="numeric")),
        rx.el.span(
            "Choose entries that are this line together, or that cancel each other.",
            class_name="soft",
        ),
    )
    return rx.cond(
        BankState.books.length() > 0,
        card(
            rx.el.ul(rx.foreach(BankState.books, _book), class_name="bank-books"),
            rx.el.div(
                sum_,
                rx.cond(
                    BankState.picked_sum != "",
                    rx.cond(
                        BankState.picked_fits,
                        button(
                            "Match chosen",
                            look="solid",
                            icon="link",
                            on_click=BankState.match_picked,
                        ),
                        button("Book the rest", icon="book-open", on_click=BankState.press("b")),
                    ),
                ),
                class_name="bank-foot",
            ),
            title="In the books, not at the bank",
        ),
    )


def _book(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.label(
            rx.el.input(
                type="checkbox",
                checked=BankState.picked.contains(row["id"]),
                on_change=lambda _: BankState.pick(row["id"]),
            ),
            rx.el.span(row["text"], rx.el.span(row["detail"], class_name="detail")),
            rx.el.span(row["amount"], class_name="numeric"),
            class_name="bank-book",
        ),
        key=row["id"],
    )


def _history() -> rx.Component:
    def undo(row: Any) -> rx.Component:
        return rx.cond(
            BankState.may_reconcile,
            icon_button(
                "undo-2", "Undo", on_click=UnmatchState.open_dialog(row["id"], row["bank"])
            ),
        )

    def take_back(row: Any) -> rx.Component:
        return rx.cond(
            row["may_withdraw"] != "",
            icon_button(
                "archive-x", "Withdraw", on_click=WithdrawState.open_dialog(row["id"], row["days"])
            ),
        )

    matched = data_table(MATCH_COLUMNS, BankState.matches, label="Matched lately", row_action=undo)
    brought = data_table(
        STATEMENT_COLUMNS, BankState.statements, label="Statements", row_action=take_back
    )
    return rx.fragment(
        rx.cond(BankState.matches.length() > 0, card(matched, title="Matched lately")),
        rx.cond(BankState.may_reconcile, card(_upload(), title="Upload a statement")),
        rx.cond(BankState.statements.length() > 0, card(brought, title="Statements")),
    )
