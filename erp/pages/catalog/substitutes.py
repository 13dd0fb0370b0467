"""What can stand in for a product: a card of its page, and the form that links another."""

from typing import Any

import reflex as rx

from erp.components import (
    button,
    card,
    check_field,
    data_table,
    empty_state,
    form_dialog,
    icon_button,
    lookup_field,
    text_field,
)
from erp.state.catalog.product import ProductState
from erp.state.catalog.substitutes import COLUMNS, LinkSubstituteState, SubstituteState


def substitutes_card() -> rx.Component:
    """Return what stands in for a variant of the shown product when it is sold out."""
    head = ProductState.head
    link = button(
        "Link a product",
        look="ghost",
        icon="link",
        on_click=LinkSubstituteState.open_dialog(head["id"], head["name"]),
    )
    table = data_table(COLUMNS, SubstituteState.rows, label="When it is sold out", linked=True)
    none = empty_state(
        "repeat-2",
        "Nothing stands in for it yet",
        "Other brands, packs and the next potencies of the same remedy appear here by themselves;"
        " anything else can be linked.",
    )
    shown = card(
        rx.cond(SubstituteState.rows.length() > 0, rx.fragment(table, _linked()), none),
        title="When it is sold out",
        actions=(_variants(), rx.cond(SubstituteState.may_edit, link)),
    )
    return rx.cond(SubstituteState.variants.length() > 0, shown)


def link_dialog() -> rx.Component:
    """Return the form that links another product."""
    errors = LinkSubstituteState.field_errors
    return form_dialog(
        LinkSubstituteState,
        lookup_field(
            "Product",
            "substitute_id",
            "/api/erp/products/search",
            errors=errors,
            label_key="label",
            detail_key="sku",
            value_key="product_id",
            placeholder="Name, abbreviation, SKU or code",
            required=True,
        ),
        text_field(
            "Why it can stand in",
            "reason",
            errors=errors,
            required=True,
            placeholder="Same complaint, other combination",
            hint="Shown to whoever sells. It holds both ways.",
            max_length=120,
        ),
        check_field("Ask the doctor before giving it", "needs_consent", default_checked=True),
        title="Link a product",
        subtitle=LinkSubstituteState.subject["label"],
        submit="Link",
    )


def _variants() -> rx.Component:
    def option(choice: Any) -> rx.Component:
        return rx.el.option(choice["label"], value=choice["value"], key=choice["value"])

    chooser = rx.el.select(
        rx.foreach(SubstituteState.variants, option),
        value=SubstituteState.chosen,
        on_change=SubstituteState.look_at,
        class_name="input chooser",
        aria_label="Potency and pack that is sold out",
    )
    return rx.cond(SubstituteState.variants.length() > 1, chooser)


def _linked() -> rx.Component:
    def chip(product: Any) -> rx.Component:
        part = icon_button(
            "x", f"Unlink {product['label']}", on_click=SubstituteState.unlink(product["id"])
        )
        return rx.el.span(
            rx.icon("link"),
            product["label"],
            rx.cond(SubstituteState.may_edit, part),
            class_name="barcode",
            key=product["id"],
        )

    chips = rx.el.div(rx.foreach(SubstituteState.linked, chip), class_name="barcodes")
    return rx.cond(SubstituteState.linked.length() > 0, chips)
