"""A whole list page from a `ListState`: search, filters, table, empty state, pages, export."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import groupby
from operator import or_
from typing import Any

import reflex as rx

from erp.components.buttons import button, file_link, icon_button, submit_button
from erp.components.dialogs import dialog
from erp.components.empty import empty_state
from erp.components.fields import check_field, day_filter, text_field
from erp.components.headers import notice
from erp.components.tables import data_table

EVERYTHING = "all"


@dataclass(frozen=True, slots=True)
class Filter:
    """A choice that narrows a list.

    Attributes:
        key: One of the state's `filter_keys`.
        options: Pairs of value and label, or a var of `value` and `label`; `all` is added in
            front. None at all makes the filter a calendar day.
        anything: What is shown while the filter is lifted; "<label>: all" unless said.
    """

    key: str
    label: str
    options: Sequence[tuple[str, str]] | rx.Var[list[dict[str, str]]] = ()
    anything: str = ""


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
    controls: Sequence[rx.Component] = (),
) -> rx.Component:
    """Return the list of a `ListState` class in a card.

    Args:
        state: The page's state class; its columns, query and link are used.
        label: The list's name, read aloud.
        search: Placeholder of the search field; empty for a list that cannot be searched.
        export: Offer the whole list, as filtered, as CSV and XLSX.
        controls: Filters of the page's own, after the others.
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
        _toolbar(state, label, filters, search, controls, export=export),
        rx.cond(
            state.problem != "",
            rx.el.div(notice(state.problem, tone="red"), class_name="card-body"),
        ),
        rx.cond(is_empty, _nothing(state, empty), table),
        _foot(state),
        _naming(state),
        class_name="card list",
        aria_label=label,
    )


def filter_menu(state: Any, *filters: Filter) -> rx.Component:
    """Return a button that opens filters of a `ListState` which are not wanted every day."""
    chosen = [state.filters[choice.key] for choice in filters]
    is_on = reduce(or_, [rx.cond(value, True, False) for value in chosen])  # noqa: FBT003  values of a var
    opener = button(
        "More filters", icon="sliders-horizontal", aria_pressed=rx.cond(is_on, "true", "false")
    )
    return rx.popover.root(
        rx.popover.trigger(opener),
        rx.popover.content(
            rx.el.div(*[_filter(state, choice) for choice in filters], class_name="filter-menu"),
            align="start",
            size="2",
            width="260px",
        ),
    )


def _toolbar(
    state: Any,
    label: str,
    filters: Sequence[Filter],
    search: str,
    controls: Sequence[rx.Component],
    *,
    export: bool,
) -> rx.Component:
    from erp.components.browser_parts import SearchBox  # noqa: PLC0415  keeps this module light

    field = SearchBox.create(
        rx.icon("search"), value=state.search, placeholder=search, on_search=state.find
    )
    return rx.el.div(
        field if search else rx.fragment(),
        *[_side_by_side(state, list(some)) for _, some in groupby(filters, _is_day)],
        *controls,
        _clear(state),
        rx.el.div(class_name="grow"),
        _views_menu(state),
        _export_menu(state) if export else rx.fragment(),
        class_name="list-bar",
        role="search",
        aria_label=f"Find in {label}",
    )


def _clear(state: Any) -> rx.Component:
    """Lift every filter, those of the address included, which have no field of their own."""
    lift = button("Clear", look="ghost", icon="filter-x", on_click=state.clear_filters)
    return rx.cond(state.has_filters, lift)


def _day(state: Any, choice: Filter) -> rx.Component:
    current = state.filters[choice.key]
    return day_filter(
        choice.label, rx.cond(current, current, ""), lambda day: state.narrow(choice.key, day)
    )


def _is_day(choice: Filter) -> bool:
    return not isinstance(choice.options, rx.Var) and not choice.options


def _side_by_side(state: Any, some: Sequence[Filter]) -> rx.Component:
    """Return filters that follow each other; the days from and to stay on one line."""
    shown = [_day(state, one) if _is_day(one) else _filter(state, one) for one in some]
    return rx.el.div(*shown, class_name="day-range") if _is_day(some[0]) else rx.fragment(*shown)


def _filter(state: Any, choice: Filter) -> rx.Component:
    current = state.filters[choice.key]
    options: list[Any] = [rx.el.option(choice.anything or f"{choice.label}: all", value=EVERYTHING)]
    if isinstance(choice.options, rx.Var):
        options.append(
            rx.foreach(choice.options, lambda o: rx.el.option(o["label"], value=o["value"]))
        )
    else:
        options += [rx.el.option(label, value=value) for value, label in choice.options]
    return rx.el.select(
        *options,
        value=rx.cond(current, current, EVERYTHING),
        on_change=lambda value: state.narrow(choice.key, value),
        class_name="input",
        aria_label=choice.label,
        style={"width": "auto", "max_width": "172px"},
    )


def _views_menu(state: Any) -> rx.Component:
    def entry(view: Any) -> rx.Component:
        return rx.el.div(
            rx.el.button(
                view["name"],
                rx.cond(view["is_shared"] != "", rx.icon("users", aria_label="Shared")),
                type="button",
                class_name="nav-item menu-entry",
                on_click=state.use_view(view["id"]),
            ),
            rx.cond(
                view["is_own"] != "",
                icon_button("x", "Forget this view", on_click=state.forget_view(view["id"])),
            ),
            class_name="view-entry",
            key=view["id"],
        )

    save = rx.el.button(
        rx.icon("bookmark-plus"),
        "Save this view",
        type="button",
        class_name="nav-item menu-entry",
        on_click=state.name_view,
    )
    return rx.popover.root(
        rx.popover.trigger(button("Views", icon="bookmark", aria_label="Saved views of this list")),
        rx.popover.content(
            rx.cond(
                state.views.length() > 0,
                rx.foreach(state.views, entry),
                rx.el.p(
                    "Filters you save appear here.",
                    class_name="hint",
                    style={"padding": "6px 10px"},
                ),
            ),
            rx.popover.close(save),
            align="end",
            size="1",
            width="240px",
        ),
    )


def _naming(state: Any) -> rx.Component:
    form = rx.el.form(
        text_field(
            "Name",
            "name",
            errors={"name": state.name_error},
            required=True,
            placeholder="Overdue this month",
            auto_focus=True,
            max_length=60,
        ),
        check_field("Share it with everyone who sees this list", "is_shared"),
        rx.el.div(
            button("Cancel", on_click=state.stop_naming),
            submit_button("Save view"),
            class_name="form-foot",
        ),
        on_submit=state.save_view,
        class_name="form",
        no_validate=True,
    )
    return dialog(
        state.is_naming,
        form,
        title="Save this view",
        subtitle="Search, filters and order of this list.",
        on_close=state.stop_naming,
        width="420px",
    )


def _export_menu(state: Any) -> rx.Component:
    def link(kind: str) -> rx.Component:
        name = f"{state.query}.{kind}?shown_as={state.list_name}"
        address = f"/api/erp/export/{name}&{state.export_query}"
        return file_link(kind.upper(), href=address, class_name="nav-item")

    return rx.menu.root(
        rx.menu.trigger(button("Export", icon="download", aria_label="Export this list")),
        rx.menu.content(link("csv"), link("xlsx"), align="end", variant="soft"),
    )


def _nothing(state: Any, empty: Empty) -> rx.Component:
    searched = (state.search != "") | state.has_filters
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
    shown = rx.cond(state.rows.length() == 1, "1 row", f"{state.rows.length()} rows")
    said = rx.cond(
        state.has_next,
        rx.cond(
            state.has_previous,
            f"{shown} of this page, more on the next",
            f"First {shown}, more on the next page",
        ),
        rx.cond(state.has_previous, f"Last {shown}", shown),
    )
    count = rx.cond(state.is_loading, "Loading…", said)
    return rx.el.div(
        rx.el.span(count, class_name="numeric", role="status"),
        page_turner(state),
        class_name="list-foot",
    )


def page_turner(state: Any) -> rx.Component:
    """Return the buttons to the page before and after, of any state with pages."""
    return rx.el.div(
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
    )
