"""Members and the form that adds one."""

import reflex as rx

from erp.components import (
    Empty,
    card,
    form_view,
    link_button,
    list_view,
    page_header,
    select_field,
    text_field,
)
from erp.pages.routing import Nav, page
from erp.state.identity.members import MemberListState, NewMemberState


@page(
    route="/members",
    title="Members",
    permission="identity.view",
    nav=Nav("Members", "users", group="Setup", order=20),
    on_load=[MemberListState.open_list, MemberListState.listen],
)
def members_page() -> rx.Component:
    """List who may sign in."""
    return rx.fragment(
        page_header(
            "Members",
            "Who may sign in, and what their roles allow.",
            link_button("Add member", "/members/new", icon="plus"),
        ),
        list_view(
            MemberListState,
            label="Members",
            search="Search by name or login",
            empty=Empty("users", "Nobody here yet", "Add the people who work with you."),
        ),
    )


@page(
    route="/members/new",
    title="Add member",
    permission="identity.edit",
    parent="/members",
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
                text_field(
                    "First password",
                    "password",
                    errors=errors,
                    required=True,
                    type="password",
                    hint="At least 12 characters, without the user name.",
                    auto_complete="new-password",
                ),
                submit="Add member",
                cancel_to="/members",
            )
        ),
    )
