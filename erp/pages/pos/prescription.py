"""The prescription of the bill at hand, and the register of those that were filled."""

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    button,
    date_field,
    dialog,
    list_view,
    page_header,
    submit_button,
    text_field,
)
from erp.components.small_parts import suggestions
from erp.components.till import FocusOn
from erp.pages.routing import Nav, page
from erp.state.pos.prescribing import (
    PrescriptionListState,
    PrescriptionState,
)


@page(
    route="/prescriptions",
    title="Prescriptions",
    permission="pos.view",
    nav=Nav("Prescriptions", "scroll", group="Sell", order=45),
    on_load=[PrescriptionListState.open_list, PrescriptionListState.listen],
)
def prescriptions_page() -> rx.Component:
    """List the prescriptions that goods were sold on."""
    return rx.fragment(
        page_header(
            "Prescriptions", "What was sold on whose prescription; each leads to its bill."
        ),
        list_view(
            PrescriptionListState,
            label="Prescriptions",
            search="Doctor, registration, patient or bill",
            filters=[Filter("from_day", "From"), Filter("to_day", "To")],
            empty=Empty(
                "scroll",
                "No prescription yet",
                "At the till, F3 puts doctor, patient and date on the bill at hand.",
            ),
        ),
    )


def prescription_dialog() -> rx.Component:
    """Return the dialog of the till: doctor, registration, patient, date."""
    errors, given = PrescriptionState.errors, PrescriptionState.given
    return dialog(
        PrescriptionState.is_open,
        rx.el.form(
            FocusOn.create(field="doctor_name"),
            text_field(
                "Doctor",
                "doctor_name",
                errors=errors,
                required=True,
                default_value=given["doctor_name"],
                list="doctors",
                max_length=120,
                auto_complete="off",
            ),
            suggestions("doctors", PrescriptionState.doctors),
            text_field(
                "Registration no.",
                "registration_no",
                errors=errors,
                required=True,
                default_value=given["registration_no"],
                hint="With the council of homoeopathy.",
                max_length=120,
            ),
            text_field(
                "Patient",
                "patient_name",
                errors=errors,
                required=True,
                default_value=given["patient_name"],
                max_length=120,
            ),
            date_field(
                "Dated",
                "prescribed_on",
                errors=errors,
                required=True,
                default_value=given["prescribed_on"],
            ),
            text_field("Note", "note", errors=errors, default_value=given["note"], max_length=200),
            rx.el.div(
                button("Take it off", touch=True, on_click=PrescriptionState.take_off),
                submit_button("Put on the bill"),
                class_name="form-foot",
            ),
            on_submit=PrescriptionState.keep,
            class_name="form touch",
            no_validate=True,
        ),
        title="Prescription",
        subtitle="Printed on the bill and kept in the register.",
        on_close=PrescriptionState.close_dialog,
        width="480px",
    )
