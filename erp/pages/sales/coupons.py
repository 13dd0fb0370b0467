"""Coupons: all of them, a new one, and one with its uses."""

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    badge,
    button,
    card,
    check_field,
    date_field,
    fact_list,
    form_view,
    grid,
    link_button,
    list_view,
    lookup_field,
    money_field,
    page_header,
    quantity_field,
    select_field,
    stat_tile,
    text_field,
)
from erp.components.records import or_dash, record_view
from erp.components.small_parts import tiles
from erp.pages.routing import Nav, page
from erp.state.sales.coupons import CouponsState, CouponState, CouponUsesState, NewCouponState
from erp.state.sales.wording import SET, STANDINGS, VIEW

head = CouponState.head


@page(
    route="/coupons",
    title="Coupons",
    permission=VIEW,
    nav=Nav("Coupons", "ticket-percent", group="Sell", order=55),
    on_load=[CouponsState.open_coupons, CouponsState.open_list, CouponsState.listen],
)
def coupons_page() -> rx.Component:
    """List coupons."""
    add = rx.cond(CouponsState.may_set, link_button("New coupon", "/coupons/new", icon="plus"))
    return rx.fragment(
        page_header("Coupons", "Codes that take something off a bill, and what they gave.", add),
        list_view(
            CouponsState,
            label="Coupons",
            search="Code or name",
            filters=[Filter("standing", "Standing", list(STANDINGS.items()))],
            empty=Empty(
                "ticket-percent",
                "No coupon yet",
                "Make a code, print it or send it; the till checks it and counts its uses.",
                add,
            ),
        ),
    )


@page(
    route="/coupons/new",
    title="New coupon",
    permission=SET,
    parent="/coupons",
    command="sales.create_coupon",
    on_load=[NewCouponState.open_new],
)
def new_coupon_page() -> rx.Component:
    """Make a coupon."""
    return rx.fragment(
        page_header("New coupon", "What it takes off, for whom, how often, until when."),
        card(
            rx.el.div(
                form_view(NewCouponState, *_fields(), submit="Make coupon", cancel_to="/coupons"),
                key=NewCouponState.form_key,
            )
        ),
    )


def _fields() -> list[rx.Component]:
    errors = NewCouponState.field_errors
    return [
        text_field(
            "Code",
            "code",
            errors=errors,
            required=True,
            auto_focus=True,
            hint="3 to 20 letters, digits and dashes; the customer says it at the till.",
            class_name="input code",
            placeholder="DIWALI-10",
            auto_complete="off",
            max_length=20,
        ),
        text_field(
            "Name", "name", errors=errors, required=True, placeholder="Diwali 2026", max_length=120
        ),
        select_field(
            "Takes off",
            "value",
            [("percent", "A percentage"), ("amount", "An amount")],
            errors=errors,
            value=NewCouponState.value,
            on_change=NewCouponState.choose_value,
        ),
        *_value_fields(),
        money_field(
            "Goods for at least", "min_bill", errors=errors, hint="As priced; none for any bill."
        ),
        lookup_field(
            "Only for",
            "customer_id",
            "/api/erp/parties?role=customer",
            errors=errors,
            hint="None for everyone.",
            label_key="name",
            detail_key="city",
            placeholder="Name, phone or GSTIN",
        ),
        quantity_field("Uses in all", "max_uses", errors=errors, default_value="1", max_length=8),
        rx.el.div(
            check_field("Once each customer", "is_once_each"),
            rx.el.p("The customer must then be named.", class_name="hint"),
            class_name="field check-row",
        ),
        date_field("First day", "valid_from", errors=errors, hint="Today where none is given."),
        date_field("Last day", "valid_until", errors=errors, hint="None for no end."),
    ]


def _value_fields() -> list[rx.Component]:
    errors, is_percent = NewCouponState.field_errors, NewCouponState.value == "percent"
    percent = text_field(
        "Percent",
        "percent",
        errors=errors,
        required=True,
        class_name="input input-count",
        input_mode="decimal",
        placeholder="10",
        auto_complete="off",
        max_length=8,
    )
    amount = money_field("Amount", "amount", errors=errors, required=True)
    most = money_field("At most", "max_discount", errors=errors, hint="None for no limit.")
    return [rx.cond(is_percent, percent, amount), rx.cond(is_percent, most)]


@page(
    route="/coupons/[coupon_id]",
    title="Coupon",
    permission=VIEW,
    parent="/coupons",
    on_load=[
        CouponState.open_record,
        CouponUsesState.open_uses,
        CouponUsesState.open_list,
        CouponState.listen,
        CouponUsesState.listen,
    ],
)
def coupon_page() -> rx.Component:
    """Show one coupon with the documents that used it."""
    return record_view(
        CouponState,
        page_header(head["code"], head["name"], _actions()),
        tiles(
            stat_tile("Takes off", head["words"], note=head["terms"], icon="ticket-percent"),
            stat_tile("Used", head["used"], note=head["left"], icon="receipt"),
            stat_tile("Given", head["given"], note="taken off bills, tax included", icon="coins"),
            stat_tile("Standing", head["standing"], note=head["days"], icon="calendar"),
        ),
        list_view(
            CouponUsesState,
            label="Documents",
            search="Number or customer",
            empty=Empty("receipt", "Not used yet", "Type its code at the till, below the bill."),
        ),
        grid(
            rx.el.div(card(_facts(), title="Terms"), class_name="span-6 full-below"),
        ),
        list_route="/coupons",
        list_label="All coupons",
    )


def _actions() -> rx.Component:
    stop = button(
        "Stop",
        icon="pause",
        on_click=CouponState.change_status(False),  # noqa: FBT003  an event's value
    )
    start = button(
        "Let it be used again",
        icon="play",
        on_click=CouponState.change_status(True),  # noqa: FBT003  an event's value
    )
    return rx.cond(head["may_set"] != "", rx.cond(head["is_active"] != "", stop, start))


def _facts() -> rx.Component:
    return fact_list(
        [
            ("Standing", badge(head["standing"], head["tone"])),
            ("Goods for at least", or_dash(head["min_bill"])),
            ("For", head["customer"]),
            ("Each customer", head["once"]),
            ("Days", head["days"]),
        ]
    )
