"""Which registrations report their documents to the portal."""

import reflex as rx

from erp.components import (
    badge,
    bone,
    button,
    card,
    check_field,
    date_field,
    fact_list,
    form_dialog,
    notice,
    page_header,
)
from erp.pages.gst_returns.tabs import gst_tabs
from erp.pages.routing import page
from erp.state.einvoicing.registrations import RegistrationsState, SwitchState
from erp.state.einvoicing.wording import VIEW

Row = rx.Var[dict[str, str]]


@page(
    route="/gst/registrations",
    title="Registrations",
    permission=VIEW,
    parent="/gst",
    on_load=[RegistrationsState.open_page, RegistrationsState.listen],
)
def registrations_page() -> rx.Component:
    """Show the company's registrations and switch their reporting."""
    return rx.fragment(
        page_header(
            "Registrations",
            "Above a turnover of 5 crore, documents to registered buyers need the portal's number.",
        ),
        gst_tabs("/gst/registrations"),
        rx.cond(
            RegistrationsState.is_loading,
            card(bone("100%", "120px")),
            rx.el.div(rx.foreach(RegistrationsState.rows, _registration), class_name="stack"),
        ),
        _switching(),
    )


def _registration(row: Row) -> rx.Component:
    change = button(
        "Change",
        icon="pencil",
        look="outline",
        on_click=SwitchState.open_dialog(row["gstin"], row["title"]),
    )
    return card(
        rx.cond(row["problem"] != "", notice(row["problem"], tone="amber", icon="circle-alert")),
        fact_list(
            [
                ("E-invoices", rx.el.span(badge(row["badge"], row["tone"]), " ", row["state"])),
                ("Last day", row["rule"]),
                ("Open", row["open"]),
            ]
        ),
        title=row["gstin"],
        subtitle=row["title"],
        actions=(rx.cond(RegistrationsState.may_arrange, change),),
    )


def _switching() -> rx.Component:
    errors = SwitchState.field_errors
    return form_dialog(
        SwitchState,
        date_field(
            "Reports documents from",
            "starts_on",
            errors=errors,
            default_value=SwitchState.today,
            hint="Empty: it does not report",
        ),
        check_field("Turnover of 10 crore or more: within 30 days", "reports_in_days"),
        rx.cond(errors["gstin"], notice(errors["gstin"], tone="red")),
        title="E-invoices of this registration",
        subtitle=SwitchState.subject["label"],
        submit="Save",
    )
