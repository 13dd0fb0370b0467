"""One party."""

from typing import Any

import reflex as rx

from erp.components import (
    badge,
    button,
    card,
    data_table,
    fact_list,
    grid,
    link_button,
    notice,
    page_header,
    stat_tile,
)
from erp.components.records import or_dash, record_view
from erp.components.small_parts import tiles
from erp.pages.loyalty.points import points_card
from erp.pages.purchasing.scorecard import scorecard_card
from erp.pages.routing import page
from erp.state.loyalty.points import PointsState
from erp.state.party.party import INVOICE_COLUMNS, SALE_COLUMNS, PartyState
from erp.state.purchasing.scorecard import ScorecardState

head = PartyState.head


@page(
    route="/parties/[party_id]",
    title="Party",
    permission="party.view",
    parent="/parties",
    record="party",
    on_load=[
        PartyState.open_record,
        ScorecardState.open_scorecard,
        PointsState.open_points,
        PartyState.listen,
    ],
)
def party_page() -> rx.Component:
    """Show one party."""
    return record_view(
        PartyState,
        page_header(head["name"], f"{head['code']} · {head['kind']} · {head['roles']}", _actions()),
        rx.cond(
            head["is_active"] == "",
            notice("Closed for new business. Bills of the past stay as they are.", icon="archive"),
        ),
        rx.cond(head["licence_warning"] != "", notice(head["licence_warning"], tone="amber")),
        rx.cond(PartyState.standing.length() > 0, _standing()),
        grid(
            card(_contact(), title="Contact", span=4),
            card(_registration(), title="Registrations", span=4),
            rx.el.div(card(_terms(), title="Terms"), class_name="span-4 full-below"),
        ),
        rx.cond(head["buys"] != "", _prices()),
        scorecard_card(),
        points_card(),
        grid(_sales(), _invoices()),
        list_route="/parties",
        list_label="All parties",
    )


def _actions() -> rx.Component:
    close = button(
        "Close",
        icon="archive",
        on_click=PartyState.change_status(False),  # noqa: FBT003  an event's value
    )
    reopen = button(
        "Open again",
        icon="archive-restore",
        on_click=PartyState.change_status(True),  # noqa: FBT003  an event's value
    )
    return rx.fragment(
        rx.cond(head["sees_account"] != "", _accounts()),
        rx.cond(head["sells_to_us"] != "", _orders()),
        rx.cond(
            head["sees_results"] != "",
            link_button(
                "Results",
                f"/laboratory/patients/{head['id']}",
                look="outline",
                icon="chart-line",
            ),
        ),
        rx.cond(
            head["may_edit"] != "",
            rx.fragment(
                rx.cond(head["is_active"] != "", close, reopen),
                link_button("Edit", f"/parties/{head['id']}/edit", icon="pencil"),
            ),
        ),
    )


def _accounts() -> rx.Component:
    def link(label: str, ledger: str, icon: str) -> rx.Component:
        return link_button(label, f"/{ledger}/{head['id']}", look="outline", icon=icon)

    return rx.fragment(
        rx.cond(head["buys"] != "", link("Owes us", "receivables", "hand-coins")),
        rx.cond(head["sells_to_us"] != "", link("We owe", "payables", "wallet")),
    )


def _orders() -> rx.Component:
    about = f"?supplier_id={head['id']}"
    return rx.fragment(
        rx.cond(
            head["sees_orders"] != "",
            link_button("Orders", f"/purchases{about}", look="outline", icon="clipboard-list"),
        ),
        rx.cond(
            head["may_order"] != "",
            link_button("New order", f"/purchases/new{about}", look="outline", icon="plus"),
        ),
    )


def _standing() -> rx.Component:
    facts = PartyState.standing
    return tiles(
        stat_tile("Owes us", facts["owes"], note=facts["owes_note"], tone=facts["owes_tone"]),
        stat_tile("We owe", facts["owed"]),
        stat_tile("Bought", facts["billed"], note=facts["bills"]),
        stat_tile("Last bill", facts["last"]),
    )


def _contact() -> rx.Component:
    def link(text: str, href: str) -> rx.Component:
        return rx.cond(head[href] != "", rx.link(head[text], href=head[href]), "\u2013")

    return fact_list(
        [
            ("Phone", link("phone", "phone_href")),
            ("Email", link("email", "email_href")),
            ("Address", or_dash(head["address"])),
            ("State", head["state"]),
            ("Born", or_dash(head["born"])),
            ("Sex", or_dash(head["sex"])),
            ("Note", or_dash(head["note"])),
        ]
    )


def _registration() -> rx.Component:
    number = rx.cond(
        head["gstin"] != "",
        rx.fragment(
            rx.el.span(head["gstin"], class_name="code"),
            rx.el.span("Valid, of ", head["gstin_state"], class_name="detail"),
        ),
        "\u2013",
    )
    ends = rx.cond(
        head["licence_tone"] != "",
        badge(head["licence_ends"], head["licence_tone"]),
        or_dash(head["licence_ends"]),
    )
    return fact_list(
        [
            ("GST", head["category"]),
            ("GSTIN", number),
            ("PAN", or_dash(head["pan"])),
            ("Drug licence", or_dash(head["licence"])),
            ("Licence ends", ends),
        ]
    )


def _terms() -> rx.Component:
    return fact_list(
        [
            ("Price list", head["price_list"]),
            ("Credit limit", head["credit_limit"]),
            ("Pays within", head["credit_days"]),
        ]
    )


def _prices() -> rx.Component:
    """Return the price lists that are open to the customer, each leading to its prices."""

    def line(row: Any) -> rx.Component:
        return rx.el.li(
            rx.el.div(
                rx.link(row["name"], href=row["href"]),
                rx.el.span(row["why"], class_name="detail"),
            ),
            key=row["id"],
        )

    contract = link_button(
        "New contract", f"/prices/new?customer_id={head['id']}", look="ghost", icon="plus"
    )
    shown = rx.el.ul(rx.foreach(PartyState.price_lists, line), class_name="fact-lines in-columns")
    return rx.cond(
        (PartyState.price_lists.length() > 0) | (head["may_price"] != ""),
        card(
            rx.cond(
                PartyState.price_lists.length() > 0,
                shown,
                rx.el.p("Everything costs its MRP.", class_name="soft"),
            ),
            title="Prices",
            subtitle="The first list with a price decides.",
            actions=(rx.cond(head["may_price"] != "", contract),),
        ),
    )


def _sales() -> rx.Component:
    table = data_table(SALE_COLUMNS, PartyState.sales, label="Latest sales", linked=True)
    none = rx.el.p("Bought nothing at a till yet.", class_name="soft")
    every = link_button("All sales", f"/sales?customer_id={head['id']}", look="ghost")
    return rx.cond(
        head["sees_sales"] != "",
        card(
            rx.cond(PartyState.sales.length() > 0, table, none),
            title="Latest sales",
            actions=(rx.cond(PartyState.sales.length() > 0, every),),
            span=6,
        ),
    )


def _invoices() -> rx.Component:
    table = data_table(INVOICE_COLUMNS, PartyState.invoices, label="Latest invoices", linked=True)
    every = link_button("All invoices", f"/invoices?party_id={head['id']}", look="ghost")
    return rx.cond(
        PartyState.invoices.length() > 0,
        card(table, title="Latest invoices", actions=(every,), span=6),
    )
