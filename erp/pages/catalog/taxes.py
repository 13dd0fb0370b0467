"""Tax classes with their dated rates."""

from typing import Any

import reflex as rx

from erp.components import (
    button,
    date_field,
    empty_state,
    form_dialog,
    page_header,
    page_skeleton,
    select_field,
    text_field,
)
from erp.pages.routing import Nav, page
from erp.state.catalog.taxes import NewTaxClassState, SetRateState, TaxClassState
from erp.state.catalog.wording import TREATMENTS


@page(
    route="/tax-classes",
    title="Tax classes",
    permission="catalog.view",
    nav=Nav("Tax classes", "percent", group="Setup", order=40),
    on_load=[TaxClassState.open_classes],
)
def tax_classes_page() -> rx.Component:
    """List tax classes."""
    add = button(
        "New class", look="solid", icon="plus", on_click=NewTaxClassState.open_dialog("", "")
    )
    return rx.fragment(
        page_header(
            "Tax classes",
            "Goods taxed alike. A rate holds from its day on; earlier documents keep theirs.",
            rx.cond(TaxClassState.may_edit, add),
        ),
        rx.cond(TaxClassState.is_loading, page_skeleton(), _classes(add)),
        _set_rate(),
        _new_class(),
    )


def _classes(add: rx.Component) -> rx.Component:
    none = empty_state("percent", "No tax class yet", "Add one before the first product.", add)
    head = rx.el.tr(
        rx.el.th("Class"),
        rx.el.th("Kind of supply", class_name="wide-only"),
        rx.el.th("GST today", class_name="right"),
        rx.el.th("Rates, the newest first", class_name="wide-only"),
        rx.el.th(rx.el.span("Actions", class_name="sr-only")),
    )
    table = rx.el.div(
        rx.el.table(
            rx.el.thead(head),
            rx.el.tbody(rx.foreach(TaxClassState.classes, _row)),
            class_name="table",
            aria_label="Tax classes",
        ),
        class_name="scroll-x",
    )
    return rx.el.section(
        rx.cond(TaxClassState.classes.length() > 0, table, none),
        class_name="card list",
        aria_label="Tax classes",
    )


def _row(row: Any) -> rx.Component:
    change = button(
        "Set rate", look="ghost", on_click=SetRateState.open_dialog(row["id"], row["name"])
    )
    return rx.el.tr(
        rx.el.td(
            rx.el.b(row["name"]),
            rx.el.span(row["code"], class_name="detail code"),
        ),
        rx.el.td(row["treatment"], class_name="wide-only"),
        rx.el.td(row["rate"], class_name="right"),
        rx.el.td(rx.el.span(row["history"], class_name="soft"), class_name="wide-only"),
        rx.el.td(rx.cond(TaxClassState.may_edit, change), class_name="right"),
        key=row["id"],
    )


def _set_rate() -> rx.Component:
    errors = SetRateState.field_errors
    return form_dialog(
        SetRateState,
        date_field("From", "valid_from", errors=errors, required=True),
        _rate(errors),
        text_field(
            "Notification",
            "notification",
            errors=errors,
            wide=True,
            placeholder="9/2025-Central Tax (Rate)",
            hint="The order that sets the rate, for whoever asks later.",
        ),
        title="Set a rate",
        subtitle=SetRateState.subject["label"],
        submit="Set rate",
    )


def _new_class() -> rx.Component:
    errors = NewTaxClassState.field_errors
    return form_dialog(
        NewTaxClassState,
        text_field("Code", "code", errors=errors, required=True, placeholder="GST5", max_length=20),
        text_field(
            "Name", "name", errors=errors, required=True, placeholder="Medicines", max_length=120
        ),
        select_field(
            "Kind of supply", "treatment", list(TREATMENTS.items()), errors=errors, required=True
        ),
        _rate(errors),
        date_field("Rate from", "valid_from", errors=errors, required=True),
        title="New tax class",
        submit="Add class",
        width="640px",
    )


def _rate(errors: Any) -> rx.Component:
    return text_field(
        "GST rate in percent",
        "rate",
        errors=errors,
        required=True,
        placeholder="5",
        hint="Both heads together.",
        input_mode="decimal",
        max_length=6,
    )
