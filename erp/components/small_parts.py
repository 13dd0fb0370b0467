"""Small parts: a range of prices on a list, suggestions of a field, a row of figures."""

from typing import Any

import reflex as rx


def price_range(state: Any, low_key: str, high_key: str, label: str) -> rx.Component:
    """Return two fields that narrow a `ListState` to amounts from one to another.

    Args:
        low_key, high_key: Two of the state's `filter_keys`.
    """
    return rx.el.div(
        rx.el.span(label, aria_hidden="true"),
        _amount(state, low_key, f"{label} from", "from"),
        rx.el.span("\u2013", aria_hidden="true"),
        _amount(state, high_key, f"{label} up to", "to"),
        class_name="range-filter",
        role="group",
        aria_label=label,
    )


def _amount(state: Any, key: str, label: str, placeholder: str) -> rx.Component:
    current = state.filters[key]
    return rx.el.input(
        default_value=rx.cond(current, current, ""),
        key=rx.cond(current, current, f"no {key}"),
        on_blur=lambda value: state.narrow(key, value),
        on_key_down=lambda name: rx.cond(
            name == "Enter", rx.call_script("document.activeElement.blur()"), rx.noop()
        ),
        placeholder=placeholder,
        aria_label=label,
        input_mode="decimal",
        class_name="input",
        auto_complete="off",
        max_length=12,
    )


def tiles(*figures: rx.Component) -> rx.Component:
    """Return four figures in a row; two and two on a phone."""
    return rx.el.div(*figures, class_name="tiles")


def suggestions(list_id: str, values: rx.Var[list[str]]) -> rx.Component:
    """Return what a text field offers while it is typed; the field names it as its `list`."""
    return rx.el.datalist(
        rx.foreach(values, lambda value: rx.el.option(value=value, key=value)), id=list_id
    )
