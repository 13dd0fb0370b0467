"""One version of a GST return."""

from collections.abc import Sequence
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
    icon_button,
    link_button,
    notice,
    page_header,
    reason_field,
    stat_tile,
    text_field,
)
from erp.components.browser_parts import FileBox
from erp.components.records import or_dash, record_view
from erp.components.small_parts import tiles
from erp.core.columns import Column
from erp.pages.routing import page
from erp.state.gst_returns.accepting import AcceptMatterState, TakeUpMatterState
from erp.state.gst_returns.matching import MOST_BYTES
from erp.state.gst_returns.one_return import (
    ACCEPTED_COLUMNS,
    CREDIT_COLUMNS,
    DIFFERENCE_COLUMNS,
    FIGURE_COLUMNS,
    HSN_COLUMNS,
    ISSUED_COLUMNS,
    PAID_COLUMNS,
    PROBLEM_COLUMNS,
    REFUSAL_COLUMNS,
    FileReturnState,
    GstReturnState,
)
from erp.state.gst_returns.wording import VIEW

head = GstReturnState.head


@page(
    route="/gst/[gst_return_id]",
    title="GST return",
    permission=VIEW,
    parent="/gst",
    record="gst_return",
    on_load=[GstReturnState.open_record, GstReturnState.listen],
)
def gst_return_page() -> rx.Component:
    """Show a version of a return, what is wrong with it and what it is made of."""
    is_first = head["is_first"] != ""
    return record_view(
        GstReturnState,
        page_header(head["title"], f"{head['gstin']} · version {head['version']}", _actions()),
        rx.cond(head["filed"] != "", notice(head["filed"], tone="green", icon="lock")),
        rx.cond(
            head["newest_href"] != "",
            notice("A newer version was prepared since. This one stays as it was.", tone="gray"),
        ),
        rx.cond(
            head["waits"] != "",
            notice("Somebody else reviews this return before it is filed.", tone="amber"),
        ),
        tiles(
            stat_tile("Tax", head["tax"], icon="landmark", note=f"On {head['taxable']}"),
            stat_tile(
                "Proof",
                head["proof"],
                icon="scale",
                tone=head["proof_tone"],
                note="With the tax accounts",
            ),
            stat_tile(
                "To mend",
                rx.cond(head["blocking"] != "", head["blocking"], "Nothing"),
                icon="wrench",
                note="Before it leaves the house",
            ),
            rx.cond(
                is_first,
                stat_tile("Documents", head["documents"], icon="files"),
                stat_tile(
                    "In cash",
                    head["cash"],
                    icon="banknote",
                    note=rx.cond(head["is_quarterly"] != "", "Without credit", "After credit"),
                ),
            ),
        ),
        *_wrong(),
        grid(
            rx.el.div(
                _listed("Figures", FIGURE_COLUMNS, GstReturnState.figures),
                _listed(
                    "Credit: from the accounts to this return",
                    CREDIT_COLUMNS,
                    GstReturnState.credit,
                    linked=False,
                ),
                _listed("How it is paid", PAID_COLUMNS, GstReturnState.paid, linked=False),
                _listed("HSN summary", HSN_COLUMNS, GstReturnState.hsn),
                _listed("Documents issued", ISSUED_COLUMNS, GstReturnState.issued, linked=False),
                class_name="stack span-8",
            ),
            rx.el.div(
                card(_facts(), title="Return"),
                rx.cond(head["may_report"] != "", card(_report(), title="The portal's answer")),
                class_name="stack span-4 full-below",
            ),
        ),
        _filing(),
        _accepting(),
        _taking_up(),
        list_route="/gst",
        list_label="All returns",
    )


def _listed(
    title: str, columns: Sequence[Column], rows: Any, *, linked: bool = True, action: Any = None
) -> rx.Component:
    table = data_table(columns, rows, label=title, linked=linked, row_action=action)
    return rx.cond(rows.length() > 0, card(table, title=title))


def _wrong() -> list[rx.Component]:
    """Return what keeps the return in the house, or was taken as it is."""
    return [
        _listed(
            "What does not agree with the books",
            DIFFERENCE_COLUMNS,
            GstReturnState.differences,
            action=lambda row: _accept(row, row["label"]),
        ),
        _listed("Refused by the portal", REFUSAL_COLUMNS, GstReturnState.refusals),
        _listed(
            "What has to be mended",
            PROBLEM_COLUMNS,
            GstReturnState.problems,
            action=lambda row: _accept(row, row["document"]),
        ),
        _listed("Taken as it is", ACCEPTED_COLUMNS, GstReturnState.accepted, action=_take_up),
    ]


def _accept(row: Any, label: Any) -> rx.Component:
    asked = AcceptMatterState.open_dialog(row["matter"], label)
    return rx.cond(
        (head["may_accept"] != "") & (row["matter"] != ""),
        button("Take as it is", look="ghost", icon="check", on_click=asked),
    )


def _take_up(row: Any) -> rx.Component:
    asked = TakeUpMatterState.open_dialog(row["matter"], row["label"])
    return rx.cond(
        head["may_accept"] != "", icon_button("undo-2", "Take it up again", on_click=asked)
    )


def _accepting() -> rx.Component:
    return form_dialog(
        AcceptMatterState,
        reason_field(AcceptMatterState.field_errors, "Tax of March, paid before going live"),
        title="Take this as it is?",
        subtitle="For what nothing can mend. The return is prepared again and states your reason; a difference whose"
        " amount changes is asked about anew.",
        submit="Take as it is",
    )


def _taking_up() -> rx.Component:
    return form_dialog(
        TakeUpMatterState,
        title="Take this up again?",
        subtitle="The return is prepared again and stays in the house until it is mended or taken as it is.",
        submit="Take it up",
        dismiss="Leave it",
    )


def _actions() -> rx.Component:
    state = GstReturnState
    return rx.fragment(
        rx.cond(
            head["newest_href"] != "",
            link_button("Newest version", head["newest_href"], icon="arrow-right"),
        ),
        rx.cond(
            head["href"] != "",
            rx.cond(
                head["is_quarterly"] != "",
                download_link("Figures as JSON", head["href"]),
                download_link("Portal JSON", head["href"]),
            ),
        ),
        rx.cond(
            head["may_prepare"] != "",
            button(
                "Prepare again",
                icon="refresh-cw",
                on_click=state.prepare_again,
                busy=state.is_busy,
            ),
        ),
        rx.cond(
            head["may_review"] != "",
            button("Mark as reviewed", look="outline", icon="check", on_click=state.review),
        ),
        rx.cond(
            head["may_file"] != "",
            button(
                "Mark as filed",
                look="solid",
                icon="lock",
                on_click=FileReturnState.open_dialog(head["id"], head["title"]),
            ),
        ),
    )


def _facts() -> rx.Component:
    return fact_list(
        [
            ("Status", badge(head["status"], head["tone"])),
            ("Registration", head["gstin"]),
            ("Days", or_dash(head["days"])),
            ("Prepared", head["made"]),
            ("File digest", rx.el.code(or_dash(head["sha256"]))),
            (
                "Books",
                link_button("Journal", "/books/journal", look="ghost", icon="book-open"),
            ),
        ]
    )


def _report() -> rx.Component:
    problem = GstReturnState.report_problem
    return rx.el.div(
        rx.el.p(
            "Load the error report of the upload: each refused row is shown beside its document, and nothing is filed"
            " until it is mended. A report without errors lifts that.",
            class_name="hint",
        ),
        rx.cond(problem != "", notice(problem, tone="red")),
        FileBox.create(
            accept=".json,application/json",
            label="Choose the error report (JSON)",
            most_bytes=MOST_BYTES,
            on_file=GstReturnState.load_report,
        ),
        class_name="stack",
    )


def _filing() -> rx.Component:
    errors = FileReturnState.field_errors
    return form_dialog(
        FileReturnState,
        text_field(
            "ARN", "arn", errors=errors, required=True, max_length=15, placeholder="15 characters"
        ),
        date_field("Filed on", "filed_on", errors=errors, required=True),
        title="Filed on the portal?",
        subtitle="The taxes of the period are locked for ever. A GSTR-3B or CMP-08 is paid in the books as well.",
        submit="Mark as filed",
    )
