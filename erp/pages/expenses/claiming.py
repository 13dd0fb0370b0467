"""The forms of a claim and of a voucher of petty cash."""

from typing import Any

import reflex as rx

from erp.components import (
    button,
    card,
    date_field,
    icon_button,
    lined_form,
    money_field,
    notice,
    page_header,
    select_field,
    text_field,
)
from erp.components.browser_parts import FilePick
from erp.pages.routing import page
from erp.state.expenses.claiming import NewClaimState, VoucherState
from erp.state.expenses.wording import CLAIM, RATES, SPEND

LARGEST = 12_000_000
RECEIPTS = "/api/erp/expense-receipts"


@page(
    route="/expenses/new",
    title="New claim",
    permission=CLAIM,
    parent="/expenses",
    command="expenses.submit_claim",
    on_load=[NewClaimState.open_new],
)
def new_claim_page() -> rx.Component:
    """Hand expenses in."""
    state = NewClaimState
    return rx.fragment(
        page_header(
            rx.cond(state.number != "", "Change " + state.number, "New claim"),
            "A photo, an amount, what it was for. Somebody else approves it.",
        ),
        rx.cond(state.why != "", notice("It was sent back: " + state.why, tone="red")),
        _form(state, "/expenses", "Hand in"),
    )


@page(
    route="/expenses/petty-cash/new",
    title="New voucher",
    permission=SPEND,
    parent="/expenses/petty-cash",
    command="expenses.spend_petty_cash",
    on_load=[VoucherState.open_voucher],
)
def new_voucher_page() -> rx.Component:
    """Pay out of petty cash."""
    state = VoucherState
    return rx.fragment(
        page_header("New voucher", state.box),
        _form(state, "/expenses/petty-cash", "Pay and book"),
    )


def _form(state: Any, back: str, submit: str) -> rx.Component:
    add = button("Another bill", icon="plus", on_click=state.add_bill)
    return lined_form(
        state,
        rx.foreach(state.lines, lambda line: _bill(state, line)),
        card(
            rx.el.div(
                text_field(
                    "What for, in a few words",
                    "purpose",
                    errors=state.field_errors,
                    required=True,
                    max_length=120,
                    placeholder="Visit to Dr Rao",
                    default_value=state.purpose,
                ),
                rx.el.div(add, class_name="check-row"),
                class_name="form-grid two",
            )
        ),
        back=back,
        submit=submit,
        icon="check",
    )


def _bill(state: Any, line: Any) -> rx.Component:
    return rx.el.div(
        card(
            rx.el.div(
                rx.cond(line["receipt"] != "", _photo(state, line), _camera(state, line)),
                rx.el.div(_needed(state, line), class_name="form-grid four"),
                rx.cond(
                    line["more"] != "",
                    rx.el.div(_more(state, line), class_name="form-grid four"),
                    rx.el.div(
                        button(
                            "GST, supplier, note",
                            look="ghost",
                            icon="chevron-down",
                            on_click=state.show_tax(line["id"]),
                        ),
                        _drop(state, line),
                        class_name="spread",
                    ),
                ),
                class_name="bill",
            )
        ),
        key=line["id"],
        custom_attrs={"data-line": line["id"]},
    )


def _drop(state: Any, line: Any) -> rx.Component:
    gone = icon_button("trash-2", "Remove this bill", on_click=state.drop_line(line["id"]))
    return rx.cond(state.lines.length() > 1, gone)


def _camera(state: Any, line: Any) -> rx.Component:
    def pick(accept: str, label: str, hint: str, **more: Any) -> rx.Component:
        return FilePick.create(
            url=RECEIPTS,
            accept=accept,
            label=label,
            hint=hint,
            largest=LARGEST,
            on_done=lambda made, known: state.keep_photo(line["id"], made, known),
            **more,
        )

    return rx.el.div(
        rx.el.div(
            pick("image/*", "Take a photo", "", capture="environment"), class_name="phone-only"
        ),
        pick("image/*,application/pdf", "Choose a photo or PDF", "Up to 12 MB."),
        class_name="pick-two",
    )


def _photo(state: Any, line: Any) -> rx.Component:
    return rx.el.div(
        rx.el.a(
            rx.el.img(src=line["receipt"], alt="The bill", class_name="receipt large"),
            href=line["receipt"],
            target="_blank",
            rel="noopener",
        ),
        button("Other photo", look="ghost", icon="x", on_click=state.drop_photo(line["id"])),
        class_name="picked",
    )


def _needed(state: Any, line: Any) -> rx.Component:
    errors = state.field_errors
    return rx.fragment(
        money_field(
            "Amount paid",
            line["id"] + ".amount",
            errors=errors,
            required=True,
            default_value=line["amount"],
        ),
        select_field(
            "What it was",
            line["id"] + ".category_id",
            state.categories,
            errors=errors,
            required=True,
            default_value=line["category_id"],
        ),
        date_field(
            "Day",
            line["id"] + ".spent_on",
            errors=errors,
            required=True,
            default_value=line["spent_on"],
        ),
        text_field(
            "Supplier",
            line["id"] + ".supplier",
            errors=errors,
            max_length=120,
            default_value=line["supplier"],
        ),
    )


def _more(state: Any, line: Any) -> rx.Component:
    errors = state.field_errors
    return rx.fragment(
        select_field(
            "GST on the bill",
            line["id"] + ".gst_rate",
            RATES,
            errors=errors,
            default_value=line["gst_rate"],
        ),
        text_field(
            "Supplier's GSTIN",
            line["id"] + ".supplier_gstin",
            errors=errors,
            hint="For the credit",
            max_length=15,
            default_value=line["supplier_gstin"],
        ),
        text_field(
            "Bill number",
            line["id"] + ".bill_number",
            errors=errors,
            hint="For the credit",
            max_length=40,
            default_value=line["bill_number"],
        ),
        money_field(
            "GST on the whole bill",
            line["id"] + ".bill_tax",
            errors=errors,
            hint="Where others claim a part of it",
            default_value=line["bill_tax"],
        ),
        text_field(
            "Cost centre code",
            line["id"] + ".cost_centre",
            errors=errors,
            max_length=20,
            default_value=line["cost_centre"],
        ),
        text_field(
            "Note", line["id"] + ".note", errors=errors, max_length=200, default_value=line["note"]
        ),
        rx.el.div(_drop(state, line), class_name="check-row"),
    )
