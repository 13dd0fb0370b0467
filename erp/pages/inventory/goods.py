"""Lines of goods in forms: what was bought or came, at what price, and what its label says."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from erp.components import (
    button,
    date_field,
    dialog,
    icon_button,
    lookup_field,
    money_field,
    text_area,
    text_field,
)
from erp.pages.inventory.quality import check_fields

Fields = Callable[[Any, Any], rx.Component]
LIST_EXAMPLE = "Arnica 30 - 5\nNux vom 200 x 2\nBell 1M - 1"
_NUMBER: dict[str, Any] = {"input_mode": "decimal", "auto_complete": "off", "max_length": 18}


def goods_list(
    state: Any, fields: Fields, none: rx.Component, class_name: str = ""
) -> rx.Component:
    """Return the lines of a `CostedLinesState`; `none` is shown while there are none.

    Args:
        fields: Makes the fields of a line from the state and the line.
    """

    def line_of(line: Any) -> rx.Component:
        return rx.el.li(
            rx.el.div(
                rx.el.b(line["label"]),
                rx.el.span(line["total"], class_name="numeric"),
                icon_button("x", f"Remove {line['label']}", on_click=state.drop_line(line["id"])),
                class_name="goods-head",
            ),
            rx.el.div(fields(state, line), class_name=f"goods-fields {class_name}".strip()),
            rx.cond(
                line["drift"], rx.el.p(rx.icon("scale"), line["drift"], class_name="goods-drift")
            ),
            rx.cond(
                line["doubt"],
                rx.el.p(rx.icon("circle-help"), line["doubt"], class_name="goods-drift"),
            ),
            key=line["id"],
            custom_attrs={"data-line": line["id"]},
        )

    return rx.cond(
        state.lines.length() > 0,
        rx.el.ol(rx.foreach(state.lines, line_of), class_name="goods"),
        none,
    )


def goods_sums(state: Any, *notes: rx.Component) -> rx.Component:
    """Return what the lines of a `CostedLinesState` add up to."""
    return rx.el.div(
        rx.el.span(state.units, " units"),
        rx.el.b(state.total, class_name="numeric"),
        *notes,
        class_name="balance",
        role="status",
    )


def product_adder(state: Any) -> rx.Component:
    """Return the field that adds a line for a product found by name."""
    return rx.el.div(
        lookup_field(
            "Add a product",
            "add",
            "/api/erp/goods",
            errors=state.field_errors,
            label_key="label",
            detail_key="detail",
            placeholder="Name, potency and pack, SKU or code",
            on_pick=state.add_product,
            key=state.adds,
        ),
        class_name="adder",
    )


def paste_button(state: Any) -> rx.Component:
    """Return the button that offers to paste a list into a `PastedListState`."""
    return button("Paste a list", icon="clipboard-paste", on_click=state.open_paste)


def paste_dialog(state: Any, title: str = "Paste a list") -> rx.Component:
    """Return the box of a `PastedListState` for a list."""
    missing = rx.el.p(
        "Nothing was found for the lines below. Correct them, or leave them out.",
        class_name="error",
        role="alert",
    )
    return dialog(
        state.is_pasting,
        rx.el.form(
            rx.cond(state.unread.length() > 0, missing),
            text_area(
                "The list",
                "pasted",
                errors=state.field_errors,
                default_value=state.pasted,
                placeholder=LIST_EXAMPLE,
                rows=8,
                max_length=20_000,
                key=state.pasted,
            ),
            rx.el.div(button("Add these", look="solid", type="submit"), class_name="form-foot"),
            on_submit=state.read_paste,
            class_name="form",
        ),
        title=title,
        subtitle="One product on each line, or between commas, with its quantity: Arnica 30 - 5",
        on_close=state.close_paste,
    )


def arrival_fields(state: Any) -> rx.Component:
    """Return the fields of a delivery's document and day."""
    return rx.fragment(
        text_field(
            "Document number",
            "reference",
            errors=state.field_errors,
            placeholder="Challan or invoice",
            auto_complete="off",
            max_length=120,
        ),
        date_field("Came on", "received_on", errors=state.field_errors, default_value=state.today),
    )


def delivered_fields(state: Any, line: Any) -> rx.Component:
    """Return the fields of goods that came: label, prices, amounts."""
    return rx.fragment(
        label_fields(state, line),
        price_fields(state, line),
        amount_fields(state, line),
        unit_field(state, line),
        cost_field(state, line),
        check_fields(state, line),
    )


def label_fields(state: Any, line: Any) -> rx.Component:
    """Return the fields of what is printed on the pack."""
    plain = {"errors": state.field_errors, "auto_complete": "off"}
    return rx.fragment(
        text_field(
            "Lot",
            _named(line, "lot_number"),
            default_value=line["lot_number"],
            max_length=40,
            **plain,
        ),
        text_field(
            "Expiry",
            _named(line, "expires_on"),
            default_value=line["expires_on"],
            placeholder="MM/YYYY",
            max_length=10,
            **plain,
        ),
        text_field(
            "Made", _named(line, "manufactured_on"), placeholder="MM/YYYY", max_length=10, **plain
        ),
        text_field(
            "Maker", _named(line, "maker"), default_value=line["maker"], max_length=120, **plain
        ),
    )


def price_fields(state: Any, line: Any) -> rx.Component:
    """Return the fields of the lot's prices."""
    errors = state.field_errors
    return rx.fragment(
        money_field(
            "MRP",
            _named(line, "mrp"),
            errors=errors,
            default_value=line["mrp"],
            on_blur=_kept(state, line, "mrp"),
        ),
        money_field("PTR", _named(line, "ptr"), errors=errors, default_value=line["ptr"]),
    )


def amount_fields(state: Any, line: Any) -> rx.Component:
    """Return the fields of units paid for and free."""
    return rx.fragment(
        units_field(state, line),
        text_field(
            "Free",
            _named(line, "free_quantity"),
            default_value=line["free_quantity"],
            class_name="input input-count",
            errors=state.field_errors,
            **_NUMBER,
        ),
    )


def units_field(state: Any, line: Any) -> rx.Component:
    """Return the field of units."""
    return text_field(
        "Quantity",
        _named(line, "quantity"),
        default_value=line["quantity"],
        on_blur=_kept(state, line, "quantity"),
        key=line["scans"],
        class_name="input input-count",
        errors=state.field_errors,
        **_NUMBER,
    )


def cost_field(state: Any, line: Any) -> rx.Component:
    """Return the field of the price of one unit."""
    return money_field(
        "Unit cost",
        _named(line, "unit_cost"),
        errors=state.field_errors,
        default_value=line["unit_cost"],
        on_blur=_kept(state, line, "unit_cost"),
    )


def unit_field(state: Any, line: Any, on_change: Any = None) -> rx.Component:
    """Return the choice of the unit a line counts in."""
    name = _named(line, "unit")
    told = {} if on_change is None else {"on_change": on_change}
    options = rx.foreach(
        line["units"].split(","), lambda unit: rx.el.option(unit, value=unit, key=unit)
    )
    return rx.el.div(
        rx.el.label("Unit", html_for=name),
        rx.el.select(
            options, name=name, id=name, class_name="input", default_value=line["unit"], **told
        ),
        rx.cond(
            state.field_errors[name],
            rx.el.p(state.field_errors[name], class_name="error", role="alert"),
        ),
        class_name="field",
    )


def _named(line: Any, field: str) -> Any:
    """Return the form's name of a field of a line."""
    return line["id"] + f".{field}"


def _kept(state: Any, line: Any, part: str) -> Callable[[Any], Any]:
    """Return what tells the state of an amount once its field is left."""
    return lambda value: state.write(line["id"], part, value)
