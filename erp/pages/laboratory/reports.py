"""Reports of laboratories, and one of them."""

from typing import Any

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    badge,
    button,
    card,
    date_field,
    form_dialog,
    icon_button,
    link_button,
    list_view,
    lookup_field,
    page_header,
    reason_field,
    select_field,
    text_area,
    text_field,
    timeline,
)
from erp.components.records import record_view
from erp.pages.laboratory.tabs import laboratory_tabs
from erp.pages.routing import Nav, page
from erp.state.laboratory.reports import (
    CorrectResultState,
    LabReportsState,
    LabReportState,
    MoveReportState,
    RecordResultState,
    WithdrawResultState,
)
from erp.state.laboratory.wording import VIEW

head = LabReportState.head


@page(
    route="/laboratory",
    title="Laboratory",
    permission=VIEW,
    nav=Nav("Laboratory", "test-tube", group="Clinic", order=20, section="/laboratory"),
    on_load=[LabReportsState.open_list, LabReportsState.listen],
)
def lab_reports_page() -> rx.Component:
    """List the reports of laboratories."""
    add = button(
        "Record a result", look="solid", icon="plus", on_click=RecordResultState.open_dialog("", "")
    )
    return rx.fragment(
        page_header(
            "Laboratory",
            "Results of patients, as laboratories told them.",
            rx.cond(LabReportsState.may_record, add),
        ),
        laboratory_tabs("/laboratory"),
        list_view(
            LabReportsState,
            label="Reports",
            search="Patient or report number",
            filters=[Filter("laboratory_id", "Laboratory", LabReportsState.laboratories)],
            empty=Empty(
                "flask-conical",
                "No report yet",
                "Add a laboratory under Files and send its first file, or record a result by hand.",
                link_button("Files", "/laboratory/files", icon="file-up"),
            ),
        ),
        _recording(),
    )


def _recording() -> rx.Component:
    errors = RecordResultState.field_errors
    return form_dialog(
        RecordResultState,
        lookup_field(
            "Patient",
            "patient_id",
            "/api/erp/parties",
            errors=errors,
            required=True,
            label_key="name",
            detail_key="code",
            placeholder="Name, phone or code",
        ),
        select_field(
            "Laboratory",
            "laboratory_id",
            RecordResultState.laboratories,
            errors=errors,
            required=True,
        ),
        select_field(
            "Analyte", "analyte_id", RecordResultState.analytes, errors=errors, required=True
        ),
        text_field(
            "Result", "value", errors=errors, required=True, placeholder="5.6", max_length=60
        ),
        text_field("Unit", "unit", errors=errors, max_length=40, hint="Empty: as the analyte's."),
        text_field(
            "Reference range", "range", errors=errors, max_length=40, placeholder="4.0 - 5.6"
        ),
        date_field(
            "Sample taken on",
            "day",
            errors=errors,
            required=True,
            default_value=RecordResultState.today,
        ),
        text_field("At", "time", errors=errors, type="time", hint="If it is known."),
        text_field(
            "Report number",
            "report_number",
            errors=errors,
            max_length=60,
            hint="Empty: a number of our own.",
        ),
        text_area("Note", "note", errors=errors),
        title="Record a result",
        submit="Record",
        width="640px",
    )


@page(
    route="/laboratory/reports/[lab_report_id]",
    title="Report",
    permission=VIEW,
    parent="/laboratory",
    on_load=[LabReportState.open_record, LabReportState.listen],
)
def lab_report_page() -> rx.Component:
    """Show one report with everything it ever said."""
    move = button(
        "Another patient",
        icon="user-search",
        on_click=MoveReportState.open_dialog(head["id"], head["number"]),
    )
    told = rx.cond(head["told"] != "", rx.el.span(" \u00b7 told as ", head["told"]))
    return rx.fragment(
        record_view(
            LabReportState,
            page_header(
                head["patient"],
                rx.el.span(
                    head["patient_code"],
                    " \u00b7 ",
                    head["laboratory"],
                    ", report ",
                    rx.el.span(head["number"], class_name="code"),
                    rx.cond(head["reported"] != "", rx.el.span(" of ", head["reported"])),
                    told,
                ),
                rx.cond(head["may_record"] != "", move),
                link_button("Trends", head["trends"], look="solid", icon="chart-line"),
            ),
            card(_results(), title="Results"),
            card(timeline(LabReportState.versions), title="Versions"),
            list_route="/laboratory",
            list_label="All reports",
        ),
        _dialogs(),
    )


def _results() -> rx.Component:
    titles = rx.el.tr(
        rx.el.th("Test", scope="col"),
        rx.el.th("Result", scope="col"),
        rx.el.th("Standing", scope="col"),
        rx.el.th("Reference range", class_name="wide-only", scope="col"),
        rx.el.th("Sample taken", class_name="wide-only", scope="col"),
        rx.el.th("Status", class_name="wide-only", scope="col"),
        rx.el.th(rx.el.span("Actions", class_name="sr-only")),
    )
    table = rx.el.table(
        rx.el.thead(titles),
        rx.el.tbody(rx.foreach(LabReportState.results, _result)),
        class_name="table",
        aria_label="Results",
    )
    return rx.el.div(table, class_name="scroll-x")


def _result(row: Any) -> rx.Component:
    note = rx.cond(row["note"] != "", rx.el.span(row["note"], class_name="detail"))
    told = rx.cond(row["told"] != "", rx.el.span(row["told"], class_name="detail"))
    shown = rx.cond(row["stands"] != "", rx.el.strong(row["value"]), rx.el.s(row["value"]))
    flag = rx.cond(row["flag"] != "", badge(row["flag"], row["flag_tone"]))
    actions = rx.el.div(
        icon_button(
            "pencil",
            "Put right",
            on_click=CorrectResultState.open_dialog(row["id"], row["analyte"]),
        ),
        icon_button(
            "undo-2",
            "Take back",
            on_click=WithdrawResultState.open_dialog(row["id"], row["analyte"]),
        ),
        class_name="row-actions",
    )
    return rx.el.tr(
        rx.el.td(row["analyte"], rx.el.span(row["panel"], class_name="detail")),
        rx.el.td(shown, told, note),
        rx.el.td(flag),
        rx.el.td(row["range"], class_name="wide-only"),
        rx.el.td(row["taken"], class_name="wide-only nowrap"),
        rx.el.td(badge(row["status"], row["status_tone"]), class_name="wide-only"),
        rx.el.td(rx.cond(row["may_change"] != "", actions), class_name="right"),
        key=row["id"],
    )


def _dialogs() -> rx.Component:
    wrong, gone = CorrectResultState.field_errors, WithdrawResultState.field_errors
    moved = MoveReportState.field_errors
    return rx.fragment(
        form_dialog(
            CorrectResultState,
            text_field(
                "Result", "value", errors=wrong, required=True, max_length=60, auto_focus=True
            ),
            text_field("Unit", "unit", errors=wrong, max_length=40, hint="Empty: as it was told."),
            text_field("Reason", "reason", errors=wrong, required=True, wide=True, max_length=120),
            title="Put a result right",
            subtitle=CorrectResultState.subject["label"],
            submit="Put right",
        ),
        form_dialog(
            WithdrawResultState,
            reason_field(gone, "Recorded for the wrong test"),
            title="Take a result back",
            subtitle=rx.el.span(
                WithdrawResultState.subject["label"], ". It leaves every trend and stays here."
            ),
            submit="Take back",
        ),
        form_dialog(
            MoveReportState,
            lookup_field(
                "Patient",
                "patient_id",
                "/api/erp/parties",
                errors=moved,
                required=True,
                label_key="name",
                detail_key="code",
                placeholder="Name, phone or code",
            ),
            text_field("Reason", "reason", errors=moved, required=True, wide=True, max_length=120),
            title="Give the report to another patient",
            subtitle="All its results go with it. Who it was before stays in its versions.",
            submit="Give to patient",
        ),
    )
