"""The dialogs of the product page."""

import reflex as rx

from erp.components import form_dialog, quantity_field, select_field, text_area, text_field
from erp.pages.catalog.products import constituents_field, remedy_field
from erp.state.catalog.product import (
    AddBarcodeState,
    AddVariantState,
    DefineUnitState,
    EditProductState,
    EditVariantState,
    SetLicenceState,
    SetTaxClassState,
    SetVariantTaxState,
)
from erp.state.catalog.wording import LICENCES, UNITS


def product_dialogs() -> rx.Component:
    """Return every dialog of the page; each opens by its own state."""
    return rx.fragment(
        _add_variant(),
        _edit_variant(),
        _add_barcode(),
        _define_unit(),
        _edit(),
        _set_tax_class(),
        _set_variant_tax(),
        _set_licence(),
    )


def _add_variant() -> rx.Component:
    errors = AddVariantState.field_errors
    return form_dialog(
        AddVariantState,
        text_field(
            "Potency",
            "potency",
            errors=errors,
            hint="As on the label: Q, 6X, 30C, 200C, 1M, LM1. Empty for none.",
            placeholder="30C",
            auto_focus=True,
            max_length=20,
        ),
        quantity_field("Pack", "pack_quantity", errors=errors, required=True, placeholder="30"),
        text_field(
            "Pack measure",
            "pack_unit",
            errors=errors,
            required=True,
            placeholder="ml, g, tablets",
            max_length=20,
        ),
        select_field("Counted in", "base_unit", UNITS, errors=errors, required=True),
        text_field(
            "Barcode",
            "barcode",
            errors=errors,
            hint="Scan it here, or add it later.",
            custom_attrs={"data-scan": ""},
            auto_complete="off",
            max_length=48,
        ),
        quantity_field(
            "Reorder point", "reorder_point", errors=errors, hint="Warned at or below this many."
        ),
        text_field(
            "SKU",
            "sku",
            errors=errors,
            hint="Made from brand, remedy, potency and pack if left empty.",
            max_length=24,
        ),
        title="New variant",
        subtitle=AddVariantState.subject["label"],
        submit="Add variant",
        width="640px",
    )


def _edit_variant() -> rx.Component:
    errors = EditVariantState.field_errors
    return form_dialog(
        EditVariantState,
        text_field("SKU", "sku", errors=errors, required=True, default_value=EditVariantState.sku),
        quantity_field(
            "Reorder point",
            "reorder_point",
            errors=errors,
            default_value=EditVariantState.reorder_point,
        ),
        title="Change variant",
        subtitle=EditVariantState.subject["label"],
    )


def _add_barcode() -> rx.Component:
    return form_dialog(
        AddBarcodeState,
        text_field(
            "Barcode",
            "code",
            errors=AddBarcodeState.field_errors,
            required=True,
            wide=True,
            hint="Scan the pack. A number of 8 to 14 digits must have the right last digit.",
            custom_attrs={"data-scan": ""},
            auto_focus=True,
            auto_complete="off",
            max_length=48,
        ),
        title="Add a barcode",
        subtitle=AddBarcodeState.subject["label"],
        submit="Add barcode",
    )


def _define_unit() -> rx.Component:
    errors = DefineUnitState.field_errors
    return form_dialog(
        DefineUnitState,
        text_field(
            "Unit",
            "code",
            errors=errors,
            required=True,
            placeholder="BOX",
            auto_focus=True,
            max_length=20,
        ),
        quantity_field(
            "Holds",
            "numerator",
            errors=errors,
            required=True,
            placeholder="12",
            hint="So many of the unit that stock is counted in.",
        ),
        title="Define a unit",
        subtitle=DefineUnitState.subject["label"],
        submit="Define unit",
    )


def _edit() -> rx.Component:
    errors, facts = EditProductState.field_errors, EditProductState.facts
    return form_dialog(
        EditProductState,
        text_field(
            "Name",
            "name",
            errors=errors,
            required=True,
            default_value=facts["name"],
            max_length=120,
        ),
        text_field(
            "HSN or SAC",
            "hsn",
            errors=errors,
            required=True,
            default_value=facts["hsn"],
            max_length=8,
        ),
        remedy_field(errors, default_value=facts["remedy"]),
        constituents_field(errors, default_value=facts["constituents"]),
        text_area("Note", "note", errors=errors, default_value=facts["note"]),
        title="Edit product",
        subtitle="Labels and search follow; posted documents keep what they were printed with.",
        width="640px",
    )


def _set_licence() -> rx.Component:
    errors = SetLicenceState.field_errors
    return form_dialog(
        SetLicenceState,
        select_field(
            "What it takes to sell it",
            "licence_class",
            list(LICENCES.items()),
            errors=errors,
            required=True,
            default_value=SetLicenceState.current["licence_class"],
        ),
        quantity_field(
            "Most in one sale",
            "max_per_sale",
            errors=errors,
            hint="Units stock is counted in. Empty for any number; a narcotic needs one.",
            default_value=SetLicenceState.current["max_per_sale"],
        ),
        quantity_field(
            "Most for a customer in a day",
            "max_per_day",
            errors=errors,
            hint="Then it is sold to named customers only.",
            default_value=SetLicenceState.current["max_per_day"],
        ),
        quantity_field(
            "Most for a customer in a month",
            "max_per_month",
            errors=errors,
            hint="A calendar month; what came back counts no more.",
            default_value=SetLicenceState.current["max_per_month"],
        ),
        title="Change the licence class",
        subtitle=SetLicenceState.subject["label"],
        submit="Change class",
    )


def _set_tax_class() -> rx.Component:
    return form_dialog(
        SetTaxClassState,
        select_field(
            "Tax class",
            "tax_class",
            SetTaxClassState.tax_classes,
            errors=SetTaxClassState.field_errors,
            required=True,
            default_value=SetTaxClassState.current,
        ),
        text_field(
            "Why",
            "reason",
            errors=SetTaxClassState.field_errors,
            max_length=500,
        ),
        title="Change the tax class",
        subtitle=SetTaxClassState.proposed,
        submit="Change class",
    )


def _set_variant_tax() -> rx.Component:
    errors, pack = SetVariantTaxState.field_errors, SetVariantTaxState.pack
    return form_dialog(
        SetVariantTaxState,
        text_field(
            "HSN or SAC",
            "hsn",
            errors=errors,
            hint="Of this pack alone; empty for the product's.",
            default_value=pack["own_hsn"],
            input_mode="numeric",
            max_length=8,
        ),
        select_field(
            "Tax class",
            "tax_class",
            SetVariantTaxState.tax_classes,
            errors=errors,
            default_value=pack["own_tax_class"],
        ),
        text_field(
            "Why",
            "reason",
            errors=errors,
            hint="Where the rules propose another class.",
            default_value=pack["tax_reason"],
            max_length=500,
        ),
        title="HSN and tax of this pack",
        subtitle=SetVariantTaxState.proposed,
        submit="Set",
    )
