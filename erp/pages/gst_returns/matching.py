"""GSTR-2B: importing a statement, and matching purchases with it."""

from typing import Any

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    bone,
    button,
    card,
    list_view,
    notice,
    page_header,
    stat_tile,
)
from erp.components.browser_parts import FileBox
from erp.components.small_parts import tiles
from erp.pages.gst_returns.tabs import gst_tabs
from erp.pages.routing import page
from erp.state.gst_returns.matching import MOST_BYTES
from erp.state.gst_returns.matching import MatchListState as Matches
from erp.state.gst_returns.wording import STATES, VIEW


@page(
    route="/gst/matching",
    title="GSTR-2B",
    permission=VIEW,
    parent="/gst",
    on_load=[Matches.open_matching, Matches.open_list, Matches.listen],
)
def matching_page() -> rx.Component:
    """Show purchases beside what suppliers reported of them."""
    return rx.fragment(
        page_header(
            "Purchases and GSTR-2B",
            "Credit is claimed for what the supplier reported; the rest waits.",
        ),
        gst_tabs("/gst/matching"),
        rx.cond(Matches.may_decide, card(_source(), title="Import a statement")),
        tiles(
            _tile("Claimed", "claimed", "check", "In this month's GSTR-3B"),
            _tile("Waits", "waiting", "hourglass", "In the books, not to be claimed yet"),
            _tile("Not booked", "not_booked", "file-question", "Reported, and no bill of ours"),
        ),
        rx.cond(
            ~Matches.is_loading & (Matches.sums["is_imported"] == ""),
            notice(
                "No statement of this month is here, so all credit is claimed as the books have it.",
                tone="amber",
            ),
        ),
        rx.cond(
            ~Matches.is_loading & (Matches.sums["not_taken_off"] != ""),
            notice(
                f"Suppliers took back {Matches.sums['not_taken_off']} of tax that the books still have as credit."
                " See the credit notes that are only in 2B.",
                tone="red",
            ),
        ),
        rx.cond(
            ~Matches.is_loading & (Matches.sums["left_out"] != ""),
            notice(f"Not read of this month's file: {Matches.sums['left_out']}.", tone="gray"),
        ),
        list_view(
            Matches,
            label="Purchases and reported documents",
            search="Supplier, number or GSTIN",
            filters=[
                Filter("starts_on", "Month", Matches.months, "Last month"),
                Filter("state", "Match", list(STATES.items())),
            ],
            row_action=_actions,
            empty=Empty(
                "files",
                "Nothing to match in this month",
                "Bills of registered suppliers appear here, and what they reported once it is imported.",
            ),
        ),
    )


def _tile(label: str, key: str, icon: str, note: str) -> rx.Component:
    value = rx.cond(Matches.is_loading, bone("120px", "24px"), Matches.sums[key])
    return stat_tile(label, value, icon=icon, note=note, span=4)


def _source() -> rx.Component:
    choose = FileBox.create(
        accept=".json,application/json",
        label="Choose the GSTR-2B file (JSON)",
        most_bytes=MOST_BYTES,
        on_file=Matches.load,
    )
    found = rx.el.div(
        rx.el.p(rx.icon("file-check"), rx.el.b(Matches.file_name), " ", Matches.file_words),
        rx.cond(
            Matches.file_left_out != "",
            notice(f"Not read: {Matches.file_left_out}.", tone="gray", icon="file-question"),
        ),
        rx.cond(
            Matches.file_known,
            notice("This file was imported before.", tone="gray", icon="copy-x"),
            button("Import", look="solid", icon="download", on_click=Matches.keep_file),
        ),
        class_name="stack",
    )
    return rx.el.div(
        rx.cond(Matches.file_problem != "", notice(Matches.file_problem, tone="red")),
        choose,
        rx.cond(Matches.file_words != "", found),
        class_name="stack",
    )


def _actions(row: Any) -> rx.Component:
    def act(label: str, decision: str, icon: str, bill_id: Any = "") -> rx.Component:
        return button(
            label,
            look="ghost",
            icon=icon,
            on_click=Matches.decide(row["reported_id"], decision, bill_id),
        )

    return rx.cond(
        Matches.may_decide,
        rx.el.div(
            rx.cond(
                row["may_accept"] != "", act("Accept", "accepted", "check", row["suggested_id"])
            ),
            rx.cond(
                row["may_wait"] != "",
                rx.fragment(
                    act("Park", "parked", "hourglass"), act("Ask", "asked", "mail-question")
                ),
            ),
            rx.cond(row["may_open"] != "", act("Open again", "open", "undo-2")),
            class_name="row-actions",
        ),
    )
