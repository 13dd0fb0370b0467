"""Customers, suppliers, patients: the list."""

import reflex as rx

from erp.components import Empty, Filter, link_button, list_view, page_header
from erp.pages.routing import Nav, page
from erp.state.party.parties import PartyListState
from erp.state.party.wording import KINDS, ROLES


@page(
    route="/parties",
    title="Customers and suppliers",
    permission="party.view",
    nav=Nav("Parties", "contact", group="Sell", order=40, keys="g c"),
    on_load=[PartyListState.open_parties, PartyListState.open_list, PartyListState.listen],
)
def parties_page() -> rx.Component:
    """List parties."""
    add = rx.cond(
        PartyListState.may_edit,
        rx.fragment(
            link_button("New supplier", "/parties/new?role=supplier", look="outline", icon="truck"),
            link_button("New customer", "/parties/new", icon="plus"),
        ),
    )
    return rx.fragment(
        page_header(
            "Customers and suppliers",
            "Everyone you deal with, each once, in any number of roles.",
            add,
        ),
        list_view(
            PartyListState,
            label="Parties",
            search="Name, phone, code or GSTIN",
            filters=[
                Filter("role", "Role", list(ROLES.items())),
                Filter("kind", "Kind", list(KINDS.items())),
                Filter(
                    "including_inactive", "Closed", [("true", "Closed: shown")], "Closed: hidden"
                ),
            ],
            empty=Empty(
                "contact",
                "Nobody here yet",
                "Add the first customer or supplier; walk-in sales need none.",
                add,
            ),
        ),
    )
