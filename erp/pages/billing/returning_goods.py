"""Sending goods back to their supplier."""

from typing import Any

import reflex as rx

from erp.components import (
    badge,
    button,
    card,
    empty_state,
    icon_button,
    lined_form,
    lookup_field,
    page_header,
    select_field,
    text_field,
)
from erp.pages.inventory.review import review_dialog
from erp.pages.routing import page
from erp.state.billing.return_wording import REASONS, RETURN
from erp.state.billing.returning_goods import ReturnGoodsState as Back


@page(
    route="/returns/new",
    title="Return goods",
    permission=RETURN,
    parent="/returns",
    command="billing.return_goods",
    on_load=[Back.open_new],
)
def return_goods_page() -> rx.Component:
    """Send goods back to the supplier they came from."""
    return rx.fragment(
        page_header(
            "Return goods",
            "Choose the supplier, then the lots that go back. What was billed is asked back.",
        ),
        lined_form(
            Back,
            card(_head(), title="Return"),
            rx.cond(
                Back.is_supplier_known,
                card(_offered(), title="Came from them, and is here", actions=(_all(),)),
            ),
            card(_lines(), title="Goes back"),
            back="/returns",
        ),
        review_dialog(Back, title="Send these goods back?", confirm="Post debit note"),
    )


def _head() -> rx.Component:
    errors = Back.field_errors
    return rx.el.div(
        lookup_field(
            "Supplier",
            "supplier_id",
            "/api/erp/parties?role=supplier",
            errors=errors,
            required=True,
            label_key="name",
            detail_key="city",
            placeholder="Name or code",
            initial_value=Back.supplier["id"],
            initial_label=Back.supplier["name"],
            on_pick=Back.choose_supplier,
            key=Back.supplier["id"],
        ),
        text_field(
            "Taken by",
            "transport",
            errors=errors,
            placeholder="Courier, vehicle or consignment note",
            max_length=120,
        ),
        text_field("Note", "note", errors=errors, placeholder="Printed on it", max_length=500),
        class_name="form-grid three",
    )


def _all() -> rx.Component:
    return rx.cond(
        Back.offered.length() > 1,
        button("All of these", icon="check-check", on_click=Back.take_due),
    )


def _offered() -> rx.Component:
    def row(line: Any) -> rx.Component:
        take = button("Send back", icon="undo-2", on_click=Back.take(line["key"]))
        return rx.el.li(
            rx.el.div(
                rx.el.b(line["label"]),
                rx.el.span(line["words"], class_name="detail"),
                _standing(line),
                class_name="grow",
            ),
            rx.cond(line["waits"] != "", rx.fragment(), take),
            key=line["key"],
        )

    more = button(f"Show {Back.hidden} of theirs", look="ghost", icon="eye", on_click=Back.show_all)
    none = rx.el.p(
        rx.cond(
            Back.hidden != "",
            "Nothing else of them is expired, damaged, recalled or soon to expire.",
            "Nothing else that came from them is here.",
        ),
        class_name="soft",
    )
    return rx.fragment(
        rx.cond(
            Back.offered.length() > 0,
            rx.el.ol(rx.foreach(Back.offered, row), class_name="expected"),
            none,
        ),
        rx.cond(Back.hidden != "", rx.el.div(more, class_name="adder")),
    )


def _standing(line: Any) -> rx.Component:
    """Return why a lot might go back, and when its supplier takes it."""
    return rx.el.div(
        badge(line["reason_words"], line["tone"]),
        rx.el.span(line["window"]),
        class_name="lot-facts",
    )


def _lines() -> rx.Component:
    def line_of(line: Any) -> rx.Component:
        return rx.el.li(
            rx.el.div(
                rx.el.b(line["label"]),
                icon_button("x", f"Take {line['label']} off", on_click=Back.drop_line(line["id"])),
                class_name="goods-head",
            ),
            rx.el.p(line["words"], class_name="soft goods-words"),
            rx.el.div(
                text_field(
                    "Units",
                    line["id"] + ".quantity",
                    errors=Back.field_errors,
                    default_value=line["quantity"],
                    input_mode="numeric",
                    auto_complete="off",
                    class_name="input input-count",
                    max_length=9,
                ),
                select_field(
                    "Reason",
                    line["id"] + ".reason",
                    list(REASONS.items()),
                    errors=Back.field_errors,
                    default_value=line["reason"],
                ),
                class_name="goods-fields few",
            ),
            key=line["id"],
            custom_attrs={"data-line": line["id"]},
        )

    none = empty_state(
        "undo-2",
        "Nothing goes back yet",
        "Choose the supplier; what is expired, damaged or recalled is offered first.",
    )
    return rx.cond(
        Back.lines.length() > 0,
        rx.el.ol(rx.foreach(Back.lines, line_of), class_name="goods"),
        none,
    )
