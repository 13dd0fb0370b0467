"""One count: its figures, its lots, and what a reviewer does with them."""

from typing import Any

import reflex as rx

from erp.components import (
    Empty,
    badge,
    button,
    card,
    dialog,
    fact_list,
    link_button,
    list_view,
    notice,
    page_header,
    stat_tile,
    tabs,
)
from erp.components.records import or_dash, record_view
from erp.components.small_parts import tiles
from erp.pages.routing import page
from erp.state.inventory.count_review import (
    SHOWN_TO_COUNTERS,
    SHOWN_TO_REVIEWERS,
)
from erp.state.inventory.count_review import (
    CountReviewState as Review,
)

head = Review.head


@page(
    route="/stock/counts/[count_id]",
    title="Count",
    permission="inventory.view_counts",
    parent="/stock/counts",
    on_load=[Review.open_review, Review.listen],
)
def count_page() -> rx.Component:
    """Show one count."""
    return rx.fragment(
        record_view(
            Review,
            page_header(head["title"], head["about"], _actions()),
            _hidden(),
            _figures(),
            rx.cond(
                head["sees_book"] != "",
                tabs(_part(), [(key or "all", label) for key, label in SHOWN_TO_REVIEWERS], _show),
                tabs(_part(), [(key or "all", label) for key, label in SHOWN_TO_COUNTERS], _show),
            ),
            _chosen_bar(),
            _lots(),
            card(_steps(), title="Who did what"),
            list_route="/stock/counts",
            list_label="All counts",
        ),
        _approving(),
        _cancelling(),
    )


def _show(key: str) -> Any:
    return Review.show("" if key == "all" else key)


def _part() -> rx.Var[str]:
    return rx.cond(Review.filters["show"], Review.filters["show"], "all")


def _if(key: str, shown: rx.Component) -> rx.Component:
    return rx.cond((head[key] != "") & head[key], shown)


def _actions() -> rx.Component:
    moves = link_button("Posted moves", head["moves"], look="outline", icon="arrow-left-right")
    return rx.fragment(
        badge(head["status_words"], head["status_tone"]),
        _if("may_cancel", button("Cancel count", look="ghost", on_click=Review.ask("cancel"))),
        _if("may_count", link_button("Go on counting", f"/stock/counts/sheet/{head['id']}")),
        _if(
            "may_approve",
            button("Approve and post", look="solid", icon="check", on_click=Review.ask("approve")),
        ),
        rx.cond(head["status"] == "approved", moves),
    )


def _hidden() -> rx.Component:
    words = "This is a blind count. What the books say is shown to you once it is approved."
    return rx.cond(head["sees_book"] == "", notice(words, icon="eye-off"))


def _figures() -> rx.Component:
    left = rx.cond(head["left"] != "", head["left"], "lots")
    note = rx.cond(head["recount"] != "", head["recount"], left)
    seen = tiles(
        stat_tile("Counted", head["progress"], note=note),
        stat_tile("Gains at cost", head["gained"], note="found beyond the books"),
        stat_tile("Losses at cost", head["lost"], note="missing on the shelf"),
        stat_tile("Net", head["net"], note=head["different"]),
    )
    blind = tiles(stat_tile("Counted", head["progress"], note=note))
    return rx.cond(head["sees_book"] != "", seen, blind)


def _chosen_bar() -> rx.Component:
    count = Review.chosen.length()
    words = rx.cond(count == 1, "1 lot chosen", f"{count} lots chosen")
    bar = rx.el.div(
        rx.el.b(words, role="status"),
        button("Choose the whole page", look="ghost", on_click=Review.choose_shown),
        button("None", look="ghost", on_click=Review.choose_none),
        button("Have them counted again", icon="rotate-ccw", on_click=Review.request_recount),
        class_name="chosen-bar",
    )
    return rx.cond(count > 0, bar)


def _lots() -> rx.Component:
    return list_view(
        Review,
        label="Lots of the count",
        search="Product or lot",
        row_action=_choose,
        empty=Empty(
            "list-checks",
            "Nothing to show here",
            "No lot of this count is in this part. Choose another one above.",
        ),
    )


def _choose(row: Any) -> rx.Component:
    box = rx.el.label(
        rx.el.input(
            type="checkbox",
            checked=Review.chosen.contains(row["lot_id"]),
            on_change=lambda _: Review.choose(row["lot_id"]),
        ),
        rx.el.span("Again", aria_hidden="true"),
        rx.el.span(f"Count {row['label']} again", class_name="sr-only"),
        class_name="again",
    )
    return rx.cond((head["may_recount"] != "") & (row["may_choose"] != ""), box)


def _steps() -> rx.Component:
    def step(key: str) -> rx.Component:
        done = rx.el.span(head[f"{key}_by"], rx.el.span(head[key], class_name="detail"))
        return rx.cond((head[key] != "") & head[key], done, "\u2013")

    return fact_list(
        [
            ("Started", step("started")),
            ("Handed in", step("submitted")),
            (rx.cond(head["status"] == "cancelled", "Cancelled", "Approved"), step("closed")),
            ("Blind", rx.cond(head["blind"] != "", "Yes", "No")),
            ("Note", or_dash(head["note"])),
        ]
    )


def _approving() -> rx.Component:
    row = [
        ("Gains", head["gained"]),
        ("Losses", head["lost"]),
        ("Net", head["net"]),
        ("Lots", head["different"]),
    ]
    return dialog(
        Review.asked == "approve",
        rx.cond(Review.asked_problem != "", notice(Review.asked_problem, tone="red")),
        fact_list(row),
        rx.el.div(
            button("Keep looking", on_click=Review.keep),
            button(
                "Approve and post",
                look="solid",
                busy=Review.is_busy,
                on_click=Review.approve,
                auto_focus=True,
            ),
            class_name="form-foot review-foot",
        ),
        title="Post the differences?",
        subtitle="Stock and books follow the shelf. What was sold since stays sold.",
        on_close=Review.keep,
        width="460px",
    )


def _cancelling() -> rx.Component:
    return dialog(
        Review.asked == "cancel",
        rx.cond(Review.asked_problem != "", notice(Review.asked_problem, tone="red")),
        rx.el.div(
            button("Keep it", on_click=Review.keep, auto_focus=True),
            button("Cancel count", look="danger", on_click=Review.cancel),
            class_name="form-foot review-foot",
        ),
        title="Cancel this count?",
        subtitle="Nothing is posted. What was recorded stays on record.",
        on_close=Review.keep,
        width="420px",
    )
