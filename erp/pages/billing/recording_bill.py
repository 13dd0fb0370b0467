"""Recording a supplier's bill."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from erp.components import (
    button,
    card,
    date_field,
    empty_state,
    icon_button,
    lined_form,
    lookup_field,
    money_field,
    notice,
    page_header,
    text_field,
)
from erp.pages.inventory.review import review_dialog
from erp.pages.routing import page
from erp.state.billing.bill_wording import RECORD
from erp.state.billing.recording_bill import RecordBillState as Bill


@page(
    route="/bills/new",
    title="Record bill",
    permission=RECORD,
    parent="/bills",
    on_load=[Bill.open_new],
)
def record_bill_page() -> rx.Component:
    """Record a supplier's bill against what came."""
    return rx.fragment(
        page_header(
            "Record bill",
            "Type the head of the bill, then put on it what it names of what came.",
        ),
        lined_form(
            Bill,
            card(_head(), title="Bill"),
            rx.cond(
                Bill.is_supplier_known,
                card(_unbilled(), title="Came, and not billed", actions=(_all(),)),
            ),
            card(_lines(), title="On this bill", actions=(_sums(),)),
            back="/bills",
        ),
        review_dialog(
            Bill,
            rx.cond(Bill.held_words != "", notice(Bill.held_words, tone="amber", icon="scale")),
            title="Record this bill?",
            confirm="Record bill",
            goods=("Cost of goods", "Costs more", "On hand", "Gone"),
        ),
    )


def _head() -> rx.Component:
    errors = Bill.field_errors
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
            initial_value=Bill.supplier["id"],
            initial_label=Bill.supplier["name"],
            on_pick=Bill.choose_supplier,
            key=Bill.supplier["id"],
        ),
        text_field(
            "Bill number",
            "bill_number",
            errors=errors,
            required=True,
            placeholder="As printed",
            auto_complete="off",
            max_length=40,
        ),
        date_field("Dated", "billed_on", errors=errors, required=True, default_value=Bill.today),
        money_field("Total of the bill", "total", errors=errors, required=True),
        date_field("Due", "due_on", errors=errors, hint="Else by the supplier's credit days"),
        date_field("In the books on", "booked_on", errors=errors, hint="Else once all is here"),
        text_field("Note", "note", errors=errors, max_length=500),
        class_name="form-grid four",
    )


def _all() -> rx.Component:
    return rx.cond(
        Bill.unbilled.length() > 1,
        button("All of it", icon="check-check", on_click=Bill.take_all),
    )


def _unbilled() -> rx.Component:
    def row(line: Any) -> rx.Component:
        return rx.el.li(
            rx.el.div(
                rx.el.b(line["label"]),
                rx.el.span(line["words"], class_name="detail"),
                class_name="grow",
            ),
            button("Put on bill", icon="plus", on_click=Bill.take(line["key"])),
            key=line["key"],
        )

    none = rx.el.p("Nothing else of this supplier came and is not billed.", class_name="soft")
    return rx.cond(
        Bill.unbilled.length() > 0,
        rx.el.ol(rx.foreach(Bill.unbilled, row), class_name="expected"),
        none,
    )


def _sums() -> rx.Component:
    return rx.el.div(
        rx.el.span("GST ", Bill.tax),
        rx.el.b(Bill.total, class_name="numeric"),
        class_name="balance",
        role="status",
    )


def _lines() -> rx.Component:
    def line_of(line: Any) -> rx.Component:
        return rx.el.li(
            rx.el.div(
                rx.el.b(line["label"]),
                rx.el.span(line["total"], class_name="numeric"),
                icon_button("x", f"Take {line['label']} off", on_click=Bill.leave(line["id"])),
                class_name="goods-head",
            ),
            rx.cond(line["words"] != "", rx.el.p(line["words"], class_name="soft goods-words")),
            rx.el.div(
                rx.cond(line["kind"] == "goods", _goods_fields(line), _charge_fields(line)),
                class_name="goods-fields few",
            ),
            key=line["id"],
            custom_attrs={"data-line": line["id"]},
        )

    none = empty_state(
        "receipt-indian-rupee",
        "Nothing on the bill yet",
        "Choose the supplier, then put on it what came. Add freight as a charge.",
    )
    return rx.fragment(
        rx.cond(
            Bill.lines.length() > 0,
            rx.el.ol(rx.foreach(Bill.lines, line_of), class_name="goods"),
            none,
        ),
        rx.el.div(
            button("Add a charge", icon="plus", on_click=Bill.add_charge), class_name="adder"
        ),
    )


def _goods_fields(line: Any) -> rx.Component:
    return rx.fragment(
        _number(line, "quantity", "Billed"),
        _price(line, "Rate"),
        _number(line, "discount_percent", "Discount %"),
        _number(line, "gst_rate", "GST %"),
    )


def _charge_fields(line: Any) -> rx.Component:
    errors = Bill.field_errors
    bears = line["id"] + ".bears"
    return rx.fragment(
        text_field(
            "What for",
            line["id"] + ".label",
            errors=errors,
            placeholder="Freight",
            auto_complete="off",
            max_length=120,
        ),
        _price(line, "Amount"),
        _number(line, "gst_rate", "GST %"),
        rx.el.div(
            rx.el.label("Borne by", html_for=bears),
            rx.el.select(
                rx.el.option("The goods", value="goods"),
                rx.el.option("An expense", value="expense"),
                name=bears,
                id=bears,
                class_name="input",
            ),
            rx.cond(errors[bears], rx.el.p(errors[bears], class_name="error", role="alert")),
            class_name="field",
        ),
    )


def _number(line: Any, part: str, label: str) -> rx.Component:
    return text_field(
        label,
        line["id"] + f".{part}",
        errors=Bill.field_errors,
        default_value=line[part],
        on_blur=_kept(line, part),
        input_mode="decimal",
        auto_complete="off",
        class_name="input input-count",
        max_length=18,
    )


def _price(line: Any, label: str) -> rx.Component:
    return money_field(
        label,
        line["id"] + ".unit_cost",
        errors=Bill.field_errors,
        default_value=line["unit_cost"],
        on_blur=_kept(line, "unit_cost"),
    )


def _kept(line: Any, part: str) -> Callable[[Any], Any]:
    return lambda value: Bill.write(line["id"], part, value)
