"""One supplier's bill beside what was ordered and what came."""

from typing import Any

import reflex as rx

from erp.components import (
    badge,
    button,
    card,
    data_table,
    date_field,
    download_link,
    fact_list,
    form_dialog,
    grid,
    link_button,
    money_field,
    notice,
    page_header,
    text_field,
)
from erp.components.records import or_dash, record_view
from erp.pages.routing import page
from erp.state.billing.bill import (
    ENTRY_COLUMNS,
    LINE_COLUMNS,
    AcceptBillState,
    BillState,
    ClaimBillState,
    RefuseBillState,
    SettleClaimState,
    TakeCostOffState,
)
from erp.state.billing.bill_wording import VIEW

head = BillState.head


@page(
    route="/bills/[bill_id]",
    title="Supplier bill",
    permission=VIEW,
    parent="/bills",
    record="supplier_bill",
    on_load=[BillState.open_record, BillState.listen],
)
def bill_page() -> rx.Component:
    """Show one bill."""
    entries = data_table(ENTRY_COLUMNS, BillState.entries, label="Entries", linked=True)
    return record_view(
        BillState,
        page_header(
            f"Bill {head['bill_number']}", f"{head['supplier']} · dated {head['billed_on']}"
        ),
        rx.cond(head["held_words"] != "", _waiting()),
        rx.cond(head["decided"] != "", notice(head["decided"], tone="gray", icon="gavel")),
        rx.cond(head["claim_words"] != "", _claim()),
        grid(
            rx.el.div(
                card(
                    data_table(LINE_COLUMNS, BillState.lines, label="Lines"),
                    title="Ordered, received, billed",
                ),
                rx.cond(
                    (BillState.spread.length() > 0) | (head["may_spread"] != ""),
                    card(_spread(), title="Borne by goods", actions=(_spreading(),)),
                ),
                rx.cond(BillState.entries.length() > 0, card(entries, title="In the books")),
                class_name="stack span-8",
            ),
            rx.el.div(
                card(_facts(), title="Bill"),
                card(_worth(), title="Owed"),
                rx.cond(head["is_revalued"] != "", card(_cost(), title="Cost of the goods")),
                class_name="stack span-4 full-below",
            ),
        ),
        _dialogs(),
        list_route="/bills",
        list_label="All bills",
    )


def _waiting() -> rx.Component:
    """Return what does not match, with the buttons of whoever may decide."""

    def choice(state: Any, label: str, icon: str, look: str = "outline") -> rx.Component:
        opened = state.open_dialog(head["id"], head["bill_number"])
        return button(label, icon=icon, look=look, on_click=opened)

    return rx.el.div(
        notice(head["held_words"], tone="amber", icon="scale"),
        rx.cond(
            head["may_decide"] != "",
            rx.el.div(
                choice(RefuseBillState, "Refuse", "x"),
                rx.cond(head["may_accept"] != "", choice(AcceptBillState, "Accept", "check")),
                rx.cond(
                    head["may_claim"] != "",
                    choice(ClaimBillState, "Claim the difference", "file-minus", "solid"),
                ),
                class_name="deciding",
            ),
        ),
        class_name="waiting",
    )


def _claim() -> rx.Component:
    paper = f"/api/erp/supplier-bills/{head['id']}/claim.pdf"
    return rx.el.div(
        notice(head["claim_words"], tone="blue", icon="file-minus"),
        rx.el.div(
            download_link("Debit note", paper, icon="file-text"),
            rx.cond(
                head["may_settle"] != "",
                button(
                    "Record credit note",
                    look="solid",
                    icon="file-check",
                    on_click=SettleClaimState.open_dialog(head["claim_id"], head["claim_number"]),
                ),
            ),
            class_name="deciding",
        ),
        class_name="waiting",
    )


def _spreading() -> rx.Component:
    """Return the way to spread what no goods bear yet."""
    return rx.cond(
        head["may_spread"] != "",
        link_button(
            "Spread over goods", "/bills/spread?bill_id=" + head["id"], icon="split", look="outline"
        ),
    )


def _spread() -> rx.Component:
    def row(line: Any) -> rx.Component:
        take = button(
            "Take off",
            icon="undo-2",
            on_click=TakeCostOffState.open_dialog(line["id"], line["number"]),
        )
        gone = rx.el.span(line["taken_off"], class_name="detail")
        return rx.el.li(
            rx.el.div(
                rx.el.b(line["number"], " · ", line["amount"]),
                rx.el.span(line["over"], class_name="detail"),
                rx.el.span(line["went"], class_name="detail"),
                rx.cond(line["taken_off"] != "", gone),
                class_name="grow",
            ),
            rx.cond((line["taken_off"] == "") & (head["may_take_off"] != ""), take),
            key=line["id"],
        )

    left = rx.el.p(head["unspread"], " of this bill are an expense that no goods bear.")
    return rx.fragment(
        rx.cond(head["may_spread"] != "", rx.el.div(left, class_name="soft")),
        rx.el.ol(rx.foreach(BillState.spread, row), class_name="expected"),
    )


def _facts() -> rx.Component:
    return fact_list(
        [
            ("Status", badge(head["status"], head["tone"])),
            ("Our number", head["number"]),
            ("Supplier", rx.link(head["supplier"], href=head["supplier_href"])),
            ("GSTIN", or_dash(head["gstin"])),
            ("Due", head["due_on"]),
            ("In the books", head["booked_on"]),
            ("Recorded", head["recorded"]),
            ("Note", or_dash(head["note"])),
        ]
    )


def _worth() -> rx.Component:
    def amount(key: str) -> rx.Component:
        return rx.el.span(head[key], class_name="numeric")

    return fact_list(
        [
            ("Goods", amount("taxable")),
            ("GST", amount("tax")),
            ("Which is", head["tax_words"]),
            ("Rounding", amount("round_off")),
            ("Total", rx.el.b(head["total"], class_name="numeric")),
        ]
    )


def _cost() -> rx.Component:
    return rx.fragment(
        rx.el.p("What the goods cost beyond what they came in at.", class_name="soft"),
        fact_list(
            [
                ("To goods on hand", rx.el.span(head["to_stock"], class_name="numeric")),
                ("To goods gone", rx.el.span(head["to_gone"], class_name="numeric")),
            ]
        ),
    )


def _dialogs() -> rx.Component:
    return rx.fragment(
        _deciding(
            AcceptBillState,
            "Accept the bill as it is",
            "The goods cost what is billed.",
            "They told us of the new price",
            "Accept",
        ),
        _deciding(
            ClaimBillState,
            "Claim the difference",
            "The bill is owed in full; a debit note asks back what is too much.",
            "Two bottles were broken",
            "Claim",
        ),
        _deciding(
            RefuseBillState,
            "Refuse the bill",
            "Nothing is booked, and its goods may be billed again.",
            "Wrong price list",
            "Refuse",
        ),
        _settling(),
        _taking_off(),
    )


def _deciding(state: Any, title: str, what: str, example: str, submit: str) -> rx.Component:
    why = text_field(
        "Why",
        "note",
        errors=state.field_errors,
        required=True,
        wide=True,
        placeholder=example,
        auto_focus=True,
        max_length=120,
    )
    day = date_field(
        "In the books on", "booked_on", errors=state.field_errors, default_value=head["booked_day"]
    )
    fields = why if state is RefuseBillState else rx.fragment(why, day)
    return form_dialog(state, fields, title=title, subtitle=what, submit=submit)


def _taking_off() -> rx.Component:
    why = text_field(
        "Why",
        "reason",
        errors=TakeCostOffState.field_errors,
        required=True,
        wide=True,
        placeholder="It was for another delivery",
        auto_focus=True,
        max_length=120,
    )
    return form_dialog(
        TakeCostOffState,
        why,
        title="Take this cost off its goods",
        subtitle="Goods on hand give back their part; it is an expense again, and may be spread anew.",
        submit="Take off",
    )


def _settling() -> rx.Component:
    errors = SettleClaimState.field_errors
    fields = rx.fragment(
        text_field(
            "Credit note",
            "credit_note",
            errors=errors,
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
        text_field(
            "What they said",
            "reason",
            errors=errors,
            wide=True,
            placeholder="If they give less",
            max_length=200,
        ),
    )
    return form_dialog(
        SettleClaimState,
        fields,
        title="Record the supplier's credit note",
        subtitle="It lowers what is owed. What it does not give stays our cost.",
        submit="Record",
    )
