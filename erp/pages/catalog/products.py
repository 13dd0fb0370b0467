"""The product list, and the form of a new product."""

from typing import Any

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    card,
    check_field,
    form_view,
    link_button,
    list_view,
    page_header,
    select_field,
    text_area,
    text_field,
)
from erp.components.small_parts import price_range, suggestions
from erp.pages.routing import Nav, page
from erp.state.catalog.products import EDIT, NewProductState, ProductListState
from erp.state.catalog.wording import BY_THE_BOOK, FORMS


@page(
    route="/products",
    title="Products",
    permission="catalog.view",
    nav=Nav("Products", "pill-bottle", group="Stock", order=10, keys="g p"),
    on_load=[
        ProductListState.open_products,
        ProductListState.open_list,
        ProductListState.listen,
    ],
)
def products_page() -> rx.Component:
    """List products."""
    add = link_button("New product", "/products/new", icon="plus")
    taxes = link_button("Tax classes", "/tax-classes", look="outline", icon="percent")
    return rx.fragment(
        page_header(
            "Products",
            "What you trade in, potency by potency, with what can be sold today.",
            link_button("Makers' lists", "/maker-lists", look="outline", icon="file-spreadsheet"),
            link_button("Remedies", "/remedies", look="outline", icon="leaf"),
            link_button("Brands", "/brands", look="outline", icon="tag"),
            taxes,
            rx.cond(ProductListState.may_edit, add),
        ),
        list_view(
            ProductListState,
            label="Products",
            search="Name, abbreviation or code",
            filters=[
                Filter("form", "Form", list(FORMS.items())),
                Filter("brand_id", "Brand", ProductListState.brands),
            ],
            controls=[price_range(ProductListState, "price_from", "price_to", "MRP")],
            empty=Empty(
                "pill-bottle",
                "No products yet",
                "Add the first remedy you sell; potencies and packs follow on its page.",
                rx.cond(ProductListState.may_edit, add),
            ),
        ),
    )


@page(
    route="/products/new",
    title="New product",
    permission=EDIT,
    parent="/products",
    command="catalog.create_product",
    on_load=[NewProductState.open_product],
)
def new_product_page() -> rx.Component:
    """Type in a product."""
    errors = NewProductState.field_errors
    return rx.fragment(
        page_header("New product", "One brand's make of a remedy. Potencies and packs come next."),
        card(
            form_view(
                NewProductState,
                *_naming(errors),
                suggestions("known-brands", NewProductState.brands),
                *remedy_fields(errors),
                *_taxing(errors),
                rx.el.div(
                    check_field("Tracked by lot", "is_lot_tracked", default_checked=True),
                    check_field(
                        "Every lot must have an expiry", "is_expiry_required", default_checked=True
                    ),
                    check_field("A service, without stock", "is_service"),
                    class_name="checks full",
                ),
                text_area("Note", "note", errors=errors),
                submit="Add product",
                cancel_to="/products",
            )
        ),
    )


def _naming(errors: rx.Var[dict[str, str]]) -> list[rx.Component]:
    """Return the fields of what it is called."""
    return [
        text_field(
            "Name",
            "name",
            errors=errors,
            required=True,
            placeholder="Arnica Montana",
            auto_focus=True,
            max_length=120,
            on_blur=_learnt("name"),
        ),
        select_field(
            "Form",
            "form",
            list(FORMS.items()),
            errors=errors,
            required=True,
            on_change=_learnt("form"),
        ),
        text_field(
            "Brand",
            "brand",
            errors=errors,
            required=True,
            hint="A new brand is made on first use.",
            placeholder="SBL",
            custom_attrs={"list": "known-brands"},
            auto_complete="off",
            max_length=120,
        ),
    ]


def _taxing(errors: rx.Var[dict[str, str]]) -> list[rx.Component]:
    """Return what the rules say of the goods, and the fields of how they are taxed."""
    tax = NewProductState.tax
    why = text_field(
        "Why it is taxed otherwise",
        "tax_reason",
        errors=errors,
        required=True,
        placeholder="Sold as a cosmetic",
        wide=True,
    )
    return [
        rx.cond(tax["reason"] != "", rx.el.div(*tax_rule(tax), class_name="tax-rule full")),
        text_field(
            "HSN or SAC",
            "hsn",
            errors=errors,
            required=True,
            hint="Four to eight digits; a pack that is not for retail gets its own.",
            placeholder="30049014",
            input_mode="numeric",
            max_length=8,
            value=NewProductState.hsn,
            on_change=NewProductState.type_hsn,
        ),
        select_field(
            "Tax class",
            "tax_class",
            NewProductState.tax_classes,
            errors=errors,
            required=True,
            value=NewProductState.tax_class,
            on_change=NewProductState.choose_class,
        ),
        rx.cond(NewProductState.must_explain, why),
    ]


def _learnt(name: str) -> Any:
    return lambda value: NewProductState.learn(name, value)


def tax_rule(tax: rx.Var[dict[str, str]]) -> list[rx.Component]:
    """Return what the rules say of goods' tax: class and HSN, why, and by which source."""
    return [
        rx.el.p(
            rx.el.b("The rules: ", tax["proposed"]),
            rx.cond(tax["hsn"] != "", rx.el.span(" · HSN ", tax["hsn"])),
        ),
        rx.el.p(tax["reason"]),
        rx.cond(tax["source"] != "", rx.el.p(tax["source"], class_name="soft")),
    ]


def remedy_fields(errors: rx.Var[dict[str, str]]) -> list[rx.Component]:
    """Return the fields of a remedy and the names it is asked for by, which a new one starts with."""
    return [
        remedy_field(errors, on_blur=_learnt("remedy")),
        text_field(
            "Abbreviations",
            "abbreviations",
            errors=errors,
            hint="With commas between them, added to those it has; the till finds it by each.",
            placeholder="Arn, Arn mont",
        ),
        text_field(
            "Also known as",
            "synonyms",
            errors=errors,
            placeholder="Leopard's bane, Mountain tobacco",
        ),
        select_field(
            "Pharmacopoeia",
            "is_pharmacopoeial",
            list(BY_THE_BOOK.items()),
            errors=errors,
            hint="Of the remedy, for all its products; the proposed tax follows.",
            on_change=_learnt("is_pharmacopoeial"),
        ),
        constituents_field(errors, on_blur=_learnt("constituents")),
    ]


def remedy_field(errors: rx.Var[dict[str, str]], **props: Any) -> rx.Component:
    """Return the field of what a product is made of."""
    return text_field(
        "Remedy",
        "remedy",
        errors=errors,
        hint="What it is made of; leave empty for other goods.",
        placeholder="Arnica Montana",
        max_length=120,
        **props,
    )


def constituents_field(errors: rx.Var[dict[str, str]], **props: Any) -> rx.Component:
    """Return the field of what a combination is made of."""
    return text_field(
        "Constituents",
        "constituents",
        errors=errors,
        hint="Of a combination, with commas between them.",
        placeholder="Rhus tox 3X, Bryonia 3X",
        **props,
    )
