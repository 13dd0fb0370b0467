"""One product: variants, facts, taxes, stock, moves."""

from typing import Any

import reflex as rx

from erp.components import (
    badge,
    button,
    card,
    data_table,
    empty_state,
    fact_list,
    grid,
    icon_button,
    link_button,
    page_header,
)
from erp.components.browser_parts import FilePick
from erp.components.records import or_dash, record_view
from erp.pages.catalog.product_forms import product_dialogs
from erp.pages.catalog.products import tax_rule
from erp.pages.catalog.substitutes import link_dialog, substitutes_card
from erp.pages.purchasing.prices import prices_card
from erp.pages.routing import page
from erp.state.catalog.product import (
    LOT_COLUMNS,
    AddBarcodeState,
    AddVariantState,
    DefineUnitState,
    EditProductState,
    EditVariantState,
    ProductState,
    SetLicenceState,
    SetTaxClassState,
    SetVariantTaxState,
)
from erp.state.catalog.substitutes import SubstituteState
from erp.state.inventory.wording import MOVE_COLUMNS
from erp.state.purchasing.prices import PriceState


@page(
    route="/products/[product_id]",
    title="Product",
    permission="catalog.view",
    parent="/products",
    record="product",
    on_load=[
        ProductState.open_record,
        SubstituteState.open_substitutes,
        PriceState.open_prices,
        ProductState.listen,
    ],
)
def product_page() -> rx.Component:
    """Show one product."""
    return rx.fragment(
        record_view(
            ProductState,
            _head(),
            grid(
                rx.el.div(
                    _variants(),
                    rx.cond(ProductState.head["sees_stock"] != "", _stock()),
                    substitutes_card(),
                    prices_card(),
                    class_name="stack span-8",
                ),
                rx.el.div(_picture(), _facts(), _tax(), class_name="stack span-4 full-below"),
            ),
            _moves(),
            list_route="/products",
            list_label="All products",
        ),
        product_dialogs(),
        link_dialog(),
    )


def _head() -> rx.Component:
    head = ProductState.head
    about = (head["id"], head["name"])
    actions = rx.cond(
        head["may_edit"] != "",
        rx.fragment(
            button("Edit", icon="pencil", on_click=EditProductState.open_dialog(*about)),
            button(
                "New variant",
                look="solid",
                icon="plus",
                on_click=AddVariantState.open_dialog(*about),
            ),
        ),
    )
    return page_header(head["name"], head["lead"], actions)


def _variants() -> rx.Component:
    head = ProductState.head
    add = button(
        "Add the first variant",
        look="solid",
        icon="plus",
        on_click=AddVariantState.open_dialog(head["id"], head["name"]),
    )
    none = empty_state(
        "flask-conical",
        "No potency or pack yet",
        "Add each potency and pack you trade in; stock, price and barcode belong to it.",
        rx.cond(head["may_edit"] != "", add),
    )
    rows = rx.el.ul(rx.foreach(ProductState.variants, _variant), class_name="variants")
    return card(
        rx.cond(ProductState.variants.length() > 0, rows, none), title="Potencies and packs"
    )


def _variant(row: Any) -> rx.Component:
    title = rx.cond(row["potency"] != "", f"{row['potency']} · {row['pack']}", row["pack"])
    closed = rx.cond(row["is_active"] == "", badge("Out of trade", "gray"))
    differs = rx.cond(row["tax_differs"] != "", badge("Tax differs from the rules", "amber"))
    return rx.el.li(
        rx.el.div(
            rx.el.div(rx.el.b(title), closed, differs, class_name="variant-title"),
            rx.el.div(
                rx.el.span(row["sku"], class_name="code"),
                rx.el.span(" · counted in ", row["unit"]),
                rx.cond(row["units"] != "", rx.el.span(" · ", row["units"])),
                rx.cond(row["own_tax"] != "", rx.el.span(" · ", row["own_tax"])),
                rx.cond(
                    row["reorder_point"] != "0",
                    rx.el.span(" · reorder at ", row["reorder_point"]),
                ),
                class_name="detail",
            ),
            rx.cond(row["barcodes"] != "", _barcodes(row)),
        ),
        rx.cond(ProductState.head["may_edit"] != "", _actions(row)),
        key=row["id"],
    )


def _barcodes(row: Any) -> rx.Component:
    def code(value: Any) -> rx.Component:
        forget = icon_button(
            "x", f"Forget barcode {value}", on_click=ProductState.remove_barcode(row["id"], value)
        )
        return rx.el.span(
            rx.icon("barcode"),
            rx.el.span(value, class_name="code"),
            rx.cond(ProductState.head["may_edit"] != "", forget),
            class_name="barcode",
            key=value,
        )

    return rx.el.div(rx.foreach(row["barcodes"].split(" "), code), class_name="barcodes")


def _actions(row: Any) -> rx.Component:
    about = (row["id"], row["label"])
    return rx.el.div(
        icon_button("barcode", "Add a barcode", on_click=AddBarcodeState.open_dialog(*about)),
        icon_button("package", "Define a unit", on_click=DefineUnitState.open_dialog(*about)),
        icon_button(
            "pencil", "Change SKU or reorder point", on_click=EditVariantState.open_dialog(*about)
        ),
        icon_button(
            "percent", "Set its HSN and tax", on_click=SetVariantTaxState.open_dialog(*about)
        ),
        rx.cond(
            row["is_active"] != "",
            icon_button(
                "archive",
                "Take out of trade",
                on_click=ProductState.change_trade(row["id"], False),  # noqa: FBT003  an event's value
            ),
            icon_button(
                "archive-restore",
                "Back into trade",
                on_click=ProductState.change_trade(row["id"], True),  # noqa: FBT003  an event's value
            ),
        ),
        class_name="row-actions",
    )


def _picture() -> rx.Component:
    head = ProductState.head
    pick = FilePick.create(
        url=head["picture_to"],
        accept="image/jpeg,image/png,image/webp",
        label="Choose a picture",
        hint="JPEG, PNG or WebP, up to 5 MB.",
        largest=5_000_000,
        on_done=ProductState.picture_kept,
    )
    shown = rx.el.img(src=head["picture"], alt=head["name"], class_name="product-picture")
    remove = button("Remove", look="ghost", icon="x", on_click=ProductState.remove_picture)
    has, edits = head["picture"] != "", head["may_edit"] != ""
    content = rx.fragment(rx.cond(has, shown), rx.cond(edits, pick))
    return rx.cond(
        has | edits, card(content, title="Picture", actions=(rx.cond(has & edits, remove),))
    )


def _facts() -> rx.Component:
    head = ProductState.head
    licence = button(
        "Licence",
        look="ghost",
        icon="shield",
        on_click=SetLicenceState.open_dialog(head["id"], head["name"]),
    )
    remedy = rx.link(head["remedy"], href=f"/remedies/{head['remedy_id']}")
    return card(
        fact_list(
            [
                ("Brand", rx.link(head["brand"], href=f"/brands/{head['brand_id']}")),
                ("Form", head["form"]),
                ("Remedy", rx.cond(head["remedy"] != "", remedy, or_dash(""))),
                ("Also known as", or_dash(head["synonyms"])),
                ("Abbreviations", or_dash(head["abbreviations"])),
                ("Constituents", or_dash(head["constituents"])),
                ("HSN", rx.el.span(head["hsn"], class_name="code")),
                ("Stock", head["tracking"]),
                ("To sell it", head["licence"]),
                ("Most in one sale", or_dash(head["max_per_sale"])),
                ("Most for a customer", or_dash(head["per_customer"])),
                ("Note", or_dash(head["note"])),
            ]
        ),
        title="About",
        actions=(rx.cond(head["may_edit"] != "", licence),),
    )


def _tax() -> rx.Component:
    head = ProductState.head
    change = button(
        "Change",
        look="ghost",
        icon="percent",
        on_click=SetTaxClassState.open_dialog(head["id"], head["name"]),
    )
    rates = rx.foreach(
        ProductState.rates,
        lambda row: rx.fragment(rx.el.dt("From ", row["from"]), rx.el.dd(row["rate"])),
    )
    tax = ProductState.tax
    proposal = rx.el.div(
        rx.cond(tax["differs"] != "", badge("Differs from the rules", "amber")),
        *tax_rule(tax),
        rx.cond(tax["because"] != "", rx.el.p(rx.el.b("Taxed otherwise: "), tax["because"])),
        class_name="tax-rule",
    )
    return card(
        fact_list([("Today", rx.el.b(head["gst"])), ("Class", head["tax_class"])]),
        rx.el.dl(rates, class_name="facts rates"),
        proposal,
        title="GST",
        actions=(rx.cond(head["may_edit"] != "", change),),
    )


def _stock() -> rx.Component:
    table = data_table(LOT_COLUMNS, ProductState.lots, label="Stock by lot", linked=True)
    none = empty_state(
        "package-open",
        "Nothing of it is in stock",
        "It appears here lot by lot once a delivery is taken in.",
        link_button("Receive goods", "/receiving/new", look="outline", icon="truck"),
    )
    return card(rx.cond(ProductState.lots.length() > 0, table, none), title="Stock by lot")


def _moves() -> rx.Component:
    table = data_table(MOVE_COLUMNS, ProductState.moves, label="Latest moves", linked=True)
    every = link_button("All moves", ProductState.head["moves_href"], look="ghost")
    return rx.cond(
        ProductState.moves.length() > 0, card(table, title="Latest moves", actions=(every,))
    )
