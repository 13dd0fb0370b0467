"""Members, the form that adds one, and the page of one."""

import reflex as rx

from erp.components import (
    Empty,
    badge,
    card,
    fact_list,
    form_view,
    grid,
    link_button,
    list_view,
    page_header,
    select_field,
    text_field,
)
from erp.components.records import record_view
from erp.pages.identity.tabs import access_tabs
from erp.pages.routing import Nav, page
from erp.state.identity.members import (
    EditMemberState,
    MemberListState,
    MemberState,
    NewMemberState,
    PinState,
    ResetPasswordState,
)


@page(
    route="/settings/members",
    title="Members",
    permission="identity.view",
    nav=Nav("Members", "users", group="Setup", order=20, section="/settings"),
    on_load=[MemberListState.open_list],
)
def members_page() -> rx.Component:
    """List who may sign in."""
    return rx.fragment(
        page_header(
            "Members",
            "Who may sign in, and what their roles allow.",
            link_button("Add member", "/settings/members/new", icon="plus"),
        ),
        access_tabs("/settings/members"),
        list_view(
            MemberListState,
            label="Members",
            search="Search by name or login",
            empty=Empty("users", "Nobody here yet", "Add the people who work with you."),
        ),
    )


@page(
    route="/settings/members/new",
    title="Add member",
    permission="identity.edit",
    parent="/settings/members",
    command="identity.create_user",
    on_load=[NewMemberState.open_invitation],
)
def new_member_page() -> rx.Component:
    """Add a member."""
    errors = NewMemberState.field_errors
    return rx.fragment(
        page_header("Add member", "A member signs in with a user name and a first password."),
        card(
            form_view(
                NewMemberState,
                text_field("Name", "display_name", errors=errors, required=True),
                text_field(
                    "User name",
                    "login",
                    errors=errors,
                    required=True,
                    hint="Letters, digits and . _ - @; used to sign in.",
                    auto_complete="off",
                ),
                select_field("Role", "role", NewMemberState.roles, errors=errors, required=True),
                select_field(
                    "Branch",
                    "branch_id",
                    NewMemberState.branches,
                    errors=errors,
                    default_value=NewMemberState.own_branch,
                    key=NewMemberState.form_key,
                ),
                text_field(
                    "First password",
                    "password",
                    errors=errors,
                    required=True,
                    type="password",
                    hint="At least 10 characters, without the user name.",
                    auto_complete="new-password",
                ),
                submit="Add member",
                cancel_to="/settings/members",
            )
        ),
    )


@page(
    route="/settings/members/[member_id]",
    title="Member",
    permission="identity.view",
    parent="/settings/members",
    on_load=[MemberState.open_record],
)
def member_page() -> rx.Component:
    """Show one member, and change them."""
    head = MemberState.head
    return record_view(
        MemberState,
        page_header(head["name"], head["roles"]),
        grid(
            rx.el.div(card(_facts(), title="Access"), class_name="stack span-4"),
            rx.cond(
                head["may_edit"] != "",
                rx.el.div(
                    card(_edit(), title="Name and roles"),
                    card(_pin(), title="Approval PIN"),
                    card(_password(), title="New password"),
                    class_name="stack span-8",
                ),
            ),
        ),
        list_route="/settings/members",
        list_label="All members",
    )


def _facts() -> rx.Component:
    head = MemberState.head
    return fact_list(
        [
            ("Status", badge(head["status"], head["tone"])),
            ("User name", head["login"]),
            ("Roles", head["roles"]),
            ("Branch", head["branch"]),
            ("Approval PIN", head["pin"]),
        ]
    )


def _edit() -> rx.Component:
    errors = EditMemberState.field_errors

    def role(item: rx.Var[dict[str, str]]) -> rx.Component:
        box = rx.el.input(
            type="checkbox",
            default_checked=item["held"] != "",
            on_change=EditMemberState.toggle_role(item["value"]),
        )
        kept = f"{EditMemberState.form_key}{item['value']}"
        return rx.el.label(box, item["label"], class_name="check", key=kept)

    access = rx.el.label(
        rx.el.input(
            type="checkbox",
            default_checked=EditMemberState.is_active,
            on_change=EditMemberState.toggle_access,
        ),
        "May sign in",
        key=EditMemberState.form_key,
        class_name="check full",
    )
    roles = rx.el.fieldset(
        rx.el.legend("Roles", class_name="field-label"),
        rx.el.div(rx.foreach(EditMemberState.roles, role), class_name="checks"),
        rx.cond(errors["roles"], rx.el.p(errors["roles"], class_name="error", role="alert")),
        class_name="full",
    )
    return form_view(
        EditMemberState,
        text_field(
            "Name",
            "display_name",
            errors=errors,
            required=True,
            default_value=EditMemberState.name,
            key=EditMemberState.form_key,
        ),
        select_field(
            "Branch",
            "branch_id",
            EditMemberState.branches,
            errors=errors,
            default_value=EditMemberState.branch_id,
            key=EditMemberState.form_key + "b",
        ),
        roles,
        access,
        submit="Save member",
    )


def _pin() -> rx.Component:
    return form_view(
        PinState,
        text_field(
            "New PIN",
            "pin",
            errors=PinState.field_errors,
            required=True,
            type="password",
            input_mode="numeric",
            hint="Four to eight digits, not all the same.",
            auto_complete="off",
            key=PinState.form_key,
        ),
        submit="Set PIN",
    )


def _password() -> rx.Component:
    return form_view(
        ResetPasswordState,
        text_field(
            "New password",
            "password",
            errors=ResetPasswordState.field_errors,
            required=True,
            type="password",
            hint="At least 10 characters. Every session of the member ends.",
            auto_complete="new-password",
            key=ResetPasswordState.form_key,
        ),
        submit="Set password",
    )
