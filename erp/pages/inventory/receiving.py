"""Taking in deliveries: the list, and the form."""

import reflex as rx

from erp.components import (
    Empty,
    button,
    card,
    dialog,
    empty_state,
    lined_form,
    link_button,
    list_view,
    lookup_field,
    notice,
    page_header,
    scanner,
    select_field,
)
from erp.pages.inventory.goods import (
    arrival_fields,
    delivered_fields,
    goods_list,
    goods_sums,
    product_adder,
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
        lined_form(
            Receive,
            card(_head(), title="Delivery"),
            card(_lines(), title="Goods", actions=(goods_sums(Receive),)),
            back="/receiving",
        ),
        scanner(Receive.scan),
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
        arrival_fields(Receive),
        select_field("Put into", "location_id", PlacesState.places, errors=errors),
        class_name="form-grid four",
    )


def _lines() -> rx.Component:
    none = empty_state(
        "scan-barcode",
        "Scan the first pack",
        "A GS1 code fills in product, lot and expiry. Or find the product by name below.",
    )
    return rx.fragment(
        goods_list(Receive, delivered_fields, none),
        product_adder(Receive),
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
            ", are on hand.",
        ),
        rx.cond(
            done["apart"] != "",
            notice(
                rx.fragment(done["apart"], " failed the checklist and went into quarantine."),
                tone="red",
                icon="shield-alert",
            ),
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
