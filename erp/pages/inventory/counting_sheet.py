"""The counting sheet: a field per lot, made for a phone beside the shelf and for a scanner."""

from typing import Any

import reflex as rx

from erp.components import (
    badge,
    bone,
    button,
    confirm_dialog,
    dialog,
    empty_state,
    link_button,
    lookup_field,
    notice,
    page_header,
    page_turner,
    progress_bar,
    scanner,
)
from erp.components.browser_parts import SearchBox
from erp.components.buttons import icon_button
from erp.components.counting import CountBox
from erp.pages.routing import page
from erp.state.inventory.counting_sheet import CountSheetState as Sheet

head = Sheet.head


@page(
    route="/stock/counts/sheet/[count_id]",
    title="Counting",
    permission="inventory.count",
    parent="/stock/counts",
    on_load=[Sheet.open_sheet, Sheet.listen],
)
def counting_page() -> rx.Component:
    """Count the lots of one count."""
    sheet = rx.fragment(
        scanner(Sheet.scan),
        _progress(),
        _scanned(),
        _toolbar(),
        rx.cond(
            Sheet.extra.length() > 0,
            rx.el.ol(rx.foreach(Sheet.extra, _extra_row), class_name="sheet extra"),
        ),
        rx.cond(
            Sheet.rows.length() > 0,
            rx.el.ol(rx.foreach(Sheet.rows, _row), class_name="sheet"),
            _nothing(),
        ),
        _foot(),
    )
    return rx.fragment(
        page_header(
            rx.cond(head["number"], f"Count {head['number']}", "Count"),
            rx.cond(head["place"], f"{head['place']} · {head['scope']}", ""),
            button("Cancel count", look="ghost", on_click=Sheet.ask_cancel),
            button("Hand in", look="solid", icon="check", on_click=Sheet.ask_submit),
        ),
        rx.cond(
            Sheet.is_loading,
            _bones(),
            rx.cond(Sheet.problem != "", _missing(), sheet),
        ),
        _submitting(),
        confirm_dialog(
            Sheet.is_cancelling,
            title="Cancel this count?",
            message="Nothing is posted. What was recorded stays on record.",
            confirm="Cancel count",
            look="danger",
            on_confirm=Sheet.cancel_count,
            on_cancel=Sheet.go_on,
        ),
    )


def _progress() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.b(head["progress"], class_name="numeric"),
            rx.cond(head["blind"] != "", badge("Blind", "gray")),
            rx.cond(head["recount"] != "", badge(f"{head['recount']} to count again", "amber")),
            class_name="sheet-facts",
        ),
        progress_bar(Sheet.percent, "Counted lots"),
        rx.cond(head["note"] != "", rx.el.p(head["note"], class_name="soft")),
        class_name="card sheet-progress",
    )


def _scanned() -> rx.Component:
    last = Sheet.last
    return rx.fragment(
        rx.cond(Sheet.scan_problem != "", notice(Sheet.scan_problem, tone="red", icon="scan-line")),
        rx.cond(
            (last["label"] != "") & last["label"],
            rx.el.div(
                rx.icon("scan-line"),
                rx.el.div(
                    rx.el.b(last["label"]),
                    rx.el.span("Lot ", last["lot"], class_name="detail"),
                ),
                rx.el.output(last["counted"], aria_label="Counted so far"),
                class_name="scanned",
                role="status",
            ),
        ),
    )


def _toolbar() -> rx.Component:
    def part(key: str, label: str) -> rx.Component:
        here = rx.cond(Sheet.filters["show"], Sheet.filters["show"], "all") == key
        return rx.el.button(
            label,
            type="button",
            on_click=Sheet.narrow("show", key),
            aria_pressed=rx.cond(here, "true", "false"),
        )

    search = SearchBox.create(
        rx.icon("search"),
        value=Sheet.search,
        placeholder="Product or lot",
        on_search=Sheet.find,
    )
    parts = rx.el.div(
        part("all", "All"),
        part("uncounted", "Not counted"),
        part("counted", "Counted"),
        class_name="segments",
        role="group",
        aria_label="Which lots are shown",
    )
    return rx.el.div(search, parts, class_name="sheet-bar")


def _facts(row: Any) -> rx.Component:
    return rx.el.div(
        rx.el.b(row["label"]),
        rx.el.div(
            rx.el.span("Lot ", row["lot_number"]),
            rx.cond(
                row["expires_on_tone"],
                badge(row["expires_on"], row["expires_on_tone"]),
                rx.el.span(row["expires_on"]),
            ),
            rx.cond(head["shows_book"] != "", rx.el.span("Book ", rx.el.b(row["book"]))),
            rx.cond(
                row["flag"],
                badge(row["flag"], rx.cond(row["status"] == "recount", "amber", "gray")),
            ),
            class_name="lot-facts",
        ),
    )


def _box(row: Any) -> rx.Component:
    return CountBox.create(
        sheet=head["id"],
        lot=row["lot_id"],
        value=rx.cond(row["counted"], row["counted"], ""),
        label=f"Units of lot {row['lot_number']}, {row['label']}",
        problem=rx.cond(Sheet.problems[row["lot_id"]], Sheet.problems[row["lot_id"]], ""),
        on_save=Sheet.save,
        on_scan=Sheet.scan,
    )


def _problem(row: Any) -> rx.Component:
    return rx.cond(
        Sheet.problems[row["lot_id"]],
        rx.el.p(
            Sheet.problems[row["lot_id"]],
            id=f"{row['lot_id']}-problem",
            class_name="error",
            role="alert",
        ),
    )


def _row(row: Any) -> rx.Component:
    return rx.el.li(_facts(row), _box(row), _problem(row), key=row["id"])


def _extra_row(row: Any) -> rx.Component:
    facts = rx.el.div(
        rx.el.b(row["label"]),
        rx.el.div(
            rx.el.span("Lot ", row["lot_number"]),
            rx.el.span(row["expires_on"]),
            badge("Not expected", "blue"),
            icon_button("x", "Leave this lot out", on_click=Sheet.drop_extra(row["lot_id"])),
            class_name="lot-facts",
        ),
    )
    return rx.el.li(facts, _box(row), _problem(row), key=row["id"])


def _nothing() -> rx.Component:
    is_narrowed = (Sheet.search != "") | Sheet.has_filters
    everything = button("Show everything", on_click=Sheet.clear_filters)
    done = empty_state(
        "list-checks", "Nothing to show here", "No lot of this count fits.", everything
    )
    none = empty_state(
        "package-search", "No lot is expected here", "Scan what you find, or add it by name below."
    )
    return rx.el.div(rx.cond(is_narrowed, done, none), class_name="card")


def _foot() -> rx.Component:
    return rx.el.div(
        lookup_field(
            "Found a lot that is not listed?",
            "add_lot",
            "/api/erp/lots/search",
            errors=Sheet.problems,
            label_key="label",
            detail_key="lot_number",
            value_key="lot_id",
            placeholder="Product or lot number",
            on_pick=Sheet.add_lot,
            key=Sheet.adds,
        ),
        rx.cond(Sheet.has_next | Sheet.has_previous, page_turner(Sheet)),
        class_name="sheet-foot",
    )


def _submitting() -> rx.Component:
    def answer(value: str, label: str, note: str) -> rx.Component:
        return rx.el.label(
            rx.el.input(
                type="radio",
                name="rest",
                value=value,
                on_change=lambda _: Sheet.choose_rest(value),
            ),
            rx.el.span(rx.el.b(label), rx.el.small(note)),
            class_name="choice",
        )

    question = rx.el.fieldset(
        rx.el.legend(
            rx.cond(
                Sheet.waiting == 1,
                "1 lot was not counted.",
                f"{Sheet.waiting} lots were not counted.",
            ),
            " What about them?",
        ),
        answer("not_counted", "Leave them alone", "Their stock stays as the books have it."),
        answer("zero", "None is there", "They are recorded as zero, counted by you."),
        class_name="choices",
    )
    return dialog(
        Sheet.is_submitting,
        rx.cond(Sheet.submit_problem != "", notice(Sheet.submit_problem, tone="red")),
        rx.cond(Sheet.waiting > 0, question, rx.el.p("Every lot is counted.", class_name="soft")),
        rx.el.div(
            button("Go on counting", on_click=Sheet.go_on),
            button("Hand in", look="solid", on_click=Sheet.submit_count),
            class_name="form-foot review-foot",
        ),
        title="Hand this count in?",
        subtitle="Someone else looks at the differences. Nothing is posted yet.",
        on_close=Sheet.go_on,
        width="480px",
    )


def _missing() -> rx.Component:
    back = link_button("All counts", "/stock/counts", look="outline", icon="arrow-left")
    return empty_state("file-question", "This is not here", Sheet.problem, back)


def _bones() -> rx.Component:
    rows = [
        rx.el.li(rx.el.div(bone("60%", "14px"), bone("35%")), bone("112px", "44px"))
        for _ in range(7)
    ]
    return rx.el.ol(*rows, class_name="sheet", role="status", aria_label="Loading")
