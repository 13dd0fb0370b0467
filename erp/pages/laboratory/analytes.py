"""Analytes: what is measured, in which unit, between which bounds."""

from typing import Any

import reflex as rx

from erp.components import (
    badge,
    button,
    card,
    check_field,
    empty_state,
    form_dialog,
    icon_button,
    page_header,
    page_skeleton,
    select_field,
    text_field,
)
from erp.components.browser_parts import SearchBox
from erp.components.records import or_dash
from erp.pages.laboratory.tabs import laboratory_tabs
from erp.pages.routing import page
from erp.state.laboratory.analytes import AnalytesState as State
from erp.state.laboratory.analytes import SetAnalyteState as Form
from erp.state.laboratory.wording import VIEW


@page(
    route="/laboratory/analytes",
    title="Analytes",
    permission=VIEW,
    parent="/laboratory",
    on_load=[State.open_analytes, State.listen],
)
def analytes_page() -> rx.Component:
    """List what is measured."""
    add = button("New analyte", look="outline", icon="plus", on_click=Form.open_dialog("", ""))
    none = empty_state(
        "flask-conical", "No analyte here", "The first laboratory brings the usual ones with it."
    )
    shown = card(
        rx.el.div(
            SearchBox.create(
                rx.icon("search"),
                value=State.search,
                placeholder="Name, code, panel or LOINC",
                on_search=State.find,
            ),
            class_name="list-bar",
            role="search",
        ),
        rx.cond(State.rows.length() > 0, _table(), none),
    )
    return rx.fragment(
        page_header(
            "Analytes",
            "One unit each. The ranges are a start for adults; what a laboratory tells counts first.",
            rx.cond(State.may_manage, add),
        ),
        laboratory_tabs("/laboratory/analytes"),
        rx.cond(State.is_loading, page_skeleton(), shown),
        _dialog(),
    )


def _table() -> rx.Component:
    titles = rx.el.tr(
        rx.el.th("Analyte", scope="col"),
        rx.el.th("Unit", scope="col"),
        rx.el.th("Reference range", scope="col"),
        rx.el.th("Code", class_name="wide-only", scope="col"),
        rx.el.th(rx.el.span("Actions", class_name="sr-only")),
    )
    table = rx.el.table(
        rx.el.thead(titles),
        rx.el.tbody(rx.foreach(State.rows, _row)),
        class_name="table",
        aria_label="Analytes",
    )
    return rx.el.div(table, class_name="scroll-x")


def _row(row: Any) -> rx.Component:
    change = icon_button("pencil", "Change", on_click=Form.open_dialog(row["id"], row["name"]))
    return rx.el.tr(
        rx.el.td(
            row["name"],
            rx.cond(row["is_active"] == "", badge("Not in use", "gray")),
            rx.el.span(row["panel"], class_name="detail"),
        ),
        rx.el.td(row["unit"], class_name="nowrap"),
        rx.el.td(or_dash(row["ranges"])),
        rx.el.td(
            rx.el.span(row["code"], class_name="code"),
            rx.el.span(row["loinc"], class_name="detail"),
            class_name="wide-only",
        ),
        rx.el.td(rx.cond(State.may_manage, change), class_name="right"),
        key=row["id"],
    )


def _dialog() -> rx.Component:
    errors, kept = Form.field_errors, Form.kept

    def text(label: str, name: str, **more: Any) -> rx.Component:
        return text_field(label, name, errors=errors, default_value=kept[name], **more)

    bounds = [
        text(f"{label} {words}", f"{end}_{whose}", input_mode="decimal", max_length=20)
        for whose, words in (
            ("everyone", "for everybody"),
            ("men", "for men"),
            ("women", "for women"),
        )
        for end, label in (("low", "From"), ("high", "Up to"))
    ]
    return form_dialog(
        Form,
        text("Name", "name", required=True, max_length=120),
        text("Code", "code", required=True, max_length=20, placeholder="HBA1C"),
        text("Panel", "panel", required=True, max_length=120, placeholder="Diabetes"),
        text(
            "LOINC",
            "loinc",
            max_length=10,
            placeholder="4548-4",
            hint="Results that name it need no mapping.",
        ),
        select_field(
            "Results are",
            "kind",
            [("number", "Numbers"), ("text", "Words")],
            errors=errors,
            default_value=kept["kind"],
            key=kept["kind"],
        ),
        text("Unit", "unit", max_length=20, placeholder="mg/dL"),
        select_field(
            "Decimals shown",
            "decimals",
            [(f"{n}", f"{n}") for n in range(5)],
            errors=errors,
            default_value=kept["decimals"],
            key=kept["decimals"],
        ),
        check_field("In use", "is_active", default_checked=kept["is_active"] != ""),
        *bounds,
        title=rx.cond(Form.subject["id"] != "", "Change an analyte", "New analyte"),
        subtitle="Ranges of adults, in the unit.",
        width="640px",
    )
