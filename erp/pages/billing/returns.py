"""Goods that went back to suppliers, and claims on suppliers."""

import reflex as rx

from erp.components import Empty, Filter, link_button, list_view, page_header
from erp.pages.routing import Nav, page
from erp.state.billing.bill_wording import VIEW as VIEW_BILLS
from erp.state.billing.return_wording import STANDINGS, VIEW
from erp.state.billing.returns import AGES, ClaimListState, ReturnListState


@page(
    route="/returns",
    title="Returns to suppliers",
    permission=VIEW,
    nav=Nav("Returns", "undo-2", group="Buy", order=25),
    on_load=[ReturnListState.open_returns, ReturnListState.open_list, ReturnListState.listen],
)
def returns_page() -> rx.Component:
    """List what went back to suppliers."""
    add = rx.cond(
        ReturnListState.may_return, link_button("Return goods", "/returns/new", icon="plus")
    )
    claims = link_button("Claims", "/claims?standing=open", look="outline", icon="file-minus")
    return rx.fragment(
        page_header(
            "Returns to suppliers",
            "Each with its debit note, and with the claim until the credit note comes.",
            rx.cond(ReturnListState.may_see_claims, claims),
            add,
        ),
        list_view(
            ReturnListState,
            label="Returns to suppliers",
            search="Debit note or supplier",
            filters=[Filter("standing", "Claim", list(STANDINGS.items()))],
            empty=Empty(
                "undo-2",
                "Nothing went back yet",
                "Choose a supplier and send back what expired, is damaged or was recalled.",
                add,
            ),
        ),
    )


@page(
    route="/claims",
    title="Claims on suppliers",
    permission=VIEW_BILLS,
    parent="/returns",
    on_load=[ClaimListState.open_list, ClaimListState.listen],
)
def claims_page() -> rx.Component:
    """List claims on suppliers."""
    return rx.fragment(
        page_header(
            "Claims on suppliers",
            f"Credit notes over {ClaimListState.still_asked} are still to come, the oldest first.",
        ),
        list_view(
            ClaimListState,
            label="Claims on suppliers",
            search="Debit note or supplier",
            filters=[
                Filter("standing", "Answer", [("open", "Waits"), ("settled", "Answered")]),
                Filter("older_than", "Age", list(AGES.items())),
            ],
            empty=Empty(
                "file-check",
                "Nothing is claimed",
                "A claim is made when goods go back, or when a bill is too high.",
                link_button("Returns", "/returns", look="outline", icon="undo-2"),
            ),
        ),
    )
