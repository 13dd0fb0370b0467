'''The design system: what pages are made of. Components know no state class.

A complete list page, `erp/state/party/listing.py` and `erp/pages/party/parties.py`:

    from typing import ClassVar
    import reflex as rx
    from erp.core.columns import Column, Kind
    from erp.state.listing import ListState

    class PartyListState(ListState, rx.State):
        """Parties by name."""

        permission: ClassVar[str] = "party.read"
        query: ClassVar[str] = "party.find_parties"
        columns: ClassVar[tuple[Column, ...]] = (
            Column("name", "Name", detail="phone", sort="name"),
            Column("gstin", "GSTIN", Kind.CODE, wide_only=True),
            Column("balance", "Balance", Kind.MONEY),
            Column("status", "Status", Kind.STATUS),
        )
        row_link: ClassVar[str] = "/parties/{id}"
        filter_keys: ClassVar[tuple[str, ...]] = ("status",)
        topics: ClassVar[tuple[str, ...]] = ("party",)

    @page(
        route="/parties",
        title="Customers and suppliers",
        permission="party.read",
        nav=Nav("Parties", "users", group="Sell", order=30, keys="g c"),
        on_load=[PartyListState.open_list, PartyListState.listen],
    )
    def parties_page() -> rx.Component:
        """Find people and firms."""
        return rx.fragment(
            page_header("Parties", "", link_button("New party", "/parties/new", icon="plus")),
            list_view(
                PartyListState,
                label="Parties",
                search="Search by name, phone or GSTIN",
                filters=[Filter("status", "Status", [("active", "Active"), ("closed", "Closed")])],
                empty=Empty("users", "No parties yet", "Add the first customer or supplier."),
            ),
        )

A complete form page:

    class NewPartyState(FormState, rx.State):
        """Makes a party."""

        permission: ClassVar[str] = "party.edit"
        command: ClassVar[str] = "party.create_party"

        async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
            return [rx.toast.success("Party saved."), rx.redirect(f"/parties/{result.id}")]

    @page(route="/parties/new", title="New party", permission="party.edit", parent="/parties",
          on_load=[NewPartyState.open_form])
    def new_party_page() -> rx.Component:
        """Type in a party."""
        errors = NewPartyState.field_errors
        return rx.fragment(
            page_header("New party"),
            card(
                form_view(
                    NewPartyState,
                    text_field("Name", "name", errors=errors, required=True),
                    money_field("Credit limit", "credit_limit", errors=errors),
                    submit="Save party",
                    cancel_to="/parties",
                )
            ),
        )

Rules: `ClassVar` on every setting of a state; handlers by `@handler(permission=...)`; no
`Decimal` or `float` in a var (`erp.state.showing` makes the text); every page by
`erp.pages.routing.page` and named in `erp.pages.ROUTES`. A page with more than one command
uses `SessionState._run` and `_ask` directly. Live pages: `erp.state.live`. For the till,
`touch=True` and `scanner`.
'''

from erp.components.browser_parts import key_map, row_keys, scanner
from erp.components.buttons import (
    button,
    download_link,
    icon_button,
    link_button,
    new_tab_link,
    shortcut_hint,
    submit_button,
)
from erp.components.charts import chart_card
from erp.components.dialogs import confirm_dialog, dialog
from erp.components.empty import empty_state
from erp.components.fields import (
    check_field,
    date_field,
    day_filter,
    field,
    lookup_field,
    money_field,
    quantity_field,
    reason_field,
    select_field,
    text_area,
    text_field,
)
from erp.components.figures import badge, fact_list, progress_bar, stat_tile, timeline
from erp.components.forms import form_dialog, form_view, lined_form, question_dialog, reason_dialog
from erp.components.headers import card, grid, notice, page_header
from erp.components.lists import Empty, Filter, filter_menu, list_view, page_turner
from erp.components.skeletons import bone, page_skeleton
from erp.components.tables import data_table
from erp.components.tabs import link_tabs, tabs

__all__ = [
    "Empty",
    "Filter",
    "badge",
    "bone",
    "button",
    "card",
    "chart_card",
    "check_field",
    "confirm_dialog",
    "data_table",
    "date_field",
    "day_filter",
    "dialog",
    "download_link",
    "empty_state",
    "fact_list",
    "field",
    "filter_menu",
    "form_dialog",
    "form_view",
    "grid",
    "icon_button",
    "key_map",
    "lined_form",
    "link_button",
    "link_tabs",
    "list_view",
    "lookup_field",
    "money_field",
    "new_tab_link",
    "notice",
    "page_header",
    "page_skeleton",
    "page_turner",
    "progress_bar",
    "quantity_field",
    "question_dialog",
    "reason_dialog",
    "reason_field",
    "row_keys",
    "scanner",
    "select_field",
    "shortcut_hint",
    "stat_tile",
    "submit_button",
    "tabs",
    "text_area",
    "text_field",
    "timeline",
]
