"""Amendments: what later returns correct of filed ones."""

from typing import Any

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    card,
    date_field,
    fact_list,
    form_dialog,
    form_view,
    icon_button,
    link_button,
    list_view,
    lookup_field,
    notice,
    page_header,
    reason_field,
    select_field,
    text_field,
)
from erp.pages.gst_returns.tabs import gst_tabs
from erp.pages.routing import page
from erp.state.gst_returns.amendments import (
    AmendDocumentState,
    AmendmentListState,
    WithdrawAmendmentState,
    WithdrawListedAdvanceState,
)
from erp.state.gst_returns.limits import WHERE
from erp.state.gst_returns.wording import RECORD, VIEW

PLACES = [("", "As stated"), *WHERE[1:]]
facts = AmendDocumentState.facts


@page(
    route="/gst/amendments",
    title="Amendments",
    permission=VIEW,
    parent="/gst",
    on_load=[AmendmentListState.open_list, AmendmentListState.listen],
)
def amendments_page() -> rx.Component:
    """List amendments."""
    amend = link_button("Amend a document", "/gst/amendments/new", icon="pen-line")
    return rx.fragment(
        page_header(
            "Amendments",
            "What a filed GSTR-1 states wrong of a document or an advance is corrected in a later one."
            " The document stays.",
            rx.cond(AmendmentListState.may_amend, amend),
        ),
        gst_tabs("/gst/amendments"),
        list_view(
            AmendmentListState,
            label="Amendments",
            search="Number, GSTIN or name",
            filters=[
                Filter("kind", "Of", [("document", "Documents"), ("advance", "Advances")]),
                Filter("is_standing", "State", [("true", "Not withdrawn")]),
            ],
            row_action=_withdraw,
            empty=Empty(
                "pen-line",
                "Nothing amended",
                "A buyer's GSTIN, the place of supply or a shipping bill of a filed return can be corrected.",
                rx.cond(AmendmentListState.may_amend, amend),
            ),
        ),
        *(_withdrawing(state) for state in (WithdrawAmendmentState, WithdrawListedAdvanceState)),
    )


def _withdrawing(state: Any) -> rx.Component:
    return form_dialog(
        state,
        reason_field(state.field_errors, "It was right"),
        title="Withdraw this amendment?",
        subtitle="The next return states nothing of it, and tax that it moved goes back.",
        submit="Withdraw",
        dismiss="Keep it",
    )


def _withdraw(row: Any) -> rx.Component:
    def offered(kind: str, state: Any) -> rx.Component:
        asked = state.open_dialog(row["id"], row["number"])
        ban = icon_button("ban", "Withdraw amendment", on_click=asked)
        return rx.cond(row["may_withdraw"] == kind, ban)

    return rx.fragment(
        offered("document", WithdrawAmendmentState), offered("advance", WithdrawListedAdvanceState)
    )


@page(
    route="/gst/amendments/new",
    title="Amend a document",
    permission=RECORD,
    parent="/gst/amendments",
    command="gst_returns.amend_document",
    on_load=[AmendDocumentState.open_amendment],
)
def amend_document_page() -> rx.Component:
    """Correct what a filed return states of a document."""
    state = AmendDocumentState
    whole = rx.fragment(
        card(_stated(), title="As it is stated"),
        card(_form(), title="As it should be stated"),
    )
    return rx.fragment(
        page_header(
            "Amend a document",
            "Its number, day and value stay. What was supplied for less, or more, is met by a note.",
        ),
        card(_choice(), title="Document"),
        rx.cond(state.refusal != "", notice(state.refusal, tone="amber", icon="circle-alert")),
        rx.cond(facts["id"] != "", whole),
    )


def _choice() -> rx.Component:
    state = AmendDocumentState
    return lookup_field(
        "Invoice or note",
        "invoice_id",
        "/api/erp/invoices",
        errors=state.field_errors,
        required=True,
        label_key="number",
        detail_key="party",
        placeholder="Number or customer",
        initial_value=facts["id"],
        initial_label=facts["number"],
        on_pick=state.choose_document,
        key=facts["id"],
    )


def _stated() -> rx.Component:
    return fact_list(
        [
            ("Document", rx.link(facts["number"], href=f"/invoices/{facts['id']}")),
            ("Of", facts["of"]),
            ("GSTIN", facts["gstin"]),
            ("Place of supply", facts["place_name"]),
            ("Value", rx.el.span(facts["value"], class_name="numeric")),
            ("Table", facts["tables"]),
            ("Return of", facts["stated"]),
            ("May be amended until", facts["until"]),
        ]
    )


def _form() -> rx.Component:
    state = AmendDocumentState
    errors = state.field_errors
    shipping = rx.fragment(
        text_field("Port code", "port_code", errors=errors, max_length=6, placeholder="INBOM4"),
        text_field("Shipping bill", "shipping_bill", errors=errors, max_length=7),
        date_field("Day of the shipping bill", "shipped_on", errors=errors),
    )
    return form_view(
        state,
        text_field("Recipient's GSTIN", "gstin", errors=errors, max_length=15, placeholder="As stated"),
        text_field("Recipient's name", "recipient", errors=errors, max_length=120, placeholder="As stated"),
        select_field("Place of supply", "place_of_supply", PLACES, errors=errors),
        select_field(
            "Special economic zone",
            "is_sez",
            [("", "As stated"), ("true", "To a unit in one"), ("false", "To none")],
            errors=errors,
        ),
        rx.cond(facts["is_export"] != "", shipping),
        date_field("Booked on", "booked_on", errors=errors, hint="Decides the return; else today"),
        text_field(
            "Reason",
            "reason",
            errors=errors,
            required=True,
            max_length=200,
            placeholder="Customer told us the GSTIN",
        ),
        submit="Amend in the next return",
        cancel_to="/gst/amendments",
    )  # fmt: skip
