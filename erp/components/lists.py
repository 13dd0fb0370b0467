"""A whole list page from a `ListState`: search, filters, table, empty state, pages, export."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import reflex as rx

from erp.components.buttons import button
from erp.components.empty import empty_state
from erp.components.headers import notice
from erp.components.tables import data_table

EVERYTHING = "all"


@dataclass(frozen=True, slots=True)
class Filter:
    """A choice that narrows a list.

    Attributes:
        key: One of the state's `filter_keys`.
        options: Pairs of value and label; `all` is added in front.
    """

    key: str
    label: str
    options: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Empty:
    """What a list says when it has nothing to show and nobody searched."""

    icon: str
    title: str
    what_to_do: str
    action: rx.Component | None = None


def list_view(
    state: Any,
    *,
    label: str,
    empty: Empty,
    filters: Sequence[Filter] = (),
    search: str = "Search",
    export: bool = True,
    row_action: Any = None,
) -> rx.Component:
    """Return the list of a `ListState` class in a card.

    Args:
        state: The page's state class; its columns, query and link are used.
        label: The list's name, read aloud.
        search: Placeholder of the search field; empty for a list that cannot be searched.
        export: Offer the whole list, as filtered, as CSV and XLSX.
    """
    is_empty = ~state.is_loading & (state.rows.length() == 0)
    table = data_table(
        state.columns,
        state.rows,
        label=label,
        loading=state.is_loading,
        sort=state.sort,
        on_sort=state.order_by,
        linked=bool(state.row_link),
        row_action=row_action,
    )
    return rx.el.section(
        _toolbar(state, filters, search, export),
        rx.cond(
            state.problem != "",
            rx.el.div(notice(state.problem, tone="red"), class_name="card-body"),
        ),
        rx.cond(is_empty, _nothing(state, empty), table),
        _foot(state),
        class_name="card list",
        aria_label=label,
    )


def _toolbar(state: Any, filters: Sequence[Filter], search: str, export: bool) -> rx.Component:
    from erp.components.browser_parts import SearchBox  # noqa: PLC0415  keeps this module light

    field = SearchBox.create(
        rx.icon("search"), value=state.search, placeholder=search, on_search=state.find
    )
    return rx.el.div(
        field if search else rx.fragment(),
        *[_filter(state, choice) for choice in filters],
        rx.el.div(class_name="grow"),
        _export_menu(state) if export else rx.fragment(),
        class_name="list-bar",
        role="search",
    )


def _filter(state: Any, choice: Filter) -> rx.Component:
    current = state.filters[choice.key]
    options = [rx.el.option(f"{choice.label}: all", value=EVERYTHING)]
    options += [rx.el.option(label, value=value) for value, label in choice.options]
    return rx.el.select(
        *options,
        value=rx.cond(current, current, EVERYTHING),
        on_change=lambda value: state.narrow(choice.key, value),
        class_name="input",
        aria_label=choice.label,
        style={"width": "auto", "max_width": "200px"},
    )


def _export_menu(state: Any) -> rx.Component:
    def link(kind: str) -> rx.Component:
        return rx.el.a(
            kind.upper(),
            href=f"/api/erp/export/{state.query}.{kind}?{state.export_query}",
            download=True,
            class_name="nav-item",
        )

    return rx.menu.root(
        rx.menu.trigger(button("Export", icon="download", aria_label="Export this list")),
        rx.menu.content(link("csv"), link("xlsx"), align="end", variant="soft"),
    )


def _nothing(state: Any, empty: Empty) -> rx.Component:
    searched = (state.search != "") | (state.filters.length() > 0)
    found_none = empty_state(
        "search-x",
        "Nothing matches",
        "Try fewer letters, or lift the filters.",
        button("Show everything", on_click=state.clear_filters),
    )
    actions = (empty.action,) if empty.action is not None else ()
    return rx.cond(
        searched, found_none, empty_state(empty.icon, empty.title, empty.what_to_do, *actions)
    )


def _foot(state: Any) -> rx.Component:
    count = rx.cond(
        state.is_loading,
        "Loading…",
        rx.cond(state.rows.length() == 1, "1 row", f"{state.rows.length()} rows"),
    )
    return rx.el.div(
        rx.el.span(count, class_name="numeric", role="status"),
        rx.el.div(
            button(
                "Previous",
                look="ghost",
                icon="chevron-left",
                on_click=state.previous_page,
                disabled=~state.has_previous,
            ),
            button(
                "Next",
                look="ghost",
                icon="chevron-right",
                on_click=state.next_page,
                disabled=~state.has_next,
            ),
            class_name="actions",
        ),
        class_name="list-foot",
    )
