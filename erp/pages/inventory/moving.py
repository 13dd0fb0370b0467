"""Forms that adjust, write off and transfer lots."""

from collections.abc import Mapping, Sequence
from typing import Any

import reflex as rx

from erp.components import (
    badge,
    card,
    empty_state,
    icon_button,
    lined_form,
    lookup_field,
    page_header,
    scanner,
    select_field,
    text_field,
)
from erp.pages.inventory.review import review_dialog
from erp.pages.routing import page
from erp.state.inventory.moving import (
    ADJUSTMENTS,
    WRITE_OFFS,
    AdjustState,
    TransferState,
    WriteOffState,
)
from erp.state.inventory.stock import ADJUST, TRANSFER
from erp.state.inventory.wording import REASONS


@page(
    route="/stock/adjust",
    title="Adjust stock",
    permission=ADJUST,
    parent="/stock",
    command="inventory.adjust_stock",
    on_load=[AdjustState.open_movement],
)
def adjust_page() -> rx.Component:
    """Bring the books in line with the shelf."""
    return movement_form(
        AdjustState,
        "Adjust stock",
        "Type what is really on the shelf; the difference is posted with its reason.",
        [reason_field(AdjustState, {code: REASONS[code] for code in ADJUSTMENTS})],
        lambda line: lot_count(AdjustState, line, "change", "On the shelf", ""),
        "Post the difference",
    )


@page(
    route="/stock/write-off",
    title="Write off stock",
    permission=ADJUST,
    parent="/stock",
    command="inventory.write_off_stock",
    on_load=[WriteOffState.open_movement],
)
def write_off_page() -> rx.Component:
    """Give goods up."""
    return movement_form(
        WriteOffState,
        "Write off stock",
        "For goods that are gone for good. Expired, held and recalled lots may go too.",
        [reason_field(WriteOffState, {code: REASONS[code] for code in WRITE_OFFS})],
        lambda line: lot_count(WriteOffState, line, "quantity", "Write off", line["suggested"]),
        "Write off",
    )


@page(
    route="/stock/transfer",
    title="Move stock",
    permission=TRANSFER,
    parent="/stock",
    command="inventory.transfer_stock",
    on_load=[TransferState.open_transfer],
)
def transfer_page() -> rx.Component:
    """Move goods between places."""
    target = select_field(
        "To",
        "to_location_id",
        TransferState.targets,
        errors=TransferState.field_errors,
        required=True,
    )
    return movement_form(
        TransferState,
        "Move stock",
        "From one place of this branch to another, at once. What travels is a transfer.",
        [target],
        lambda line: lot_count(TransferState, line, "quantity", "Move", line["suggested"]),
        "Move",
        place_label="From",
    )


def movement_form(
    state: Any,
    title: str,
    lead: str,
    head: Sequence[rx.Component],
    amount: Any,
    confirm: str,
    *,
    place_label: str = "Place",
    back: str = "/stock",
) -> rx.Component:
    """Return a whole form of lots in a place that is reviewed before it is posted.

    Args:
        amount: Makes the field of units of a line.
    """
    form = lined_form(
        state,
        card(
            rx.el.div(
                _place(state, place_label),
                *head,
                text_field("Note", "note", errors=state.field_errors, max_length=200),
                class_name="form-grid",
            )
        ),
        card(_lots(state, amount), title="Lots"),
        back=back,
        sticky=False,
    )
    return rx.fragment(
        page_header(title, lead),
        form,
        scanner(state.scan),
        review_dialog(state, title=f"{title}?", confirm=confirm),
    )


def _place(state: Any, label: str) -> rx.Component:
    options = rx.foreach(
        state.places, lambda o: rx.el.option(o["label"], value=o["value"], key=o["value"])
    )
    return rx.el.div(
        rx.el.label(label, html_for="place"),
        rx.el.select(
            options,
            id="place",
            name="place",
            value=state.place,
            on_change=state.choose_place,
            class_name="input",
        ),
        class_name="field",
    )


def reason_field(state: Any, words: Mapping[str, str]) -> rx.Component:
    """Return the choice of a reason from codes with their words."""
    return select_field(
        "Reason",
        "reason_code",
        [("", "Choose a reason"), *words.items()],
        errors=state.field_errors,
        required=True,
    )


def _lots(state: Any, amount: Any) -> rx.Component:
    def row(line: Any) -> rx.Component:
        return rx.el.li(
            rx.el.div(
                rx.el.b(line["label"]),
                rx.el.div(
                    rx.el.span("Lot ", line["lot"]),
                    rx.cond(
                        line["expiry"] != "",
                        rx.cond(
                            line["tone"] != "",
                            badge(line["expiry"], line["tone"]),
                            rx.el.span(" · ", line["expiry"]),
                        ),
                    ),
                    rx.cond(line["status"] != "", badge(line["status"], "amber")),
                    rx.el.span(" · books say ", rx.el.b(line["here"])),
                    rx.cond(
                        line["reserved"] != "", rx.el.span(" · ", line["reserved"], " reserved")
                    ),
                    class_name="detail lot-facts",
                ),
            ),
            amount(line),
            icon_button("x", f"Remove lot {line['lot']}", on_click=state.drop_line(line["id"])),
            key=line["id"],
            custom_attrs={"data-line": line["id"]},
        )

    none = empty_state("package-search", "Which lots?", "Find them by product or lot number below.")
    return rx.fragment(
        rx.cond(
            state.lines.length() > 0,
            rx.el.ol(rx.foreach(state.lines, row), class_name="lots"),
            none,
        ),
        rx.el.div(
            lookup_field(
                "Add a lot",
                "add",
                f"/api/erp/inventory?location_id={state.place}",
                errors=state.field_errors,
                label_key="label",
                detail_key="lot_number",
                value_key="lot_id",
                placeholder="Product or lot number",
                on_pick=state.add_lot,
                key=f"{state.place}{state.adds}",
            ),
            class_name="adder",
        ),
    )


def lot_count(state: Any, line: Any, field: str, label: str, start: Any) -> rx.Component:
    """Return the field of a line's units."""
    return text_field(
        label,
        line["id"] + f".{field}",
        errors=state.field_errors,
        default_value=start,
        input_mode="numeric",
        auto_complete="off",
        class_name="input input-count",
        max_length=9,
    )
