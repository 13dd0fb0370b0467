"""What a form of lines would do, before it is done."""

from typing import Any

import reflex as rx

from erp.components import button, dialog, notice


def review_dialog(state: Any, *, title: str, confirm: str) -> rx.Component:
    """Return the review of a `ReviewedFormState`: effects on stock and ledger, then the deed."""
    return dialog(
        state.is_reviewing,
        rx.cond(state.form_error != "", notice(state.form_error, tone="red")),
        rx.el.h3("Stock", class_name="review-title"),
        _table(
            ("Goods", "Units", "Value"),
            state.stock_effects,
            ("label", "quantity", "value"),
            "Effects on stock",
        ),
        rx.el.h3("Books", class_name="review-title"),
        rx.cond(
            state.ledger_effects.length() > 0,
            _table(
                ("Account", "Debit", "Credit"),
                state.ledger_effects,
                ("account", "debit", "credit"),
                "Effects on the books",
            ),
            rx.el.p("The books stay as they are.", class_name="soft"),
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


def _table(
    heads: tuple[str, str, str], rows: Any, keys: tuple[str, str, str], label: str
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
