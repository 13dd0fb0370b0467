"""The worklist: what is planned, and planning it."""

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    button,
    check_field,
    date_field,
    form_dialog,
    icon_button,
    link_button,
    list_view,
    lookup_field,
    page_header,
    select_field,
    text_area,
    text_field,
)
from erp.pages.imaging.tabs import imaging_tabs
from erp.pages.routing import page
from erp.state.imaging.worklist import ScheduleState as Form
from erp.state.imaging.worklist import WorklistState as State


@page(
    route="/imaging/worklist",
    title="Worklist",
    permission="imaging.view",
    parent="/imaging",
    on_load=[State.open_list, State.listen],
)
def worklist_page() -> rx.Component:
    """List planned examinations as modalities see them, with the sessions that fulfil them."""
    schedule = button(
        "Schedule examination", look="solid", icon="plus", on_click=Form.open_dialog("", "")
    )
    return rx.fragment(
        page_header(
            "Worklist",
            "What modalities are offered. Images that name an accession find their order.",
            rx.cond(State.may_operate, schedule),
        ),
        imaging_tabs("/imaging/worklist"),
        list_view(
            State,
            label="Worklist",
            search="Patient, accession, examination",
            filters=[
                Filter(
                    "status",
                    "Status",
                    [
                        ("scheduled", "Scheduled"),
                        ("started", "Images came"),
                        ("done", "Done"),
                        ("cancelled", "Cancelled"),
                    ],
                )
            ],
            row_action=_row_actions,
            empty=Empty(
                "calendar-clock",
                "Nothing is planned",
                "Schedule an examination; modalities see it at their next look.",
            ),
        ),
        _dialog(),
    )


def _row_actions(row: rx.Var[dict[str, str]]) -> rx.Component:
    return rx.el.div(
        rx.cond(row["link"] != "", link_button("Session", row["link"], look="ghost")),
        rx.cond(
            row["may_cancel"] != "",
            icon_button("calendar-x", "Take off the worklist", on_click=State.cancel(row["id"])),
        ),
        class_name="row-actions",
    )


def _dialog() -> rx.Component:
    errors = Form.field_errors
    return form_dialog(
        Form,
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
        text_field(
            "Examination",
            "procedure",
            errors=errors,
            required=True,
            max_length=64,
            placeholder="Fundus both eyes",
        ),
        date_field("Day", "day", errors=errors, required=True, default_value=Form.today),
        text_field("Time", "time", errors=errors, type="time", default_value="09:00"),
        select_field("Device", "device_id", Form.devices, errors=errors),
        text_field(
            "Modality",
            "modality",
            errors=errors,
            max_length=16,
            placeholder="OP",
            hint="Empty: the device's own.",
        ),
        text_field("Protocol of the device", "protocol", errors=errors, max_length=64),
        text_field("Referring physician", "referring_physician", errors=errors, max_length=64),
        text_area("Note for the technician", "note", errors=errors),
        check_field("First of all", "is_priority"),
        title="Schedule an examination",
        submit="Schedule",
        width="640px",
    )
