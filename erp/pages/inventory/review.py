"""What a form of lines would do, before it is done."""

from typing import Any

import reflex as rx

from erp.components import button, dialog, notice

STOCK = ("Stock", "Goods", "Units", "Value")


def review_dialog(
    state: Any,
    *notes: rx.Component,
    title: str,
    confirm: str,
    goods: tuple[str, str, str, str] = STOCK,
) -> rx.Component:
    """Return the review of a `ReviewedFormState`: effects on goods and books, then the deed.

    Args:
        notes: Shown above the effects.
        goods: Title and heads of the effects on goods.
    """
    heading, *heads = goods
    return dialog(
        state.is_reviewing,
        rx.cond(state.form_error != "", notice(state.form_error, tone="red")),
        *notes,
        _effects(heading, tuple(heads), state.stock_effects, ("label", "quantity", "value")),
        _effects(
            "Books",
            ("Account", "Debit", "Credit"),
            state.ledger_effects,
            ("account", "debit", "credit"),
        ),
        rx.el.div(
            button("Keep editing", on_click=state.keep_typing),
            button(confirm, look="solid", busy=state.is_busy, on_click=state.post, auto_focus=True),
            class_name="form-foot review-foot",
        ),
        title=title,
        subtitle="Nothing is saved yet. This is what will happen.",
        on_close=state.keep_typing,
        width="640px",
    )


def _effects(
    heading: str, heads: tuple[str, ...], rows: Any, keys: tuple[str, str, str]
) -> rx.Component:
    unchanged = rx.el.p(f"Nothing changes in the {heading.lower()}.", class_name="soft")
    table = _table(heads, rows, keys, f"Effects on the {heading.lower()}")
    return rx.fragment(
        rx.el.h3(heading, class_name="review-title"),
        rx.cond(rows.length() > 0, table, unchanged),
    )


def _table(
    heads: tuple[str, ...], rows: Any, keys: tuple[str, str, str], label: str
) -> rx.Component:
    def row(line: Any) -> rx.Component:
        first, *rest = keys
        cells = [rx.el.td(line[key], class_name="right") for key in rest]
        return rx.el.tr(rx.el.td(line[first]), *cells, key=line["id"])

    first, *rest = heads
    head = rx.el.tr(rx.el.th(first), *[rx.el.th(name, class_name="right") for name in rest])
    return rx.el.div(
        rx.el.table(
            rx.el.thead(head),
            rx.el.tbody(rx.foreach(rows, row)),
            class_name="table",
            aria_label=label,
        ),
        class_name="scroll-x review-table",
    )
