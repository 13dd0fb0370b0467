"""Tables of display text: dense rows, sticky heads, numbers aligned right."""

from collections.abc import Sequence
from typing import Any

import reflex as rx
from reflex_components_core.react_router.dom import ReactRouterLink

from erp.components.figures import badge
from erp.components.skeletons import row_skeletons
from erp.core.columns import Column, Kind

Row = Any
_NO_WRAP = frozenset({Kind.DATE, Kind.INSTANT, Kind.EXPIRY, Kind.CODE})


def data_table(
    columns: Sequence[Column],
    rows: rx.Var[list[dict[str, str]]],
    *,
    label: str,
    loading: rx.Var[bool] | bool = False,
    sort: rx.Var[str] | None = None,
    on_sort: Any = None,
    linked: bool = False,
    row_action: Any = None,
) -> rx.Component:
    """Return a table.

    Args:
        label: Read aloud as the table's name.
        loading: While true, skeleton rows keep the place.
        sort: Key of the order in force, with a leading minus for descending.
        on_sort: Handler that takes a column's sort key.
        linked: Each row leads to its `href`.
        row_action: Makes the last cell's content from a row, such as a small button.
    """
    body = rx.foreach(rows, lambda row: _row(columns, row, linked, row_action))
    width = len(columns) + (row_action is not None)
    shown = rx.cond(loading, rx.fragment(*row_skeletons(width)), body)
    extra = [rx.el.th(rx.el.span("Actions", class_name="sr-only"))] if row_action else []
    head = rx.el.tr(*[_head(column, sort, on_sort) for column in columns], *extra)
    return rx.el.div(
        rx.el.table(
            rx.el.thead(head),
            rx.el.tbody(shown),
            class_name="table",
            aria_label=label,
            custom_attrs={"aria-busy": loading},
        ),
        class_name="scroll-x",
    )


def _head(column: Column, sort: rx.Var[str] | None, on_sort: Any) -> rx.Component:
    classes = _classes(column)
    style = {"width": column.width} if column.width else {}
    if not column.sort or sort is None or on_sort is None:
        return rx.el.th(column.label, class_name=classes, style=style, scope="col")
    up, down = sort == column.sort, sort == f"-{column.sort}"
    arrow = rx.cond(
        up, rx.icon("arrow-up"), rx.cond(down, rx.icon("arrow-down"), rx.icon("chevrons-up-down"))
    )
    return rx.el.th(
        rx.el.button(
            column.label,
            arrow,
            type="button",
            class_name="sort",
            on_click=on_sort(column.sort),
            custom_attrs={"data-on": up | down},
        ),
        class_name=classes,
        style=style,
        scope="col",
        aria_sort=rx.cond(up, "ascending", rx.cond(down, "descending", "none")),
    )


def _row(columns: Sequence[Column], row: Row, linked: bool, row_action: Any) -> rx.Component:
    cells = [_cell(column, row, linked and place == 0) for place, column in enumerate(columns)]
    if row_action is not None:
        cells.append(rx.el.td(rx.el.div(row_action(row), class_name="above"), class_name="right"))
    return rx.el.tr(*cells, key=row["id"], class_name="linked" if linked else "")


def _cell(column: Column, row: Row, is_link: bool) -> rx.Component:
    value: Any = row[column.key]
    if column.is_badge:
        tone = row[f"{column.key}_tone"]
        value = rx.cond(tone != "", badge(value, tone), value)
    if column.kind == Kind.CODE:
        value = rx.el.span(value, class_name="code")
    if is_link:
        value = ReactRouterLink.create(value, to=row["href"], class_name="row-link")
    detail = [rx.el.span(row[column.detail], class_name="detail")] if column.detail else []
    if column.picture:
        return rx.el.td(
            rx.el.div(
                thumbnail(row[column.picture]), rx.el.div(value, *detail), class_name="pictured"
            )
        )
    return rx.el.td(value, *detail, class_name=_classes(column))


def thumbnail(address: Any) -> rx.Component:
    """Return a small picture, or a quiet tile where there is none."""
    return rx.cond(
        address != "",
        rx.el.img(src=address, alt="", loading="lazy", class_name="thumb"),
        rx.el.span(rx.icon("pill-bottle"), class_name="thumb", aria_hidden="true"),
    )


def _classes(column: Column) -> str:
    names = ["right"] if column.is_numeric else []
    names += ["nowrap"] if column.kind in _NO_WRAP else []
    names += ["wide-only"] if column.wide_only else []
    return " ".join(names)
