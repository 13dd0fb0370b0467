"""The dialogs of a list's page: a price, a scheme, the end of either."""

from typing import Any

import reflex as rx

from erp.components import (
    check_field,
    date_field,
    form_dialog,
    lookup_field,
    money_field,
    quantity_field,
    select_field,
    text_field,
)
from erp.state.sales.setting_rules import (
    BASES,
    SCOPES,
    EndRuleState,
    SetPriceState,
    SetSchemeState,
)


def rule_dialogs() -> rx.Component:
    """Return the three dialogs."""
    return rx.fragment(_price_dialog(), _scheme_dialog(), _end_dialog())


def _price_dialog() -> rx.Component:
    state, errors = SetPriceState, SetPriceState.field_errors
    return form_dialog(
        state,
        *_goods(state),
        select_field(
            "Price from",
            "basis",
            list(BASES.items()),
            errors=errors,
            value=state.basis,
            on_change=state.choose_basis,
        ),
        rx.cond(
            state.basis == "fixed",
            money_field("Price of a unit", "amount", errors=errors, required=True, max_length=14),
            _percent(errors),
        ),
        money_field(
            "Round to",
            "round_to",
            errors=errors,
            hint="Such as 0.50; none to leave paise.",
            max_length=10,
        ),
        quantity_field(
            "From so many units",
            "min_quantity",
            errors=errors,
            hint="Of these goods on the bill, all lines together.",
            default_value="1",
            max_length=9,
        ),
        *_days_and_reason(errors),
        title="Set a price",
        subtitle="It takes the place of the one for the same goods and quantity.",
        submit="Set price",
        width="640px",
    )


def _percent(errors: Any) -> rx.Component:
    return rx.el.div(
        select_field(
            "Less or plus", "direction", [("less", "less"), ("plus", "plus")], errors=errors
        ),
        text_field(
            "Percent",
            "percent",
            errors=errors,
            class_name="input input-count",
            input_mode="decimal",
            placeholder="0",
            auto_complete="off",
            max_length=8,
        ),
        class_name="two-fields",
    )


def _scheme_dialog() -> rx.Component:
    state, errors = SetSchemeState, SetSchemeState.field_errors
    return form_dialog(
        state,
        *_goods(state),
        quantity_field(
            "Paid units",
            "buy_quantity",
            errors=errors,
            required=True,
            placeholder="10",
            max_length=8,
        ),
        quantity_field(
            "Free units",
            "free_quantity",
            errors=errors,
            required=True,
            placeholder="1",
            max_length=8,
        ),
        _product("Another gift", "free_variant_id", errors, hint="None for the same goods."),
        rx.el.div(
            check_field("Repeats: 20 + 2, 30 + 3", "repeats", default_checked=True),
            class_name="field check-row",
        ),
        *_days_and_reason(errors),
        title="Set a scheme",
        subtitle="Whole units come free, worked out from the whole bill.",
        submit="Set scheme",
        width="640px",
    )


def _end_dialog() -> rx.Component:
    state, errors = EndRuleState, EndRuleState.field_errors
    return form_dialog(
        state,
        date_field(
            "First day without it", "from_day", errors=errors, hint="Today where none is given."
        ),
        text_field("Why", "reason", errors=errors, wide=True, max_length=200),
        title="End this rule?",
        subtitle=state.subject["label"],
        submit="End it",
    )


def _goods(state: Any) -> list[rx.Component]:
    errors = state.field_errors
    options = [(scope, label) for scope, label in SCOPES.items() if scope in state.scopes]
    goods = rx.match(
        state.scope,
        ("brand", select_field("Brand", "brand_id", state.brands, errors=errors, required=True)),
        ("lot", _lot(errors)),
        ("all", rx.el.p("Whatever has no closer price.", class_name="hint beside")),
        _product("Goods", "variant_id", errors, required=True, on_pick=state.choose_goods),
    )
    return [
        select_field(
            "For",
            "scope",
            options,
            errors=errors,
            value=state.scope,
            on_change=state.choose_scope,
        ),
        goods,
    ]


def _product(
    label: str, name: str, errors: Any, *, required: bool = False, hint: str = "", **more: Any
) -> rx.Component:
    return lookup_field(
        label,
        name,
        "/api/erp/products/search",
        errors=errors,
        hint=hint,
        required=required,
        label_key="label",
        detail_key="sku",
        value_key="variant_id",
        placeholder="Name, SKU or code",
        **more,
    )


def _lot(errors: Any) -> rx.Component:
    return lookup_field(
        "Lot",
        "lot_id",
        "/api/erp/lots/search",
        errors=errors,
        required=True,
        label_key="label",
        detail_key="lot_number",
        value_key="lot_id",
        placeholder="Lot number or product",
    )


def _days_and_reason(errors: Any) -> list[rx.Component]:
    return [
        date_field("First day", "valid_from", errors=errors, hint="Today where none is given."),
        date_field("Last day", "valid_until", errors=errors, hint="None for no end."),
        text_field(
            "Why",
            "reason",
            errors=errors,
            wide=True,
            placeholder="Agreed on the phone",
            max_length=200,
        ),
    ]
