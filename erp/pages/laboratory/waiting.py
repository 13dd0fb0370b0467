"""What waits of laboratories' files, and settling it."""

from typing import Any

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    button,
    form_dialog,
    icon_button,
    list_view,
    lookup_field,
    page_header,
    reason_field,
    select_field,
)
from erp.pages.laboratory.tabs import laboratory_tabs
from erp.pages.routing import page
from erp.state.laboratory.waiting import (
    DiscardRowState,
    LabWaitingState,
    MapTestState,
    MatchPatientState,
)
from erp.state.laboratory.wording import REASONS, VIEW


@page(
    route="/laboratory/waiting",
    title="Waiting results",
    permission=VIEW,
    parent="/laboratory",
    on_load=[LabWaitingState.open_list, LabWaitingState.listen],
)
def lab_waiting_page() -> rx.Component:
    """List what a person must settle."""
    again = button("Try all again", icon="refresh-cw", on_click=LabWaitingState.try_again)
    return rx.fragment(
        page_header(
            "Waiting results",
            "Nothing is guessed: say who a patient is and which test was meant, once.",
            rx.cond(LabWaitingState.may_record & (LabWaitingState.rows.length() > 0), again),
        ),
        laboratory_tabs("/laboratory/waiting"),
        list_view(
            LabWaitingState,
            label="Waiting results",
            search="Patient, test or report",
            filters=[
                Filter("reason", "Why", list(REASONS.items())),
                Filter("laboratory_id", "Laboratory", LabWaitingState.laboratories),
            ],
            row_action=_actions,
            empty=Empty("circle-check", "Nothing waits", "Every row of every file is settled."),
        ),
        _matching(),
        _mapping(),
        _discarding(),
    )


def _actions(row: Any) -> rx.Component:
    def act(label: str, state: Any) -> rx.Component:
        return button(
            label, look="outline", on_click=state.open_dialog(row["id"], row["about_row"])
        )

    return rx.el.div(
        rx.cond(row["may_match"] != "", act("Who is it?", MatchPatientState)),
        rx.cond(row["may_map"] != "", act("Which test?", MapTestState)),
        rx.cond(
            row["may_discard"] != "",
            icon_button(
                "trash-2",
                "Discard",
                on_click=DiscardRowState.open_dialog(row["id"], row["about_row"]),
            ),
        ),
        class_name="row-actions",
    )


def _matching() -> rx.Component:
    errors = MatchPatientState.field_errors
    return form_dialog(
        MatchPatientState,
        rx.cond(
            MatchPatientState.candidates.length() > 0,
            rx.el.ul(
                rx.foreach(MatchPatientState.candidates, _candidate),
                class_name="fact-lines full",
                aria_label="Patients it may be",
            ),
        ),
        lookup_field(
            "Patient",
            "patient_id",
            "/api/erp/parties",
            errors=errors,
            required=True,
            label_key="name",
            detail_key="code",
            placeholder="Name, phone or code",
            initial_value=MatchPatientState.picked["id"],
            initial_label=MatchPatientState.picked["name"],
            key=MatchPatientState.picked["id"],
        ),
        title="Who is it?",
        subtitle=rx.el.span(
            MatchPatientState.subject["label"],
            ". Every row of the file that names the patient so follows.",
        ),
        submit="It is this patient",
        width="560px",
    )


def _candidate(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            row["name"],
            rx.el.span(row["about"], " \u00b7 ", row["why"], class_name="detail"),
        ),
        button("Choose", look="outline", on_click=MatchPatientState.pick(row["id"])),
        key=row["id"],
    )


def _mapping() -> rx.Component:
    errors = MapTestState.field_errors
    return form_dialog(
        MapTestState,
        select_field("Analyte", "analyte_id", MapTestState.analytes, errors=errors, required=True),
        title="Which test is it?",
        subtitle=rx.el.span(
            MapTestState.told, ". Kept for this laboratory; everything of it that waits is tried."
        ),
        submit="It is this one",
    )


def _discarding() -> rx.Component:
    return form_dialog(
        DiscardRowState,
        reason_field(DiscardRowState.field_errors, "Not one of our patients"),
        title="Discard this row?",
        subtitle=DiscardRowState.subject["label"],
        submit="Discard",
    )
