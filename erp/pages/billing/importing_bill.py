"""Making a supplier's bill from a file."""

from typing import Any

import reflex as rx

from erp.components import (
    button,
    card,
    check_field,
    date_field,
    icon_button,
    lined_form,
    link_button,
    lookup_field,
    money_field,
    notice,
    page_header,
    text_field,
)
from erp.components.browser_parts import FileBox
from erp.components.file_columns import chosen_file, file_columns
from erp.pages.inventory.review import review_dialog
from erp.pages.routing import page
from erp.state.billing.bill_wording import RECORD
from erp.state.billing.importing_bill import LARGEST_FILE
from erp.state.billing.importing_bill import ImportBillState as Bill


@page(
    route="/bills/import",
    title="Bill from a file",
    permission=RECORD,
    parent="/bills",
    command="billing.import_bill",
    on_load=[Bill.open_new],
)
def import_bill_page() -> rx.Component:
    """Make a supplier's bill from a file."""
    return rx.fragment(
        page_header(
            "Bill from a file",
            "Choose the supplier and their CSV or XLSX file. Nothing is saved until you confirm.",
        ),
        lined_form(
            Bill,
            card(_source(), title="File"),
            rx.cond(
                Bill.lines.length() > 0,
                rx.fragment(
                    card(_head(), title="Bill"),
                    card(_rows(), title="Rows", actions=(_sum(),)),
                ),
            ),
            back="/bills",
        ),
        review_dialog(
            Bill,
            rx.cond(Bill.held_words != "", notice(Bill.held_words, tone="amber", icon="scale")),
            title="Record this bill?",
            confirm="Record bill",
        ),
    )


def _source() -> rx.Component:
    known = rx.el.div(
        notice("This file was made into a bill before.", tone="red", icon="copy-x"),
        link_button("Open that bill", Bill.known_bill, look="outline"),
        class_name="waiting",
    )
    return rx.fragment(
        rx.el.div(
            lookup_field(
                "Supplier",
                "supplier_id",
                "/api/erp/parties?role=supplier",
                errors=Bill.field_errors,
                required=True,
                label_key="name",
                detail_key="city",
                placeholder="Name or code",
                initial_value=Bill.supplier["id"],
                initial_label=Bill.supplier["name"],
                on_pick=Bill.choose_supplier,
                key=Bill.supplier["id"],
            ),
            rx.cond(
                Bill.supplier["id"] != "",
                rx.el.div(
                    rx.el.label("Their file"),
                    FileBox.create(
                        accept=".csv,.xlsx,text/csv",
                        label="Choose the file",
                        most_bytes=LARGEST_FILE,
                        on_file=Bill.load,
                    ),
                    class_name="field",
                ),
            ),
            class_name="form-grid two",
        ),
        rx.cond(Bill.problem != "", notice(Bill.problem, tone="red")),
        chosen_file(Bill.file_name),
        rx.cond(Bill.known_bill != "", known),
        file_columns(Bill, "Columns, as read; kept for this supplier"),
    )


def _head() -> rx.Component:
    errors = Bill.field_errors
    return rx.fragment(
        rx.el.div(
            text_field(
                "Bill number",
                "bill_number",
                errors=errors,
                required=True,
                placeholder="As printed",
                auto_complete="off",
                max_length=40,
            ),
            date_field(
                "Dated", "billed_on", errors=errors, required=True, default_value=Bill.today
            ),
            money_field("Total of the bill", "total", errors=errors, required=True),
            text_field("Note", "note", errors=errors, max_length=500),
            class_name="form-grid four",
        ),
        rx.cond(
            Bill.may_receive,
            check_field("Take in with this bill what did not come yet", "receive_rest"),
        ),
    )


def _sum() -> rx.Component:
    return rx.el.div(
        rx.el.span("Rows with GST "),
        rx.el.b(Bill.worth, class_name="numeric"),
        class_name="balance",
        role="status",
    )


def _rows() -> rx.Component:
    def row(line: Any) -> rx.Component:
        return rx.el.li(
            rx.el.div(
                rx.el.b("Row ", line["number"], " · ", line["text"]),
                icon_button(
                    "x", f"Leave row {line['number']} out", on_click=Bill.drop_line(line["id"])
                ),
                class_name="goods-head",
            ),
            _product(line),
            rx.el.div(
                _text(line, "quantity", "Billed"),
                _text(line, "free_quantity", "Free"),
                _text(line, "unit_cost", "Rate"),
                _text(line, "discount_percent", "Discount %"),
                _text(line, "gst_rate", "GST %"),
                _text(line, "lot_number", "Lot", is_number=False),
                _text(line, "expires_on", "Expiry", is_number=False),
                _text(line, "mrp", "MRP"),
                class_name="goods-fields",
            ),
            key=line["id"],
            custom_attrs={"data-line": line["id"]},
        )

    return rx.el.ol(rx.foreach(Bill.lines, row), class_name="goods")


def _product(line: Any) -> rx.Component:
    """Return the product of a row, or what it may mean."""

    def suggestion(found: Any) -> rx.Component:
        return button(
            found["label"],
            look="outline",
            on_click=Bill.choose_product(line["id"], found["id"], found["label"]),
            key=found["id"],
        )

    unknown = rx.el.div(
        lookup_field(
            "Which product is it?",
            line["id"] + ".variant_id",
            "/api/erp/products/search",
            errors=Bill.field_errors,
            label_key="label",
            detail_key="sku",
            value_key="variant_id",
            placeholder="Name, potency or SKU",
            on_pick=lambda variant_id, label: Bill.choose_product(line["id"], variant_id, label),
        ),
        rx.el.div(rx.foreach(Bill.suggestions[line["id"]], suggestion), class_name="deciding"),
        class_name="stack",
    )
    known = rx.el.p(rx.icon("link"), line["label"], class_name="soft goods-words")
    return rx.cond(line["variant_id"] != "", known, unknown)


def _text(line: Any, part: str, label: str, *, is_number: bool = True) -> rx.Component:
    return text_field(
        label,
        line["id"] + f".{part}",
        errors=Bill.field_errors,
        default_value=line[part],
        input_mode="decimal" if is_number else "text",
        auto_complete="off",
        class_name="input input-count" if is_number else "input",
        max_length=40,
    )
