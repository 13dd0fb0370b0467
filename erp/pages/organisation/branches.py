"""The organisation: its names, its branches, the form that opens one, the page of one."""

from typing import Any

import reflex as rx

from erp.components import (
    card,
    fact_list,
    form_view,
    grid,
    link_button,
    page_header,
    page_skeleton,
    select_field,
    text_field,
)
from erp.components.records import record_view
from erp.pages.routing import Nav, page
from erp.state.organisation.branches import (
    EDIT,
    VIEW,
    BranchState,
    EditBranchState,
    NamesState,
    NewBranchState,
    OrganisationState,
)
from erp.state.party.wording import STATES

HOME = "/organisation"


@page(
    route=HOME,
    title="Organisation",
    permission=VIEW,
    nav=Nav("Organisation", "building-2", group="Setup", order=10),
    on_load=[OrganisationState.open_organisation],
)
def organisation_page() -> rx.Component:
    """Show what papers say of the organisation, and where it trades."""
    state = OrganisationState
    add = link_button("Add branch", "/organisation/branches/new", icon="plus")
    names = rx.cond(state.may_edit, _names(), _names_to_read())
    return rx.fragment(
        page_header(
            "Organisation",
            "What papers say of you, and where you trade.",
            rx.cond(state.may_edit, add),
        ),
        rx.cond(
            state.is_loading,
            page_skeleton(),
            grid(
                rx.el.div(card(_branches(), title="Branches"), class_name="span-8"),
                rx.el.div(
                    card(names, title="Names"),
                    card(_facts(), title="Registration"),
                    class_name="stack span-4",
                ),
            ),
        ),
    )


def _names() -> rx.Component:
    errors, head = NamesState.field_errors, OrganisationState.head
    return form_view(
        NamesState,
        text_field(
            "Legal name",
            "legal_name",
            errors=errors,
            required=True,
            wide=True,
            hint="As registered; heads invoices and returns.",
            default_value=head["legal_name"],
            key=NamesState.form_key,
        ),
        text_field(
            "Trade name",
            "trade_name",
            errors=errors,
            required=True,
            wide=True,
            hint="As customers know you; shown when they pay by UPI.",
            default_value=head["trade_name"],
            key=NamesState.form_key + "t",
        ),
        submit="Save names",
    )


def _names_to_read() -> rx.Component:
    head = OrganisationState.head
    return fact_list([("Legal name", head["legal_name"]), ("Trade name", head["trade_name"])])


def _facts() -> rx.Component:
    head = OrganisationState.head
    return fact_list(
        [("GST scheme", head["scheme"]), ("PAN", head["pan"]), ("Time zone", head["time_zone"])]
    )


def _branches() -> rx.Component:
    head = rx.el.tr(
        rx.el.th("Branch"),
        rx.el.th("Address", class_name="wide-only"),
        rx.el.th("GSTIN"),
    )
    return rx.el.div(
        rx.el.table(
            rx.el.thead(head),
            rx.el.tbody(rx.foreach(OrganisationState.branches, _branch)),
            class_name="table",
            aria_label="Branches",
        ),
        class_name="scroll-x",
    )


def _branch(row: Any) -> rx.Component:
    return rx.el.tr(
        rx.el.td(
            rx.link(row["name"], href="/organisation/branches/" + row["id"]),
            rx.el.span(row["code"], class_name="detail"),
        ),
        rx.el.td(row["where"], class_name="wide-only"),
        rx.el.td(row["gstin"], rx.el.span(row["state"], class_name="detail")),
        key=row["id"],
    )


@page(
    route="/organisation/branches/new",
    title="Add branch",
    permission=EDIT,
    parent=HOME,
    command="organisation.add_branch",
    on_load=[NewBranchState.open_branch_form],
)
def new_branch_page() -> rx.Component:
    """Open a branch."""
    errors = NewBranchState.field_errors
    gstin = text_field(
        "GSTIN",
        "gstin",
        errors=errors,
        hint="Empty: the registration of your branches in the same state.",
        max_length=20,
        auto_complete="off",
    )
    code = text_field(
        "Code",
        "code",
        errors=errors,
        required=True,
        placeholder="PUNE2",
        hint="Up to ten letters, digits and dashes. Starts numbers and names devices; it stays.",
        max_length=10,
    )
    return rx.fragment(
        page_header(
            "Add branch", "A place of business with a warehouse, tills and people of its own."
        ),
        card(
            form_view(
                NewBranchState,
                text_field("Name", "name", errors=errors, required=True, max_length=120),
                code,
                select_field(
                    "State",
                    "state_code",
                    list(STATES.items()),
                    errors=errors,
                    required=True,
                    default_value=NewBranchState.own_state,
                    key=NewBranchState.form_key,
                ),
                rx.cond(NewBranchState.is_registered, gstin),
                *_printed(errors),
                submit="Open the branch",
                cancel_to=HOME,
            )
        ),
    )


def _printed(errors: Any, now: Any = None, key: Any = "") -> list[rx.Component]:
    """Return the fields of what papers say of a branch beside its name."""

    def text(label: str, name: str, **more: Any) -> rx.Component:
        filled = {"default_value": now[name], "key": key + name} if now is not None else {}
        return text_field(label, name, errors=errors, **(more | filled))

    return [
        text("Street and number", "address", required=True, max_length=120),
        text("City", "city", required=True, max_length=120),
        text("PIN code", "pin", required=True, input_mode="numeric", max_length=6),
        text("Phone", "phone", max_length=20),
        text("Drug licence", "drug_licence_no", hint="Printed on invoices.", max_length=120),
        text("UPI address", "upi_address", hint="Such as shop@bank; tills show it as a QR code."),
    ]


@page(
    route="/organisation/branches/[branch_id]",
    title="Branch",
    permission=VIEW,
    parent=HOME,
    on_load=[BranchState.open_record],
)
def branch_page() -> rx.Component:
    """Show one branch, and change it."""
    head = BranchState.head
    return record_view(
        BranchState,
        page_header(head["name"], head["where"]),
        grid(
            rx.el.div(
                card(_registration(), title="Registration"),
                card(_next(), title="What it needs to trade"),
                class_name="stack span-4",
            ),
            rx.el.div(
                card(rx.cond(head["may_edit"] != "", _edit(), _to_read()), title="On papers"),
                class_name="span-8",
            ),
        ),
        list_route=HOME,
        list_label="All branches",
    )


def _registration() -> rx.Component:
    head = BranchState.head
    return fact_list([("Code", head["code"]), ("State", head["state"]), ("GSTIN", head["gstin"])])


def _next() -> rx.Component:
    def step(label: str, to: str, why: str) -> rx.Component:
        return rx.el.li(rx.link(label, href=to), rx.el.span(why, class_name="detail"))

    return rx.el.ul(
        step("A warehouse", "/warehouses", "Choose the branch in its form."),
        step("A till", "/till/registers", "It sells from a place of that warehouse."),
        step("Its people", "/settings/members", "Each works at one branch."),
        class_name="plain-list",
    )


def _edit() -> rx.Component:
    errors, head, key = EditBranchState.field_errors, BranchState.head, EditBranchState.form_key
    name = text_field(
        "Name",
        "name",
        errors=errors,
        required=True,
        max_length=120,
        default_value=head["name"],
        key=key,
    )
    return form_view(EditBranchState, name, *_printed(errors, head, key), submit="Save branch")


def _to_read() -> rx.Component:
    head = BranchState.head
    return fact_list(
        [
            ("Address", head["where"]),
            ("Phone", head["phone"]),
            ("Drug licence", head["drug_licence_no"]),
            ("UPI address", head["upi_address"]),
        ]
    )
