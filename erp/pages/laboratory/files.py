"""Laboratories with their files, and one file before it is taken in."""

from typing import Any

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    badge,
    button,
    card,
    check_field,
    form_dialog,
    icon_button,
    link_button,
    list_view,
    notice,
    page_header,
    stat_tile,
    text_field,
)
from erp.components.browser_parts import FilePick
from erp.components.records import record_view
from erp.components.small_parts import tiles
from erp.pages.laboratory.tabs import laboratory_tabs
from erp.pages.routing import page
from erp.state.laboratory.files import (
    ChangeLaboratoryState,
    LabFilesState,
    LabFileState,
    OpenLaboratoryState,
)
from erp.state.laboratory.wording import PARTS, VIEW

head = LabFileState.head
FACILITY = "Then messages that name another one in MSH-4 are not taken."


@page(
    route="/laboratory/files",
    title="Laboratory files",
    permission=VIEW,
    parent="/laboratory",
    on_load=[LabFilesState.open_list, LabFilesState.listen],
)
def lab_files_page() -> rx.Component:
    """Show laboratories and the files that came."""
    add = button(
        "Add laboratory",
        look="outline",
        icon="plus",
        on_click=OpenLaboratoryState.open_dialog("", ""),
    )
    return rx.fragment(
        page_header(
            "Laboratory files",
            "CSV, or HL7 v2 results (ORU^R01). You see every row before it counts.",
            rx.cond(LabFilesState.may_manage, add),
        ),
        laboratory_tabs("/laboratory/files"),
        rx.cond(LabFilesState.laboratories.length() > 0, _laboratories()),
        list_view(
            LabFilesState,
            label="Files",
            search="File name",
            filters=[Filter("laboratory_id", "Laboratory", LabFilesState.choices)],
            export=False,
            empty=Empty(
                "file-up",
                "No file yet",
                "Add the laboratory first, then send the file it gave you.",
                rx.cond(LabFilesState.may_manage, add),
            ),
        ),
        _dialogs(),
    )


def _laboratories() -> rx.Component:
    chooser = rx.el.select(
        rx.foreach(
            LabFilesState.choices,
            lambda o: rx.el.option(o["label"], value=o["value"], key=o["value"]),
        ),
        value=LabFilesState.chosen,
        on_change=LabFilesState.choose,
        class_name="input chooser",
        aria_label="Laboratory of the file",
    )
    pick = FilePick.create(
        url=f"/api/erp/laboratories/{LabFilesState.chosen}/files",
        accept=".csv,.txt,.hl7,.oru",
        label="Choose a file",
        hint="CSV or HL7, up to 5 MB. Or drop it here.",
        largest=5_000_000,
        on_done=LabFilesState.uploaded,
    )
    return rx.el.div(
        rx.cond(
            LabFilesState.may_record & (LabFilesState.chosen != ""),
            card(rx.el.div(chooser, pick, class_name="lab-send"), title="Send a file", span=6),
        ),
        card(
            rx.el.ul(rx.foreach(LabFilesState.laboratories, _laboratory), class_name="fact-lines"),
            title="Laboratories",
            span=6,
        ),
        class_name="grid",
    )


def _laboratory(row: Any) -> rx.Component:
    change = icon_button(
        "pencil", "Change", on_click=ChangeLaboratoryState.open_dialog(row["id"], row["name"])
    )
    waits = link_button(
        row["waiting"] + " wait", "/laboratory/waiting?laboratory_id=" + row["id"], look="ghost"
    )
    return rx.el.li(
        rx.el.div(row["name"], rx.el.span(row["about"], class_name="detail")),
        rx.el.div(
            rx.cond(row["waiting"] != "", waits),
            rx.cond(LabFilesState.may_manage, change),
            class_name="row-actions",
        ),
        key=row["id"],
    )


def _dialogs() -> rx.Component:
    new, changed = OpenLaboratoryState.field_errors, ChangeLaboratoryState.field_errors
    kept = ChangeLaboratoryState.kept
    return rx.fragment(
        form_dialog(
            OpenLaboratoryState,
            text_field(
                "Name", "name", errors=new, required=True, max_length=120, placeholder="City Lab"
            ),
            text_field(
                "Its name in HL7",
                "facility",
                errors=new,
                max_length=60,
                hint=f"If it is known. {FACILITY}",
            ),
            title="Add a laboratory",
            submit="Add laboratory",
        ),
        form_dialog(
            ChangeLaboratoryState,
            text_field(
                "Name",
                "name",
                errors=changed,
                required=True,
                max_length=120,
                default_value=kept["name"],
            ),
            text_field(
                "Its name in HL7",
                "facility",
                errors=changed,
                max_length=60,
                hint=FACILITY,
                default_value=kept["facility"],
            ),
            check_field("Takes files", "is_active", default_checked=kept["is_active"] != ""),
            title="Change a laboratory",
        ),
    )


@page(
    route="/laboratory/files/[lab_file_id]",
    title="Laboratory file",
    permission=VIEW,
    parent="/laboratory/files",
    on_load=[LabFileState.open_file],
)
def lab_file_page() -> rx.Component:
    """Show what a file would bring."""
    take = button(
        "Take in",
        look="solid",
        icon="check",
        on_click=LabFileState.take_in,
        disabled=head["may_take"] == "",
    )
    waits = link_button(
        "What waits", "/laboratory/waiting?file_id=" + head["id"], look="outline", icon="list-todo"
    )
    return record_view(
        LabFileState,
        page_header(
            head["name"],
            rx.el.span("From ", head["laboratory"]),
            rx.cond(
                head["imported"] != "",
                rx.fragment(badge("Taken in", "green"), waits),
                rx.cond(head["may_record"] != "", take),
            ),
        ),
        rx.cond(head["refusal"] != "", notice(head["refusal"], tone="red")),
        rx.cond(
            head["imported"] == "",
            tiles(
                stat_tile("New results", head["taken"]),
                stat_tile("Known already", head["known"]),
                stat_tile("Will wait for you", head["waiting"]),
            ),
        ),
        rx.cond((head["imported"] == "") & (head["is_table"] != ""), _columns()),
        rx.cond(head["imported"] == "", _rows()),
        list_route="/laboratory/files",
        list_label="All files",
    )


def _columns() -> rx.Component:
    def option(choice: Any) -> rx.Component:
        return rx.el.option(choice["label"], value=choice["value"], key=choice["value"])

    def chooser(part: str, label: str) -> rx.Component:
        return rx.el.label(
            rx.el.span(label, class_name="label"),
            rx.el.select(
                rx.el.option("Not in the file", value=""),
                rx.foreach(LabFileState.headers, option),
                value=LabFileState.parts.get(part, ""),
                on_change=lambda value: LabFileState.read_as(part, value),
                class_name="input",
            ),
            class_name="field",
        )

    order = rx.el.label(
        rx.el.span("Order of a day", class_name="label"),
        rx.el.select(
            rx.el.option("Day, month, year", value="dmy"),
            rx.el.option("Month, day, year", value="mdy"),
            value=LabFileState.date_order,
            on_change=LabFileState.order_days,
            class_name="input",
        ),
        class_name="field",
    )
    return card(
        rx.el.div(
            *[chooser(part, label) for part, label in PARTS],
            order,
            class_name="form-grid four mapping",
        ),
        title="Which column is what",
        subtitle="Kept for this laboratory's next file.",
    )


def _rows() -> rx.Component:
    titles = rx.el.tr(
        rx.el.th("Where", class_name="wide-only", scope="col"),
        rx.el.th("Patient", scope="col"),
        rx.el.th("Test", scope="col"),
        rx.el.th("Result", scope="col"),
        rx.el.th("Becomes", scope="col"),
    )
    table = rx.el.table(
        rx.el.thead(titles),
        rx.el.tbody(rx.foreach(LabFileState.rows, _row)),
        class_name="table",
        aria_label="Rows of the file",
    )
    return card(
        rx.el.div(table, class_name="scroll-x"),
        title="What it would bring",
        subtitle="Rows that would wait come first; the first hundred.",
    )


def _row(row: Any) -> rx.Component:
    return rx.el.tr(
        rx.el.td(row["label"], class_name="soft nowrap wide-only"),
        rx.el.td(row["patient"], rx.el.span(row["report"], class_name="detail")),
        rx.el.td(row["test"]),
        rx.el.td(row["value"]),
        rx.el.td(
            badge(row["becomes"], row["tone"]),
            rx.cond(row["problem"] != "", rx.el.span(row["problem"], class_name="detail")),
        ),
    )
