"""Groups of a company's own: a tree below the groups of the chart, which decide side and statement."""

from typing import Final
from uuid import UUID

from pydantic import computed_field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import Conflict, InvalidInput, NotFound
from erp.core.formatting import counted
from erp.core.ids import new_id
from erp.models.accounting import AccountGroup
from erp.services.accounting.errors import GroupInUse, GroupTaken
from erp.services.accounting.groups import GROUPS, template_path
from erp.services.accounting.statement_rows import own_paths
from erp.services.platform import (
    Command,
    Identified,
    Page,
    Result,
    Rows,
    ShortText,
    command,
    query,
    refuse_on,
)

DEEPEST: Final = 3
MOST_GROUPS: Final = 200


class OpenGroup(Command):
    """A group of the company's own.

    Attributes:
        above: Name of the group of the chart, or of one's own, that it stands in.
    """

    name: ShortText
    above: ShortText


class RenameGroup(Command):
    """What a group of one's own is called."""

    group_id: UUID
    name: ShortText


class RemoveGroup(Command):
    """Remove a group of one's own that holds nothing."""

    group_id: UUID


class MoveAccount(Command):
    """Where in its group of the chart an account stands.

    Attributes:
        group_name: A group of one's own below the account's group of the chart, or that group itself.
    """

    account_id: UUID
    group_name: ShortText


class ListGroups(Page):
    """Groups whose name holds what is searched for, all at once; they are few."""


class GroupRow(Result):
    """A group of the chart, or of one's own below it.

    Attributes:
        chart_group: The group of the chart that it is, or stands below.
        level: Groups above it. accounts: Right in it, without those of groups within.
    """

    id: UUID | None
    name: str
    chart_group: str
    above: str
    level: int
    is_own: bool
    accounts: int

    @computed_field  # type: ignore[prop-decorator]
    @property
    def holds(self) -> str:
        """How many accounts stand right in it."""
        return counted(self.accounts, "account")


class GroupTree(Rows):
    """Every group in the order of the statements."""

    rows: list[GroupRow]


@command("accounting.open_group", permission="accounting.post", rest="POST /account-groups")
def open_group(session: Session, ctx: RequestContext, cmd: OpenGroup) -> Identified:
    """Add a group of the company's own to its chart.

    Raises:
        NotFound: There is no group to stand in.
        GroupTaken: A group has this name.
        InvalidInput: It would stand too deep, or there are too many.
    """
    _refuse_chart_name(cmd.name)
    chart_group, parent_id = find_group(session, ctx, cmd.above, "above")
    own = own_paths(session, ctx)
    if len(own.get(parent_id, ()) if parent_id else ()) >= DEEPEST:
        message = f"Groups of your own stand {DEEPEST} deep at most. Choose one further up."
        raise InvalidInput(message, fields={"above": message})
    if len(own) >= MOST_GROUPS:
        message = f"There are {MOST_GROUPS} groups. Remove one that is not used."
        raise InvalidInput(message, fields={"name": message})
    row = {
        "tenant_id": ctx.tenant_id,
        "id": new_id(),
        "company_id": ctx.company_id,
        "name": cmd.name,
        "group_name": chart_group,
        "parent_id": parent_id,
    }
    db.insert_rows(session, AccountGroup, [row])
    return Identified(id=row["id"])


@command(
    "accounting.rename_group", permission="accounting.post", rest="PUT /account-groups/{group_id}"
)
def rename_group(session: Session, ctx: RequestContext, cmd: RenameGroup) -> Identified:
    """Call a group of one's own something else, in reports of the past as well.

    Raises:
        NotFound: The company has no such group.
        GroupTaken: Another group has this name.
    """
    _refuse_chart_name(cmd.name)
    row = db.fetch_one(
        session,
        "update account_group set name = %s where tenant_id = %s and company_id = %s and id = %s returning id",
        (cmd.name, ctx.tenant_id, ctx.company_id, cmd.group_id),
    )
    if row is None:
        raise _unknown("group_id")
    return Identified(id=cmd.group_id)


@command(
    "accounting.remove_group",
    permission="accounting.post",
    rest="DELETE /account-groups/{group_id}",
)
def remove_group(session: Session, ctx: RequestContext, cmd: RemoveGroup) -> Identified:
    """Remove a group of one's own that holds no account and no other group.

    Raises:
        NotFound: The company has no such group.
        GroupInUse: Something stands in it.
    """
    row = db.fetch_one(
        session,
        "delete from account_group where tenant_id = %s and company_id = %s and id = %s returning id",
        (ctx.tenant_id, ctx.company_id, cmd.group_id),
    )
    if row is None:
        raise _unknown("group_id")
    return Identified(id=cmd.group_id)


@command(
    "accounting.move_account",
    permission="accounting.post",
    rest="PUT /accounts/{account_id}/group",
)
def move_account(session: Session, ctx: RequestContext, cmd: MoveAccount) -> Identified:
    """Put an account into another group of one's own; its side and its statement stay.

    Raises:
        NotFound: There is no such account or group.
        InvalidInput: The group is below another group of the chart.
    """
    chart_group, own_id = find_group(session, ctx, cmd.group_name, "group_name")
    row = db.fetch_one(
        session,
        "select group_name from account where tenant_id = %s and company_id = %s and id = %s for update",
        (ctx.tenant_id, ctx.company_id, cmd.account_id),
    )
    if row is None:
        message = "There is no such account. Choose one of the list."
        raise NotFound(message, fields={"account_id": message})
    if row["group_name"] != chart_group:
        message = f"The account is one of {row['group_name']}. Choose that group or one below it."
        raise InvalidInput(message, fields={"group_name": message})
    db.execute(
        session,
        "update account set own_group_id = %s where tenant_id = %s and id = %s",
        (own_id, ctx.tenant_id, cmd.account_id),
    )
    return Identified(id=cmd.account_id)


@query("accounting.list_groups", permission="accounting.view", rest="GET /account-groups")
def list_groups(session: Session, ctx: RequestContext, wanted: ListGroups) -> GroupTree:
    """List the groups of the chart, and below each the company's own."""
    rows = db.fetch_all(
        session,
        "select g.id, g.group_name, (select count(*) from account a where a.tenant_id = g.tenant_id"
        "   and a.own_group_id = g.id) as accounts"
        "  from account_group g where g.tenant_id = %s and g.company_id = %s",
        (ctx.tenant_id, ctx.company_id),
    )
    direct = db.fetch_all(
        session,
        "select group_name, count(*) as accounts from account where tenant_id = %s and company_id = %s"
        " and own_group_id is null group by 1",
        (ctx.tenant_id, ctx.company_id),
    )
    counts = {row["group_name"]: row["accounts"] for row in direct}
    paths = own_paths(session, ctx)
    own = sorted(rows, key=lambda row: [name.casefold() for name in paths[row["id"]]])
    found = []
    for name in GROUPS:
        above = template_path(name)[:-1]
        found.append(_row(None, (*above, name), name, counts.get(name, 0)))
        mine = [row for row in own if row["group_name"] == name]
        found += [
            _row(row["id"], (*above, name, *paths[row["id"]]), name, row["accounts"])
            for row in mine
        ]
    words = wanted.search.casefold()
    return GroupTree(rows=[row for row in found if words in row.name.casefold()])


def find_group(
    session: Session, ctx: RequestContext, name: str, field: str
) -> tuple[str, UUID | None]:
    """Return the group of the chart that a name means or stands below, and the own group it is.

    Raises:
        NotFound: Neither the chart nor the company has such a group.
    """
    if name in GROUPS:
        return name, None
    row = db.fetch_one(
        session,
        "select id, group_name from account_group"
        " where tenant_id = %s and company_id = %s and lower(name) = lower(%s) for share",
        (ctx.tenant_id, ctx.company_id, name),
    )
    if row is None:
        raise _unknown(field)
    return row["group_name"], row["id"]


def _row(group_id: UUID | None, path: tuple[str, ...], chart_group: str, accounts: int) -> GroupRow:
    return GroupRow(
        id=group_id,
        name=path[-1],
        chart_group=chart_group,
        above=path[-2] if len(path) > 1 else "",
        level=len(path) - 1,
        is_own=group_id is not None,
        accounts=accounts,
    )


def _refuse_chart_name(name: str) -> None:
    if name.casefold() in {one.casefold() for one in GROUPS}:
        raise _name_taken()


def _unknown(field: str) -> NotFound:
    message = "The chart has no such group. Choose one of the list."
    return NotFound(message, fields={field: message})


def _name_taken() -> Conflict:
    message = "A group of the chart has this name. Choose another."
    return GroupTaken(message, fields={"name": message})


def _in_use() -> Conflict:
    message = "Accounts or groups stand in it. Move them out first."
    return GroupInUse(message, fields={"group_id": message})


refuse_on("uq_account_group_name", _name_taken)
refuse_on("fk_account_group_tenant_id_company_id_parent_id_group_name", _in_use)
refuse_on("fk_account_tenant_id_company_id_own_group_id_group_name", _in_use)
