"""Taking in deliveries: the list, and the form."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from erp.components import (
    Empty,
    button,
    card,
    date_field,
    dialog,
    empty_state,
    icon_button,
    link_button,
    list_view,
    lookup_field,
    money_field,
    notice,
    page_header,
    question_dialog,
    scanner,
    select_field,
    submit_button,
    text_field,
)
from erp.pages.inventory.review import review_dialog
from erp.pages.routing import Nav, page
from erp.state.inventory.receiving import ReceiptListState
from erp.state.inventory.receiving import ReceiveState as Receive
from erp.state.inventory.stock import RECEIVE, PlacesState


@page(
    route="/receiving",
    title="Receiving",
    permission="inventory.view",
    nav=Nav("Receiving", "truck", group="Stock", order=30, keys="g r"),
    on_load=[PlacesState.open_places, ReceiptListState.open_list, ReceiptListState.listen],
)
def receiving_page() -> rx.Component:
    """List deliveries."""
    add = rx.cond(
        PlacesState.may_receive, link_button("Receive goods", "/receiving/new", icon="plus")
    )
    return rx.fragment(
        page_header("Receiving", "Deliveries as they came; each opens the lots it brought.", add),
        list_view(
            ReceiptListState,
            label="Deliveries",
            search="Document number",
            empty=Empty(
                "truck",
                "No delivery yet",
                "Scan or type what came; stock and books follow at once.",
                add,
            ),
        ),
    )


@page(
    route="/receiving/new",
    title="Receive goods",
    permission=RECEIVE,
    parent="/receiving",
    command="inventory.receive_goods",
    on_load=[PlacesState.open_places, Receive.open_receiving],
)
def receive_page() -> rx.Component:
    """Take in a delivery."""
    return rx.fragment(
        page_header(
            "Receive goods",
            "Scan the packs or find the products; check the labels; look at the effect; save.",
        ),
        rx.el.form(
            rx.el.input(
                type="hidden", name="idempotency_key", value=Receive.form_key, read_only=True
            ),
            rx.cond(Receive.form_error != "", notice(Receive.form_error, tone="red")),
            card(_head(), title="Delivery"),
            card(_lines(), title="Goods", actions=(_sums(),)),
            rx.el.div(
                link_button("Cancel", "/receiving", look="outline"),
                submit_button("Review", busy=Receive.is_busy, icon="eye"),
                class_name="form-foot sticky-foot",
            ),
            on_submit=Receive.submit,
            class_name="form wide",
            no_validate=True,
            key=Receive.form_key,
        ),
        scanner(Receive.scan),
        question_dialog(Receive),
        review_dialog(Receive, title="Receive these goods?", confirm="Receive goods"),
        _summary(),
    )


def _head() -> rx.Component:
    errors = Receive.field_errors
    return rx.el.div(
        lookup_field(
            "Supplier",
            "supplier_id",
            "/api/erp/parties?role=supplier",
            errors=errors,
            label_key="name",
            detail_key="city",
            placeholder="Name or code",
        ),
        text_field(
            "Document number",
            "reference",
            errors=errors,
            placeholder="Challan or invoice",
            auto_complete="off",
            max_length=120,
        ),
        date_field("Came on", "received_on", errors=errors, default_value=Receive.today),
        select_field("Put into", "location_id", PlacesState.places, errors=errors),
        class_name="form-grid four",
    )


def _sums() -> rx.Component:
    return rx.el.div(
        rx.el.span(Receive.units, " units"),
        rx.el.b(Receive.total, class_name="numeric"),
        class_name="balance",
        role="status",
    )


def _lines() -> rx.Component:
    none = empty_state(
        "scan-barcode",
        "Scan the first pack",
        "A GS1 code fills in product, lot and expiry. Or find the product by name below.",
    )
    return rx.fragment(
        rx.cond(
            Receive.lines.length() > 0,
            rx.el.ol(rx.foreach(Receive.lines, _line), class_name="goods"),
            none,
        ),
        rx.el.div(
            lookup_field(
                "Add a product",
                "add",
                "/api/erp/products/search",
                errors=Receive.field_errors,
                label_key="label",
                detail_key="sku",
                value_key="variant_id",
                placeholder="Name, abbreviation, SKU or code",
                on_pick=Receive.add_product,
                key=Receive.adds,
            ),
            class_name="adder",
        ),
    )


def _line(line: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.b(line["label"]),
            rx.el.span(line["total"], class_name="numeric"),
            icon_button("x", f"Remove {line['label']}", on_click=Receive.drop_line(line["id"])),
            class_name="goods-head",
        ),
        rx.el.div(_label_fields(line), _amount_fields(line), class_name="goods-fields"),
        key=line["id"],
        custom_attrs={"data-line": line["id"]},
    )


def _label_fields(line: Any) -> rx.Component:
    errors = Receive.field_errors
    plain = {"errors": errors, "auto_complete": "off"}
    return rx.fragment(
        text_field(
            "Lot",
            _named(line, "lot_number"),
            default_value=line["lot_number"],
            max_length=40,
            **plain,
        ),
        text_field(
            "Expiry",
            _named(line, "expires_on"),
            default_value=line["expires_on"],
            placeholder="MM/YYYY",
            max_length=10,
            **plain,
        ),
        text_field(
            "Made", _named(line, "manufactured_on"), placeholder="MM/YYYY", max_length=10, **plain
        ),
        text_field(
            "Maker", _named(line, "maker"), default_value=line["maker"], max_length=120, **plain
        ),
    )


def _amount_fields(line: Any) -> rx.Component:
    errors = Receive.field_errors
    number = {"errors": errors, "input_mode": "decimal", "auto_complete": "off", "max_length": 18}
    return rx.fragment(
        money_field("MRP", _named(line, "mrp"), errors=errors, default_value=line["mrp"]),
        money_field("PTR", _named(line, "ptr"), errors=errors, default_value=line["ptr"]),
        text_field(
            "Quantity",
            _named(line, "quantity"),
            default_value=line["quantity"],
            on_blur=_kept(line, "quantity"),
            key=line["scans"],
            class_name="input input-count",
            **number,
        ),
        text_field("Free", _named(line, "free_quantity"), class_name="input input-count", **number),
        _unit(line),
        money_field(
            "Unit cost",
            _named(line, "unit_cost"),
            errors=errors,
            default_value=line["unit_cost"],
            on_blur=_kept(line, "unit_cost"),
        ),
    )


def _named(line: Any, field: str) -> Any:
    """Return the form's name of a field of a line."""
    return line["id"] + f".{field}"


def _kept(line: Any, part: str) -> Callable[[Any], Any]:
    """Return what tells the state of an amount once its field is left."""
    return lambda value: Receive.write(line["id"], part, value)


def _unit(line: Any) -> rx.Component:
    name = _named(line, "unit")
    options = rx.foreach(
        line["units"].split(","), lambda unit: rx.el.option(unit, value=unit, key=unit)
    )
    return rx.el.div(
        rx.el.label("Unit", html_for=name),
        rx.el.select(options, name=name, id=name, class_name="input"),
        rx.cond(
            Receive.field_errors[name],
            rx.el.p(Receive.field_errors[name], class_name="error", role="alert"),
        ),
        class_name="field",
    )


def _summary() -> rx.Component:
    done = Receive.done
    return dialog(
        done.length() > 0,
        rx.el.p(
            rx.el.b(done["units"]),
            " of ",
            rx.el.b(done["lots"]),
            ", worth ",
            rx.el.b(done["value"]),
            ", are on hand and can be sold.",
        ),
        rx.el.div(
            link_button("See the lots", done["href"], look="outline", icon="boxes"),
            button("Receive more", look="solid", icon="plus", on_click=Receive.start_again),
            class_name="form-foot review-foot",
        ),
        title="Delivery taken in",
        on_close=Receive.start_again,
        width="440px",
    )
