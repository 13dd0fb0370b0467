"""An asset moves: to another place or person, or with its value to another branch."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput, NotFound
from erp.core.ids import new_id
from erp.core.money import ZERO
from erp.models.assets import AssetTransfer
from erp.services import accounting
from erp.services.accounting import NewEntry
from erp.services.assets.errors import OtherRegistration
from erp.services.assets.events import AssetMoved
from erp.services.assets.holding import LOST, MANAGE, ORIGIN, HeldAsset, hold_asset
from erp.services.assets.retiring import book_losses
from erp.services.platform import Command, Identified, Text, command, emit

BETWEEN = "branch_transfers"
"""Account that both branches book against; it is zero in the company."""
Short = Annotated[Text, Field(max_length=120)]


class MoveAsset(Command):
    """Say where an asset is now; its branch stays where none is named."""

    asset_id: UUID
    to_branch_id: UUID | None = None
    place: Short = ""
    custodian: Short = ""
    note: Text = ""


@command("assets.move_asset", permission=MANAGE, rest="POST /assets/{asset_id}/moves")
def move_asset(session: Session, ctx: RequestContext, cmd: MoveAsset) -> Identified:
    """Note where an asset is and who has it; another branch takes its cost and depreciation over today.

    What it lost until today is booked where it stood.

    Locks the register.

    Raises:
        UnknownAsset: The company has no such asset. AssetGone: it was sold or scrapped.
        NotFound: The company has no such branch.
        OtherRegistration: The branches have different GSTINs, so a tax invoice is due.
        InvalidInput: Nothing changes.
        PeriodClosed: The books are closed for today.

    Emits:
        assets.asset_moved.v1
    """
    held = hold_asset(session, ctx, cmd.asset_id)
    to_branch = cmd.to_branch_id or held.branch_id
    changes_branch = to_branch != held.branch_id
    if not changes_branch and (cmd.place, cmd.custodian) == (held.place, held.custodian):
        message = "Say what changes: the place, the person or the branch."
        raise InvalidInput(message, fields={"place": message})
    if changes_branch:
        _check_branches(session, ctx, held, to_branch)
        held = book_losses(session, ctx, held, ctx.today)
    move_id = new_id()
    row = {
        "tenant_id": ctx.tenant_id,
        "id": move_id,
        "asset_id": held.id,
        "from_branch_id": held.branch_id,
        "to_branch_id": to_branch,
        "moved_on": ctx.today,
        "place": cmd.place,
        "custodian": cmd.custodian,
        "cost": held.cost if changes_branch else ZERO,
        "depreciation": held.lost if changes_branch else ZERO,
        "note": cmd.note,
        "user_id": ctx.user_id,
        "moved_at": ctx.now,
    }
    db.insert_rows(session, AssetTransfer, [row])
    if changes_branch:
        _book(session, ctx, held, to_branch, move_id)
    db.execute(
        session,
        "update asset set branch_id = %s, place = %s, custodian = %s where tenant_id = %s and id = %s",
        (to_branch, cmd.place, cmd.custodian, ctx.tenant_id, held.id),
    )
    event = AssetMoved(
        asset_id=held.id, to_branch_id=to_branch, place=cmd.place, custodian=cmd.custodian
    )
    emit(session, ctx, held.id, event)
    return Identified(id=held.id)


def _check_branches(
    session: Session, ctx: RequestContext, held: HeldAsset, to_branch: UUID
) -> None:
    rows = db.fetch_all(
        session,
        "select id, coalesce(gstin, '') as gstin from branch"
        " where tenant_id = %s and company_id = %s and id = any(%s)",
        (ctx.tenant_id, ctx.company_id, [held.branch_id, to_branch]),
    )
    gstins = {row["id"]: row["gstin"] for row in rows}
    if to_branch not in gstins:
        message = "Choose a branch of this company."
        raise NotFound(message, fields={"to_branch_id": message})
    if len(set(gstins.values())) > 1:
        message = (
            "The branches have different GSTINs: between them an asset moves by a tax invoice."
            " Sell it here and register it there."
        )
        raise OtherRegistration(message, fields={"to_branch_id": message})


def _book(
    session: Session, ctx: RequestContext, held: HeldAsset, to_branch: UUID, move_id: UUID
) -> None:
    worth = held.cost - held.lost
    narration = f"Asset {held.number} moved: {held.name}"
    arrives = [
        accounting.debit(held.account_key, held.cost),
        accounting.credit(LOST, held.lost),
        accounting.credit(BETWEEN, worth),
    ]
    leaves = [replace(line, debit=line.credit, credit=line.debit) for line in arrives]
    for branch_id, what, lines in (
        (held.branch_id, "left", leaves),
        (to_branch, "arrived", arrives),
    ):
        entry = NewEntry("assets", ctx.today, f"{ORIGIN}_move", move_id, what, narration, lines)
        accounting.post_entry(session, replace(ctx, branch_id=branch_id), entry)
