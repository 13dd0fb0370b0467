"""The form of a party, new or known."""

from typing import Any

import reflex as rx

from erp.components import (
    card,
    date_field,
    empty_state,
    form_view,
    link_button,
    money_field,
    page_header,
    page_skeleton,
    quantity_field,
    select_field,
    text_area,
    text_field,
)
from erp.pages.routing import page
from erp.state.party.editing import EditPartyState, NewPartyState
from erp.state.party.parties import EDIT
from erp.state.party.wording import CATEGORIES, KINDS, LICENCE_FORMS, SEXES, STATES

KIND_OPTIONS = [(code, label) for code, label in KINDS.items() if code != "walk_in"]


@page(
    route="/parties/new",
    title="New party",
    permission=EDIT,
    parent="/parties",
    command="party.create_party",
    on_load=[NewPartyState.open_new],
)
def new_party_page() -> rx.Component:
    """Register a party."""
    return rx.fragment(
        page_header("New party", "A customer, a supplier, a patient; one party may be several."),
        card(
            rx.el.div(
                form_view(
                    NewPartyState,
                    *_fields(NewPartyState),
                    submit="Save party",
                    cancel_to="/parties",
                ),
                key=NewPartyState.form_key,
            )
        ),
    )


@page(
    route="/parties/[party_id]/edit",
    title="Edit party",
    permission=EDIT,
    parent="/parties",
    on_load=[EditPartyState.open_edit],
)
def edit_party_page() -> rx.Component:
    """Change a party."""
    missing = empty_state(
        "file-question",
        "This is not here",
        EditPartyState.problem,
        link_button("All parties", "/parties", look="outline", icon="arrow-left"),
    )
    form = rx.fragment(
        page_header(
            EditPartyState.facts["name"],
            "Documents already posted keep what they were printed with.",
            link_button("Back", EditPartyState.back, look="outline", icon="arrow-left"),
        ),
        card(
            rx.el.div(
                form_view(EditPartyState, *_fields(EditPartyState), submit="Save party"),
                key=EditPartyState.form_key,
            )
        ),
    )
    return rx.cond(
        EditPartyState.is_loading,
        page_skeleton(),
        rx.cond(EditPartyState.problem != "", missing, form),
    )


def _fields(state: Any) -> list[rx.Component]:
    return [*_who(state), *_registered(state), *_where(state), *_terms(state), *_more(state)]


def _section(title: str) -> rx.Component:
    return rx.el.h3(title, class_name="form-section full")


def _who(state: Any) -> list[rx.Component]:
    errors, facts = state.field_errors, state.facts
    return [
        text_field(
            "Name",
            "name",
            errors=errors,
            required=True,
            default_value=facts["name"],
            auto_focus=True,
            max_length=120,
        ),
        text_field(
            "Phone",
            "phone",
            errors=errors,
            default_value=facts["phone"],
            input_mode="tel",
            placeholder="98765 43210",
            max_length=20,
        ),
        select_field("Kind", "kind", KIND_OPTIONS, errors=errors, default_value=facts["kind"]),
        text_field(
            "Email",
            "email",
            errors=errors,
            default_value=facts["email"],
            input_mode="email",
            max_length=254,
        ),
        _roles(state),
    ]


def _roles(state: Any) -> rx.Component:
    def box(role: Any) -> rx.Component:
        tick = rx.el.input(
            type="checkbox",
            name=role["value"],
            value="true",
            default_checked=role["held"] != "",
        )
        return rx.el.label(tick, role["label"], class_name="check", key=role["value"])

    error = state.field_errors["roles"]
    return rx.el.fieldset(
        rx.el.legend("Roles", class_name="field-label"),
        rx.el.div(rx.foreach(state.roles, box), class_name="checks"),
        rx.cond(error, rx.el.p(error, class_name="error", role="alert")),
        class_name="full",
    )


def _registered(state: Any) -> list[rx.Component]:
    errors, facts = state.field_errors, state.facts
    note = rx.cond(
        state.gstin_note != "",
        rx.el.p(rx.icon("circle-check"), state.gstin_note, class_name="good", role="status"),
    )
    return [
        _section("Registrations"),
        rx.el.div(
            text_field(
                "GSTIN",
                "gstin",
                errors=errors,
                hint="15 characters; fills in the state and the PAN.",
                default_value=facts["gstin"],
                on_blur=state.check_gstin,
                custom_attrs={"autocapitalize": "characters"},
                auto_complete="off",
                class_name="input code",
                max_length=20,
            ),
            note,
        ),
        _chosen(
            "Registered for GST",
            "gst_category",
            CATEGORIES,
            state.gst_category,
            state.choose_category,
            errors,
        ),
        text_field(
            "PAN",
            "pan",
            errors=errors,
            default_value=facts["pan"],
            class_name="input code",
            max_length=10,
        ),
        text_field(
            "Drug licence",
            "drug_licence_no",
            errors=errors,
            default_value=facts["drug_licence_no"],
            max_length=120,
        ),
        select_field(
            "Licence form",
            "drug_licence_form",
            [("", "Not recorded"), *LICENCE_FORMS.items()],
            errors=errors,
            default_value=facts["drug_licence_form"],
        ),
        date_field(
            "Licence ends",
            "drug_licence_expires_on",
            errors=errors,
            default_value=facts["drug_licence_expires_on"],
        ),
    ]


def _where(state: Any) -> list[rx.Component]:
    errors, facts = state.field_errors, state.facts
    return [
        _section("Address"),
        text_field(
            "Address", "address", errors=errors, default_value=facts["address"], max_length=300
        ),
        text_field("City", "city", errors=errors, default_value=facts["city"], max_length=100),
        text_field(
            "PIN",
            "pin",
            errors=errors,
            default_value=facts["pin"],
            input_mode="numeric",
            max_length=6,
        ),
        _chosen(
            "State", "state_code", STATES, state.state_code, state.choose_state, errors, must=True
        ),
    ]


def _terms(state: Any) -> list[rx.Component]:
    errors, facts = state.field_errors, state.facts
    return [
        _section("Terms"),
        select_field(
            "Price list",
            "price_list",
            state.price_lists,
            errors=errors,
            default_value=facts["price_list"],
        ),
        money_field(
            "Credit limit",
            "credit_limit",
            errors=errors,
            hint="What they may owe; zero for none.",
            default_value=facts["credit_limit"],
        ),
        quantity_field(
            "Pays within, days",
            "credit_days",
            errors=errors,
            default_value=facts["credit_days"],
        ),
    ]


def _more(state: Any) -> list[rx.Component]:
    errors, facts = state.field_errors, state.facts
    return [
        _section("Person"),
        date_field("Born", "birth_on", errors=errors, default_value=facts["birth_on"]),
        select_field(
            "Sex",
            "sex",
            [("", "Not said"), *SEXES.items()],
            errors=errors,
            default_value=facts["sex"],
        ),
        text_area("Note", "note", errors=errors, default_value=facts["note"]),
    ]


def _chosen(
    label: str,
    name: str,
    options: Any,
    value: Any,
    on_change: Any,
    errors: Any,
    *,
    must: bool = False,
) -> rx.Component:
    """Return a choice that the state may make too, as the GSTIN does."""
    return select_field(
        label,
        name,
        list(options.items()),
        errors=errors,
        required=must,
        value=value,
        on_change=on_change,
    )
