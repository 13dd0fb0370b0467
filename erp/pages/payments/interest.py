"""Interest on what customers paid late."""

from typing import Any

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    button,
    form_dialog,
    link_button,
    link_tabs,
    list_view,
    notice,
    page_header,
    reason_dialog,
)
from erp.pages.routing import page
from erp.state.payments.interest import (
    STANDINGS,
    BillInterestState,
    InterestNoteState,
    OwedInterestState,
    ReverseInterestState,
)
from erp.state.payments.wording import VIEW

OWED, BILLED = "/receivables/interest", "/receivables/interest/billed"
TABS = ((OWED, "To be billed"), (BILLED, "Billed"))


@page(
    route=OWED,
    title="Interest on late payment",
    permission=VIEW,
    parent="/receivables",
    on_load=[OwedInterestState.open_list, OwedInterestState.listen],
)
def owed_interest_page() -> rx.Component:
    """List what interest could be billed, and bill it."""
    state = OwedInterestState
    about = rx.cond(
        state.percent != "",
        f"At {state.percent} a year, {state.total} before GST. Each late day is billed once.",
        "Interest for late payment is part of the price and bears its GST.",
    )
    no_rate = notice(
        "No yearly rate is set, so nothing is owed. Set it with the levels and words of the reminders.",
        tone="amber",
    )
    return rx.fragment(
        page_header(
            "Interest on late payment",
            about,
            link_button("Rate", "/receivables/reminders", look="outline", icon="settings-2"),
        ),
        link_tabs(OWED, TABS),
        rx.cond(~state.is_loading & (state.percent == "") & (state.problem == ""), no_rate),
        list_view(
            state,
            label="Interest to be billed",
            search="Customer or invoice",
            filters=[Filter("until", "Until")],
            row_action=_bill,
            empty=Empty(
                "percent", "Nothing to bill", "Late days appear here until a note bills them."
            ),
        ),
        _billing(),
    )


def _bill(row: Any) -> rx.Component:
    return rx.cond(
        row["may_bill"] != "",
        button(
            "Bill",
            look="outline",
            icon="receipt-indian-rupee",
            on_click=BillInterestState.open_for(row["party_id"], row["party"]),
        ),
    )


def _billing() -> rx.Component:
    state = BillInterestState
    lines = rx.el.table(
        rx.el.thead(
            rx.el.tr(
                rx.el.th("Invoice", scope="col"),
                rx.el.th("Late days", scope="col"),
                rx.el.th("Interest", scope="col", class_name="right"),
            )
        ),
        rx.el.tbody(
            rx.foreach(
                state.lines,
                lambda line: rx.el.tr(
                    rx.el.td(line["number"]),
                    rx.el.td(line["days"]),
                    rx.el.td(line["amount"], class_name="right"),
                    key=line["id"],
                ),
            )
        ),
        class_name="table",
        aria_label="Interest to be billed",
    )
    return form_dialog(
        state,
        rx.el.div(lines, class_name="scroll-x full"),
        title=f"Bill interest to {state.subject['label']}",
        subtitle=f"{state.total}, and the GST of each invoice on it. One debit note for each invoice, dated today.",
        submit="Make the notes",
        width="640px",
    )


@page(
    route=BILLED,
    title="Billed interest",
    permission=VIEW,
    parent=OWED,
    on_load=[InterestNoteState.open_list, InterestNoteState.listen],
)
def billed_interest_page() -> rx.Component:
    """List notes of interest, and take one back."""
    return rx.fragment(
        page_header(
            "Interest on late payment",
            "Debit notes of interest, newest first. One that is taken back can be billed again.",
        ),
        link_tabs(BILLED, TABS),
        list_view(
            InterestNoteState,
            label="Billed interest",
            search="Customer or number",
            filters=[Filter("standing", "Standing", list(STANDINGS.items()))],
            row_action=_reverse,
            empty=Empty("percent", "No interest billed", "Notes appear here once they are made."),
        ),
        reason_dialog(
            ReverseInterestState,
            title=f"Take {ReverseInterestState.subject['label']} back",
            subtitle="A credit note of today takes the interest and its GST back.",
            example="Waived, the goods came late",
            submit="Take it back",
        ),
    )


def _reverse(row: Any) -> rx.Component:
    return rx.cond(
        row["may_reverse"] != "",
        button(
            "Take back",
            look="ghost",
            icon="undo-2",
            on_click=ReverseInterestState.open_dialog(row["id"], row["label"]),
        ),
    )
