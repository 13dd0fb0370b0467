"""One return to a supplier with its claim."""

from typing import Any

import reflex as rx

from erp.components import (
    button,
    card,
    data_table,
    download_link,
    fact_list,
    form_dialog,
    grid,
    money_field,
    notice,
    page_header,
    text_field,
)
from erp.components.records import or_dash, record_view
from erp.pages.routing import page
from erp.state.billing.bill import ENTRY_COLUMNS
from erp.state.billing.return_wording import VIEW
from erp.state.billing.returned import (
    LINE_COLUMNS,
    RefusedReturnState,
    ReturnState,
    SettleReturnState,
)

head = ReturnState.head


@page(
    route="/returns/[return_id]",
    title="Return to supplier",
    permission=VIEW,
    parent="/returns",
    record="supplier_return",
    on_load=[ReturnState.open_record, ReturnState.listen],
)
def return_page() -> rx.Component:
    """Show one return."""
    entries = data_table(ENTRY_COLUMNS, ReturnState.entries, label="Entries", linked=True)
    return record_view(
        ReturnState,
        page_header(
            f"Return {head['number']}",
            f"{head['supplier']} · sent on {head['returned_on']}",
            download_link("PDF", f"/api/erp/supplier-returns/{head['id']}/pdf", icon="file-text"),
        ),
        _claim(),
        grid(
            rx.el.div(
                card(data_table(LINE_COLUMNS, ReturnState.lines, label="Lines"), title="Goods"),
                rx.cond(ReturnState.entries.length() > 0, card(entries, title="In the books")),
                class_name="stack span-8",
            ),
            rx.el.div(
                card(_worth(), title="Asked back"),
                card(_facts(), title="Return"),
                class_name="stack span-4 full-below",
            ),
        ),
        _settling(),
        _refusing(),
        list_route="/returns",
        list_label="All returns",
    )


def _claim() -> rx.Component:
    """Return how the claim stands, with the buttons of whoever may record the answer."""

    def choice(state: Any, label: str, icon: str, look: str) -> rx.Component:
        opened = state.open_dialog(head["claim_id"], head["number"])
        return button(label, icon=icon, look=look, on_click=opened)

    words = rx.cond(
        head["claim_tone"] == "blue",
        notice(head["claim_words"], tone="blue", icon="file-minus"),
        notice(head["claim_words"], tone="gray", icon="file-check"),
    )
    return rx.el.div(
        words,
        rx.cond(
            head["may_settle"] != "",
            rx.el.div(
                choice(RefusedReturnState, "They give nothing", "file-x", "outline"),
                choice(SettleReturnState, "Record credit note", "file-check", "solid"),
                class_name="deciding",
            ),
        ),
        class_name="waiting",
    )


def _worth() -> rx.Component:
    def amount(key: str) -> rx.Component:
        return rx.el.span(head[key], class_name="numeric")

    return fact_list(
        [
            ("Goods", amount("taxable")),
            ("GST", amount("tax")),
            ("Which is", head["tax_words"]),
            ("Total", rx.el.b(head["total"], class_name="numeric")),
            ("Not billed", or_dash(head["released"])),
            ("In stock at", amount("cost")),
            ("Lost", or_dash(head["lost"])),
        ]
    )


def _facts() -> rx.Component:
    return fact_list(
        [
            ("Supplier", rx.link(head["supplier"], href=head["supplier_href"])),
            ("GSTIN", or_dash(head["gstin"])),
            ("Sent", head["returned"]),
            ("Taken by", or_dash(head["transport"])),
            ("Note", or_dash(head["note"])),
        ]
    )


def _why(state: Any, *, required: bool) -> rx.Component:
    return text_field(
        "What they said",
        "reason",
        errors=state.field_errors,
        required=required,
        wide=True,
        placeholder="Seals were broken" if required else "If they give less",
        max_length=200,
    )


def _settling() -> rx.Component:
    errors = SettleReturnState.field_errors
    fields = rx.fragment(
        text_field(
            "Credit note",
            "credit_note",
            errors=errors,
            required=True,
            placeholder="As printed",
            auto_focus=True,
            max_length=40,
        ),
        money_field(
            "Value credited",
            "credited",
            errors=errors,
            required=True,
            default_value=head["claim_taxable"],
        ),
        money_field(
            "Tax credited",
            "credited_tax",
            errors=errors,
            required=True,
            default_value=head["claim_tax"],
        ),
        _why(SettleReturnState, required=False),
    )
    return form_dialog(
        SettleReturnState,
        fields,
        title="Record the supplier's credit note",
        subtitle="It lowers what is owed. What it does not give is lost, its tax too.",
        submit="Record",
    )


def _refusing() -> rx.Component:
    return form_dialog(
        RefusedReturnState,
        _why(RefusedReturnState, required=True),
        title="They give nothing",
        subtitle="The goods are gone and nothing comes back for them: all of it is lost.",
        submit="Record",
    )
