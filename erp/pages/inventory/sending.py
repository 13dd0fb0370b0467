"""The forms of a transfer: sending goods, asking for some, and taking in what came."""

from typing import Any

import reflex as rx

from erp.components import (
    badge,
    button,
    card,
    date_field,
    empty_state,
    icon_button,
    lined_form,
    notice,
    page_header,
    scanner,
    select_field,
    text_field,
)
from erp.components.records import record_view
from erp.pages.inventory.goods import product_adder
from erp.pages.inventory.review import review_dialog
from erp.pages.routing import page
from erp.state.inventory.sending import AskForGoodsState, SendGoodsState
from erp.state.inventory.stock import TRANSFER
from erp.state.inventory.taking_in import TakeInState


@page(
    route="/stock/transfers/new",
    title="Send goods",
    permission=TRANSFER,
    parent="/stock/transfers",
    command="inventory.dispatch_transfer",
    on_load=[SendGoodsState.open_sending],
)
def send_goods_page() -> rx.Component:
    """Send goods to another warehouse."""
    errors, fixed = SendGoodsState.field_errors, SendGoodsState.fixed
    chosen = rx.fragment(
        _place(SendGoodsState, "From", mine=True, field="from_location_id"),
        _place(SendGoodsState, "To", mine=False, field="to_location_id"),
    )
    answered = rx.el.div(
        notice(
            f"Answers {fixed['number']}: from {fixed['from']} to {fixed['to']}.",
            tone="gray",
            icon="message-square-reply",
        ),
        class_name="full",
    )
    fields = rx.el.div(
        rx.cond(fixed.length() > 0, answered, chosen),
        date_field("Expected by", "expected_on", errors=errors),
        text_field(
            "Taken by",
            "transport",
            errors=errors,
            placeholder="Vehicle, carrier or person",
            max_length=120,
        ),
        text_field("Note on the challan", "note", errors=errors, max_length=500, wide=True),
        class_name="form-grid four",
    )
    form = lined_form(
        SendGoodsState,
        card(fields, title="Way"),
        card(_goods(SendGoodsState, "Send"), title="Goods"),
        _advice(),
        back="/stock/transfers",
    )
    return rx.fragment(
        page_header(
            "Send goods",
            "To another branch or warehouse, under a delivery challan. First expiry goes first.",
        ),
        form,
        review_dialog(
            SendGoodsState, title="Send these goods?", confirm="Send and make the challan"
        ),
    )


@page(
    route="/stock/transfers/ask",
    title="Ask for goods",
    permission=TRANSFER,
    parent="/stock/transfers",
    command="inventory.request_transfer",
    on_load=[AskForGoodsState.open_asking],
)
def ask_for_goods_page() -> rx.Component:
    """Ask another warehouse for goods."""
    fields = rx.el.div(
        _place(AskForGoodsState, "From", mine=False, field="from_location_id"),
        _place(AskForGoodsState, "To", mine=True, field="to_location_id"),
        text_field("Note", "note", errors=AskForGoodsState.field_errors, max_length=500, wide=True),
        class_name="form-grid four",
    )
    return rx.fragment(
        page_header("Ask for goods", "Those who keep them are told and send what they can spare."),
        lined_form(
            AskForGoodsState,
            card(fields, title="Way"),
            card(_goods(AskForGoodsState, "Ask for"), title="Goods"),
            back="/stock/transfers",
            submit="Ask",
            icon="send",
        ),
    )


def _place(state: Any, label: str, *, mine: bool, field: str) -> rx.Component:
    options, value, choose = (
        (state.places, state.place, state.choose_place)
        if mine
        else (state.others, state.other, state.choose_other)
    )
    return select_field(
        label,
        field,
        options,
        errors=state.field_errors,
        value=value,
        on_change=choose,
        required=True,
    )


def _advice() -> rx.Component:
    def line(row: Any) -> rx.Component:
        return rx.el.li(
            rx.el.div(
                rx.el.b(row["label"]),
                rx.el.span(
                    rx.cond(row["lot"] != "", f"{row['lot']} · ", ""),
                    row["reason"],
                    class_name="detail",
                ),
                class_name="grow",
            ),
            button(
                f"Add {row['units']}", icon="plus", on_click=SendGoodsState.take_advice(row["id"])
            ),
            key=row["id"],
        )

    every = button("Add all", icon="list-plus", on_click=SendGoodsState.take_advice("all"))
    return rx.cond(
        SendGoodsState.advice.length() > 0,
        card(
            rx.el.ol(rx.foreach(SendGoodsState.advice, line), class_name="expected"),
            title="Worth sending there",
            actions=(every,),
        ),
    )


def _goods(state: Any, label: str) -> rx.Component:
    def row(line: Any) -> rx.Component:
        return rx.el.li(
            rx.el.div(
                rx.el.b(line["label"]),
                rx.el.div(
                    rx.cond(line["lot"] != "", badge(line["lot"], "blue")),
                    rx.el.span("Here ", rx.el.b(line["here"])),
                    rx.el.span("· there ", rx.el.b(line["there"])),
                    rx.cond(line["coming"] != "", rx.el.span("· on its way ", line["coming"])),
                    rx.cond(line["wanted"] != "", badge(f"lacks {line['wanted']}", "amber")),
                    class_name="detail lot-facts",
                ),
            ),
            text_field(
                label,
                line["id"] + ".quantity",
                errors=state.field_errors,
                default_value=line["quantity"],
                input_mode="numeric",
                auto_complete="off",
                class_name="input input-count",
                max_length=9,
            ),
            icon_button("x", f"Remove {line['label']}", on_click=state.drop_line(line["id"])),
            key=line["id"],
            custom_attrs={"data-line": line["id"]},
        )

    none = empty_state("package-search", "Which goods?", "Find them by name, SKU or code below.")
    return rx.fragment(
        rx.cond(
            state.lines.length() > 0,
            rx.el.ol(rx.foreach(state.lines, row), class_name="lots"),
            none,
        ),
        product_adder(state),
    )


@page(
    route="/stock/transfers/[transfer_id]/receive",
    title="Receive a transfer",
    permission=TRANSFER,
    parent="/stock/transfers",
    on_load=[TakeInState.open_sheet],
)
def take_in_page() -> rx.Component:
    """Take in goods that another warehouse sent."""
    facts = TakeInState.facts
    sheet = card(
        rx.cond(
            TakeInState.scanned != "",
            rx.el.p(TakeInState.scanned, class_name="good", role="status"),
        ),
        rx.el.ol(rx.foreach(TakeInState.lines, _came), class_name="lots came"),
        title=f"Still on its way: {facts['left']}",
        actions=(button("Everything came", icon="check-check", on_click=TakeInState.all_came),),
    )
    return record_view(
        TakeInState,
        page_header(
            f"Receive {facts['number']}",
            f"From {facts['from']} into {facts['into']}. Scan the packs, or type what came.",
        ),
        lined_form(TakeInState, sheet, back=f"/stock/transfers/{facts['id']}"),
        scanner(TakeInState.scan),
        review_dialog(TakeInState, title="Take these goods in?", confirm="Take in"),
        list_route="/stock/transfers",
        list_label="All transfers",
    )


def _came(line: Any) -> rx.Component:
    number: dict[str, Any] = {
        "errors": TakeInState.field_errors,
        "input_mode": "numeric",
        "auto_complete": "off",
        "max_length": 9,
        "class_name": "input input-count",
    }
    return rx.el.li(
        rx.el.div(
            rx.el.b(line["label"]),
            rx.el.div(
                rx.el.span("Lot ", line["lot"]),
                rx.cond(line["expiry"] != "", rx.el.span("· ", line["expiry"])),
                rx.el.span("· ", rx.el.b(line["left"]), " to come"),
                class_name="detail lot-facts",
            ),
        ),
        text_field(
            "Came",
            line["id"] + ".arrived",
            default_value=line["arrived"],
            key=line["scans"],
            on_blur=lambda value: TakeInState.write(line["id"], value),
            **number,
        ),
        text_field("Damaged", line["id"] + ".damaged", **number),
        text_field(
            "What is wrong",
            line["id"] + ".reason",
            errors=TakeInState.field_errors,
            placeholder="If damaged",
            auto_complete="off",
            max_length=120,
        ),
        key=line["id"],
        custom_attrs={"data-line": line["id"]},
    )
