"""A line of the cart: what, from which lot, how much, at what price, and what is wrong with it."""

from typing import Any

import reflex as rx

from erp.components.till.browser_parts import NumberBox, Stepper

Line = Any
"""A var of a row; vars of dictionaries have no type that can be indexed."""


def cart_line(
    line: Line,
    *,
    selected: rx.Var[str],
    on_select: Any,
    on_step: Any,
    on_quantity: Any,
    on_unit: Any,
    on_discount: Any,
    on_remove: Any,
) -> rx.Component:
    """Return one line; its handlers take the line's name first."""
    uid = line["uid"].to(str)
    label = line["label"].to(str)
    stepper = Stepper.create(
        value=line["quantity"].to(str),
        label=f"Quantity of {label}",
        on_step=lambda by: on_step(uid, by),
        on_commit=lambda text: on_quantity(uid, text),
    )
    discount = NumberBox.create(
        value=line["discount"].to(str),
        label=f"Discount of {label} in percent",
        place="discount",
        affix="%",
        on_commit=lambda text: on_discount(uid, text),
    )
    return rx.el.li(
        rx.el.div(
            rx.el.span(label, class_name="line-name"),
            rx.el.span(line["total"].to(str), class_name="line-total"),
            class_name="line-head",
            on_click=on_select(uid),
        ),
        rx.el.div(
            rx.foreach(line["lots"].to(list[dict[str, str]]), lot_note),
            _news(line),
            rx.cond(
                line["last"].to(str) != "",
                rx.el.span(line["last"].to(str), class_name="line-last"),
            ),
            class_name="line-lots",
        ),
        rx.el.div(
            stepper,
            rx.cond(line["unit"].to(str) != "", _unit(line, lambda code: on_unit(uid, code))),
            rx.el.span(line["price"].to(str), class_name="line-price"),
            discount,
            rx.el.button(
                rx.icon("trash-2"),
                type="button",
                aria_label=f"Remove {label}",
                title="Remove (Del)",
                class_name="line-remove",
                on_click=on_remove(uid),
            ),
            class_name="line-tools",
        ),
        rx.cond(
            line["problem"].to(str) != "",
            rx.el.p(line["problem"].to(str), class_name="error", role="alert"),
        ),
        class_name="line",
        custom_attrs={
            "data-chosen": rx.cond(selected == uid, "true", "false"),
            "data-uid": uid,
            "data-problem": rx.cond(line["problem"].to(str) != "", "true", "false"),
        },
        key=uid,
    )


def _unit(line: Line, on_unit: Any) -> rx.Component:
    """Return the choice of what the quantity counts."""
    return rx.el.select(
        rx.foreach(line["units"].to(list[str]), lambda code: rx.el.option(code, value=code)),
        value=line["unit"].to(str),
        on_change=on_unit,
        aria_label=f"Unit of {line['label'].to(str)}",
        title="Unit (*)",
        class_name="input line-unit",
    )


def _news(line: Line) -> rx.Component:
    """Return what a cashier tells the customer: free units, where the price is from, a loss."""
    return rx.fragment(
        rx.cond(line["free"].to(str) != "", rx.el.b(line["free"].to(str), class_name="line-free")),
        rx.cond(line["why"].to(str) != "", rx.el.span(line["why"].to(str), class_name="line-why")),
        rx.cond(
            line["is_below_cost"].to(bool),
            rx.el.span(rx.icon("trending-down"), "Below cost", class_name="line-loss"),
        ),
    )


def lot_note(lot: Line) -> rx.Component:
    """Return one lot with its expiry, marked where that is near."""
    return rx.el.span(
        "Lot ",
        rx.el.b(lot["text"]),
        rx.cond(lot["expiry"] != "", rx.fragment(" · exp ", lot["expiry"])),
        class_name="lot",
        title=rx.cond(lot["until"] != "", f"Good until {lot['until']}", ""),
        custom_attrs={"data-tone": lot["tone"]},
        key=lot["id"],
    )
