"""Form fields: label, hint, and the error at the field where it belongs.

Every field takes `errors`, the form state's `field_errors`, and reads its own entry.
"""

from collections.abc import Sequence
from typing import Any

import reflex as rx

from erp.components.browser_parts import DayInput, Lookup

Errors = Any


def field(
    label: str,
    control: rx.Component,
    *,
    name: str,
    errors: Errors,
    hint: str = "",
    required: bool = False,
    wide: bool = False,
) -> rx.Component:
    """Return a labelled control with its hint and its error."""
    mark = [rx.el.span("*", class_name="must", aria_hidden="true")] if required else []
    note = rx.el.p(hint, id=f"{name}-hint", class_name="hint") if hint else rx.fragment()
    error = rx.el.p(errors[name], id=f"{name}-error", class_name="error", role="alert")
    return rx.el.div(
        rx.el.label(label, *mark, html_for=name),
        control,
        rx.cond(errors[name], error, note),
        class_name="field full" if wide else "field",
    )


def text_field(
    label: str,
    name: str,
    *,
    errors: Errors,
    hint: str = "",
    required: bool = False,
    wide: bool = False,
    **props: Any,
) -> rx.Component:
    """Return a field for a line of text; `type`, `placeholder`, `default_value` ... pass through."""
    props.setdefault("max_length", 500)
    control = rx.el.input(
        **_attributes(name, errors, hint, required), **({"class_name": "input"} | props)
    )
    return field(label, control, name=name, errors=errors, hint=hint, required=required, wide=wide)


def money_field(
    label: str, name: str, *, errors: Errors, hint: str = "", required: bool = False, **props: Any
) -> rx.Component:
    """Return a field for an amount in rupees, typed plainly (`1250.50`)."""
    own = {
        "input_mode": "decimal",
        "class_name": "input input-money",
        "placeholder": "0.00",
        "auto_complete": "off",
    }
    control = rx.el.input(**_attributes(name, errors, hint, required), **(own | props))
    affixed = rx.el.div(rx.el.span("₹"), control, class_name="affix")
    return field(label, affixed, name=name, errors=errors, hint=hint, required=required)


def quantity_field(
    label: str, name: str, *, errors: Errors, hint: str = "", required: bool = False, **props: Any
) -> rx.Component:
    """Return a field for a whole number of base units."""
    own = {
        "input_mode": "numeric",
        "class_name": "input input-count",
        "pattern": "[0-9]*",
        "auto_complete": "off",
    }
    control = rx.el.input(**_attributes(name, errors, hint, required), **(own | props))
    return field(label, control, name=name, errors=errors, hint=hint, required=required)


def date_field(
    label: str, name: str, *, errors: Errors, hint: str = "", required: bool = False, **props: Any
) -> rx.Component:
    """Return a field for a calendar day, typed as day-month-year or picked."""
    control = DayInput.create(
        rx.icon("calendar"),
        name=name,
        input_id=name,
        invalid=rx.cond(errors[name], True, False),  # noqa: FBT003  values of a var
        described_by=rx.cond(errors[name], f"{name}-error", f"{name}-hint" if hint else ""),
        required=required,
        **props,
    )
    return field(label, control, name=name, errors=errors, hint=hint, required=required)


def day_filter(label: str, day: rx.Var[str], on_day: Any) -> rx.Component:
    """Return a labelled day that a list or report is narrowed to."""
    return rx.el.label(
        rx.el.span(label),
        DayInput.create(rx.icon("calendar"), value=day, on_day=on_day, accessible_name=label),
        class_name="day-filter",
    )


def select_field(
    label: str,
    name: str,
    options: Sequence[tuple[str, str]] | rx.Var[list[dict[str, str]]],
    *,
    errors: Errors,
    hint: str = "",
    required: bool = False,
    **props: Any,
) -> rx.Component:
    """Return a choice of few; options are pairs of value and label, or a var of `value`, `label`."""
    if isinstance(options, rx.Var):
        choices: list[Any] = [
            rx.foreach(
                options, lambda o: rx.el.option(o["label"], value=o["value"], key=o["value"])
            )
        ]
    else:
        choices = [rx.el.option(text, value=value) for value, text in options]
    control = rx.el.select(
        *choices, **_attributes(name, errors, hint, required), **({"class_name": "input"} | props)
    )
    return field(label, control, name=name, errors=errors, hint=hint, required=required)


def text_area(
    label: str, name: str, *, errors: Errors, hint: str = "", required: bool = False, **props: Any
) -> rx.Component:
    """Return a field for several lines of text."""
    props.setdefault("max_length", 500)
    control = rx.el.textarea(
        **_attributes(name, errors, hint, required), **({"class_name": "input"} | props)
    )
    return field(label, control, name=name, errors=errors, hint=hint, required=required, wide=True)


def reason_field(
    errors: Errors, example: str, *, label: str = "Reason", name: str = "reason"
) -> rx.Component:
    """Return the one field of a dialog that asks a person why."""
    return text_field(
        label,
        name,
        errors=errors,
        required=True,
        wide=True,
        placeholder=example,
        auto_focus=True,
        max_length=120,
    )


def check_field(label: str, name: str, **props: Any) -> rx.Component:
    """Return a yes or no; a form sends `true` or nothing."""
    box = rx.el.input(type="checkbox", name=name, id=name, value="true", **props)
    return rx.el.label(box, label, class_name="check", html_for=name)


def lookup_field(
    label: str,
    name: str,
    url: str,
    *,
    errors: Errors,
    hint: str = "",
    required: bool = False,
    **props: Any,
) -> rx.Component:
    """Return a field that finds a record as one types; the form sends the record's id.

    Args:
        url: A REST list that takes `search`, such as `/api/erp/products`.
        props: `label_key`, `detail_key`, `value_key` name fields of its rows; `placeholder`;
            `initial_value` with `initial_label`; `on_pick(value, label)`.
    """
    control = Lookup.create(
        name=name,
        url=url,
        input_id=name,
        invalid=rx.cond(errors[name], True, False),  # noqa: FBT003  values of a var
        described_by=f"{name}-error" if not hint else f"{name}-error {name}-hint",
        required=required,
        **props,
    )
    return field(label, control, name=name, errors=errors, hint=hint, required=required)


def _attributes(name: str, errors: Errors, hint: str, required: bool) -> dict[str, Any]:
    described = f"{name}-hint" if hint else ""
    return {
        "name": name,
        "id": name,
        "aria_required": required,
        "aria_invalid": rx.cond(errors[name], "true", "false"),
        "aria_describedby": rx.cond(errors[name], f"{name}-error", described),
    }
