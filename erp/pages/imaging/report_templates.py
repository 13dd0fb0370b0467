"""Templates of reports: texts, sections in their order, versions, and a look before publishing."""

from typing import Any

import reflex as rx

from erp.components import (
    button,
    card,
    field,
    icon_button,
    link_button,
    notice,
    page_header,
    page_skeleton,
    timeline,
)
from erp.pages.imaging.tabs import imaging_tabs
from erp.pages.routing import page
from erp.state.imaging.report_templates import COLUMNS
from erp.state.imaging.report_templates import TemplatesState as State

Row = rx.Var[dict[str, str]]


@page(
    route="/imaging/report-templates",
    title="Report templates",
    permission="imaging.view",
    parent="/imaging/protocols",
    on_load=[State.open_templates],
)
def report_templates_page() -> rx.Component:
    """Lay out the reports, protocol by protocol."""
    shown = rx.el.div(
        card(
            rx.el.ul(rx.foreach(State.rows, _entry), class_name="picks"),
            title="Protocols",
        ),
        rx.el.div(_texts(), _sections(), _versions(), class_name="stack"),
        class_name="protocols",
    )
    return rx.fragment(
        page_header(
            "Report templates",
            "What the reports of a protocol say, in which order, and what they cannot be without.",
            link_button("Protocols", "/imaging/protocols", look="outline", icon="arrow-left"),
        ),
        imaging_tabs("/imaging/protocols"),
        rx.cond(State.is_loading, page_skeleton(), shown),
    )


def _entry(row: Row) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            rx.el.span(row["name"]),
            type="button",
            on_click=State.choose(row["code"]),
            aria_current=rx.cond(State.code == row["code"], "true", "false"),
        ),
        key=row["code"],
    )


def _texts() -> rx.Component:
    actions = rx.cond(
        State.may_manage,
        rx.fragment(
            button("Preview", icon="eye", on_click=State.preview),
            button("Publish", look="solid", icon="check", on_click=State.publish),
        ),
    )
    fields = rx.el.div(
        _line("Title *", "title", 120),
        _area("Opening text", "intro", "Above the first section."),
        _area("Closing text", "closing", "Below the last section."),
        _line("Header", "header", 120, "On every page, at the top."),
        _line("Footer", "footer", 120, "On every page, at the foot."),
        class_name="form-grid",
        key=f"{State.opening}",
    )
    return card(
        rx.cond(State.inherited != "", notice(State.inherited, tone="gray")),
        fields,
        rx.el.p("Filled in for each session: ", State.placeholders, class_name="hint code-hint"),
        title=State.name,
        subtitle=rx.cond(State.is_changed, "Not published yet.", State.note),
        actions=(actions,),
    )


def _line(label: str, name: str, longest: int, hint: str = "") -> rx.Component:
    control = rx.el.input(**_typed(name, longest), class_name="input")
    return field(label, control, name=name, errors=State.errors, hint=hint)


def _area(label: str, name: str, hint: str) -> rx.Component:
    control = rx.el.textarea(**_typed(name, 1000), class_name="input")
    return field(label, control, name=name, errors=State.errors, hint=hint, wide=True)


def _typed(name: str, longest: int) -> dict[str, Any]:
    return {
        "id": name,
        "default_value": State.texts[name],
        "on_blur": lambda value: State.type_text(name, value),
        "max_length": longest,
        "read_only": ~State.may_manage,
        "aria_invalid": rx.cond(State.errors[name], "true", "false"),
    }


def _sections() -> rx.Component:
    add = rx.cond(
        State.may_manage & (State.left_out.length() > 0),
        rx.el.div(
            rx.el.span("Left out:", class_name="hint"),
            rx.foreach(
                State.left_out,
                lambda row: button(
                    row["label"], look="ghost", icon="plus", on_click=State.put_in(row["kind"])
                ),
            ),
            class_name="left-out",
        ),
    )
    return card(
        rx.cond(State.errors["sections"], notice(State.errors["sections"], tone="red")),
        rx.el.ol(rx.foreach(State.sections, _section), class_name="imaging-rows sections"),
        add,
        title="Sections, in this order",
    )


def _section(row: Row) -> rx.Component:
    place = row["place"].to(int)
    required = rx.cond(
        row["may_be_required"] != "",
        rx.el.button(
            "Required",
            type="button",
            on_click=State.require(row["kind"]),
            disabled=~State.may_manage,
            aria_pressed=rx.cond(row["is_required"] != "", "true", "false"),
            aria_label=f"{row['label']}: no report without it",
            class_name="button button-outline small",
        ),
    )
    columns = rx.cond(
        row["is_images"] != "",
        rx.el.select(
            *[rx.el.option("1 column" if n == "1" else f"{n} columns", value=n) for n in COLUMNS],
            value=row["columns"],
            on_change=State.choose_columns,
            disabled=~State.may_manage,
            class_name="input small",
            aria_label="Key images beside each other",
        ),
    )
    heading = rx.el.input(
        default_value=row["heading"],
        key=f"{State.opening}-{row['kind']}",
        on_blur=lambda value: State.name_section(row["kind"], value),
        placeholder="Usual heading",
        max_length=60,
        read_only=~State.may_manage,
        class_name="input small section-heading",
        aria_label=f"Heading of {row['label']}",
    )
    moving = rx.el.div(
        icon_button("arrow-up", f"Move {row['label']} up", on_click=State.raise_section(place)),
        rx.cond(
            row["may_go"] != "",
            icon_button("x", f"Leave {row['label']} out", on_click=State.leave_out(row["kind"])),
            rx.el.span(class_name="bar-button-room"),
        ),
        class_name="row-actions",
    )
    return rx.el.li(
        rx.el.div(row["label"], class_name="section-name"),
        rx.el.div(heading, columns, required, class_name="section-choices"),
        rx.cond(State.may_manage, moving),
        key=row["kind"],
    )


def _versions() -> rx.Component:
    return rx.cond(
        State.versions.length() > 0,
        card(timeline(State.versions), title="Versions"),
    )
