"""Profit and loss, balance sheet and cash flow: one table that folds, and where each figure leads."""

from collections.abc import Sequence
from typing import Any

import reflex as rx
from reflex_components_core.react_router.dom import ReactRouterLink

from erp.components import (
    button,
    day_filter,
    download_link,
    empty_state,
    notice,
    page_header,
)
from erp.components.skeletons import row_skeletons
from erp.pages.accounting.tabs import report_tabs
from erp.pages.routing import page
from erp.state.accounting.statements import (
    COMPARE,
    SPLIT,
    VIEW,
    BalanceSheetState,
    CashFlowState,
    ProfitAndLossState,
)

Choice = Sequence[tuple[str, str]]
SPAN = (("from_day", "From"), ("to_day", "To"))


@page(
    route="/books/profit-and-loss",
    title="Profit and loss",
    permission=VIEW,
    parent="/books/trial-balance",
    on_load=[ProfitAndLossState.open_report],
)
def profit_and_loss_page() -> rx.Component:
    """Show income, costs and profit of some days."""
    return _statement(
        ProfitAndLossState,
        ("/books/profit-and-loss", "Profit and loss"),
        "Income and costs between two days. Every figure leads to its lines.",
        SPAN,
        SPLIT,
    )


@page(
    route="/books/balance-sheet",
    title="Balance sheet",
    permission=VIEW,
    parent="/books/trial-balance",
    on_load=[BalanceSheetState.open_report],
)
def balance_sheet_page() -> rx.Component:
    """Show what is owned and owed as of a day."""
    return _statement(
        BalanceSheetState,
        ("/books/balance-sheet", "Balance sheet"),
        "What is owned and owed at the end of a day.",
        (("as_of", "As of"),),
        COMPARE,
    )


@page(
    route="/books/cash-flow",
    title="Cash flow",
    permission=VIEW,
    parent="/books/trial-balance",
    on_load=[CashFlowState.open_report],
)
def cash_flow_page() -> rx.Component:
    """Show where cash came from and went."""
    return _statement(
        CashFlowState,
        ("/books/cash-flow", "Cash flow"),
        "From profit to the change of cash and bank balances, by the indirect method.",
        SPAN,
        COMPARE,
    )


def _statement(
    state: Any, screen: tuple[str, str], about: str, days: Choice, compare: Choice
) -> rx.Component:
    return report_page(state, screen, about, days, compare, statement_table(state, screen[1]))


def report_page(
    state: Any,
    screen: tuple[str, str],
    about: rx.Var[str] | str,
    days: Choice,
    compare: Choice,
    body: rx.Component,
    *,
    export: rx.Var[str] | str = "",
    can_fold: rx.Var[bool] | bool = True,
) -> rx.Component:
    """Return a report of the books: its papers, what it may be narrowed to, and its figures.

    Args:
        screen: Its route and title. days: The days that it takes, by key and label.
        export: The query that its files come from, where it is not the state's own.
    """
    route, title = screen
    file = f"/api/erp/export/{export or state.query}" if isinstance(export, str) else ""
    if not file:
        file = "/api/erp/export/" + export
    return rx.fragment(
        page_header(
            title,
            about,
            download_link(
                "PDF", f"/api/erp/books/{state.paper}.pdf?{state.asked}", icon="file-text"
            ),
            download_link("XLSX", f"{file}.xlsx?{state.asked}"),
            download_link("CSV", f"{file}.csv?{state.asked}"),
        ),
        *report_tabs(route),
        rx.el.section(
            _choices(state, days, compare, can_fold),
            rx.cond(
                state.problem != "",
                rx.el.div(notice(state.problem, tone="red"), class_name="card-body"),
            ),
            body,
            class_name="card list",
            aria_label=title,
        ),
    )


def _choices(
    state: Any, days: Choice, compare: Choice, can_fold: rx.Var[bool] | bool
) -> rx.Component:
    chosen = [
        day_filter(label, state.choices[key], lambda day, key=key: state.choose(key, day))
        for key, label in (*days, ("known_on", "Known on"))
    ]
    fold = button(
        rx.cond(state.folded.length() > 0, "Unfold", "Fold"),
        look="ghost",
        icon="list-tree",
        on_click=state.fold_all,
    )
    return rx.el.div(
        *chosen,
        _select(state, "compare", "Beside", [("all", "These days alone"), *compare]),
        *_parts(state),
        rx.el.div(class_name="grow"),
        rx.cond(can_fold, fold) if can_fold is not False else rx.fragment(),
        class_name="list-bar",
        role="search",
    )


def _parts(state: Any) -> list[rx.Component]:
    """Return the menus of branches and cost centres, for reports that take them."""
    if "branch_id" not in state.choice_keys:
        return []
    return [
        rx.cond(
            state.branches.length() > 1,
            _select(state, "branch_id", "Branch", [("all", "Branch: all")], state.branches),
        ),
        rx.cond(
            state.centres.length() > 0,
            _select(
                state, "cost_centre", "Cost centre", [("all", "Cost centre: all")], state.centres
            ),
        ),
    ]


def _select(
    state: Any,
    key: str,
    label: str,
    fixed: Choice,
    more: rx.Var[list[dict[str, str]]] | None = None,
) -> rx.Component:
    options: list[Any] = [rx.el.option(text, value=value) for value, text in fixed]
    if more is not None:
        options.append(rx.foreach(more, lambda o: rx.el.option(o["label"], value=o["value"])))
    current = state.choices[key]
    return rx.el.select(
        *options,
        value=rx.cond(current, current, "all"),
        on_change=lambda value: state.choose(key, value),
        class_name="input",
        aria_label=label,
        style={"width": "auto", "max_width": "210px"},
    )


def statement_table(state: Any, title: str) -> rx.Component:
    """Return rows that fold under columns of amounts, and whether both sides agree."""
    head = rx.el.tr(
        rx.el.th(rx.el.span("Line", class_name="sr-only"), scope="col"),
        rx.foreach(state.heads, lambda label: rx.el.th(label, class_name="right", scope="col")),
    )
    table = rx.el.div(
        rx.el.table(
            rx.el.thead(head),
            rx.el.tbody(rx.foreach(state.rows, lambda row: _row(state, row))),
            class_name="table statement",
            aria_label=title,
            custom_attrs={"aria-busy": state.is_loading},
        ),
        class_name="scroll-x",
    )
    waiting = rx.el.table(rx.el.tbody(*row_skeletons(2)), class_name="table", aria_hidden="true")
    none = empty_state("book-open", "Nothing to show", "Choose other days.")
    shown = rx.cond(state.rows.length() > 0, table, rx.cond(state.problem == "", none))
    off = notice(f"The two sides differ by {state.off_by}.", tone="amber")
    whole = rx.el.p(rx.icon("check"), "Both sides agree to the paisa.", class_name="agrees")
    return rx.fragment(
        rx.cond(state.is_loading & (state.rows.length() == 0), waiting, shown),
        rx.cond(state.off_by != "", rx.el.div(off, class_name="card-body")),
        rx.cond(state.verdict != "", whole),
    )


def _row(state: Any, row: rx.Var[dict[str, str]]) -> rx.Component:
    folder = rx.el.button(
        rx.icon("chevron-down"),
        row["label"],
        type="button",
        class_name="folder",
        on_click=state.fold(row["id"]),
        aria_expanded=rx.cond(row["folded"] != "", "false", "true"),
    )
    name = rx.fragment(
        rx.cond(row["foldable"] != "", folder, rx.el.span(row["label"])),
        rx.cond(row["code"] != "", rx.el.span(row["code"], class_name="code")),
    )
    return rx.el.tr(
        rx.el.th(name, scope="row"),
        rx.foreach(state.cells[row["id"]], _cell),
        key=row["id"],
        custom_attrs={"data-kind": row["kind"], "data-level": row["level"]},
    )


def _cell(cell: rx.Var[dict[str, str]]) -> rx.Component:
    link = ReactRouterLink.create(cell["text"], to=cell["href"])
    return rx.el.td(rx.cond(cell["href"] != "", link, cell["text"]), class_name="right")
