"""Branches: opened under a registration, moved, renamed."""

import json
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.services import identity
from erp.services.organisation.errors import RegistrationNeeded, UnknownBranch
from erp.services.organisation.events import BranchChanged, BranchOpened
from erp.services.party import LIVE_STATES, Phone, Pin, read_gstin, state_name
from erp.services.platform import (
    Command,
    Identified,
    Query,
    Result,
    ShortText,
    StateCode,
    Text,
    command,
    emit,
    query,
)

EDIT = "organisation.edit"
BranchCode = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9-]{0,9}$")]
UpiAddress = Annotated[
    str, Field(max_length=100, pattern=r"^([A-Za-z0-9._-]{2,}@[A-Za-z0-9.-]{2,})?$")
]


class BranchDetail(Result):
    """A place of business, as papers name it today."""

    id: UUID
    code: str
    name: str
    gstin: str | None
    state_code: str
    state: str
    address: str
    city: str
    pin: str
    phone: str
    drug_licence_no: str | None
    upi_address: str | None


class GetBranch(Query):
    """One branch."""

    branch_id: UUID


class AddBranch(Command):
    """Open a place of business.

    Attributes:
        code: Up to ten capital letters, digits and dashes; starts numbers and names devices, and stays.
        gstin: Its registration; left empty, that of a branch in the same state.
    """

    code: BranchCode
    name: ShortText
    state_code: StateCode
    gstin: Annotated[str, Field(max_length=20)] = ""
    address: ShortText
    city: ShortText
    pin: Annotated[Pin, Field(min_length=6)]
    phone: Phone = ""
    drug_licence_no: Text = ""
    upi_address: UpiAddress = ""


class UpdateBranch(Command):
    """Change what papers say of a branch from now on; what is left out stays."""

    branch_id: UUID
    name: ShortText | None = None
    address: ShortText | None = None
    city: ShortText | None = None
    pin: Annotated[Pin, Field(min_length=6)] | None = None
    phone: Phone | None = None
    drug_licence_no: Text | None = None
    upi_address: UpiAddress | None = None


_SELECT = (
    "select id, code, name, gstin, state_code, address, city, pin, phone, drug_licence_no, upi_address"
    " from branch where tenant_id = %s and company_id = %s"
)


def branches_of(session: Session, ctx: RequestContext) -> list[BranchDetail]:
    """Return the acting company's branches by code."""
    rows = db.fetch_all(session, _SELECT + " order by code", (ctx.tenant_id, ctx.company_id))
    return [_detail(row) for row in rows]


@query("organisation.get_branch", permission="identity.view", rest="GET /branches/{branch_id}")
def get_branch(session: Session, ctx: RequestContext, wanted: GetBranch) -> BranchDetail:
    """Return a branch of the acting company.

    Raises:
        UnknownBranch: It has no such branch.
    """
    row = db.fetch_one(
        session, _SELECT + " and id = %s", (ctx.tenant_id, ctx.company_id, wanted.branch_id)
    )
    if row is None:
        raise _unknown()
    return _detail(row)


@command("organisation.add_branch", permission=EDIT, rest="POST /branches")
def add_branch(session: Session, ctx: RequestContext, cmd: AddBranch) -> Identified:
    """Open a branch of the acting company; a warehouse, tills and people come next.

    Raises:
        InvalidGstin: The number cannot be a registration of the company.
        RegistrationNeeded: The state has none yet, or the company is not registered at all.
        BranchCodeTaken: Another branch has the code.

    Emits:
        organisation.branch_opened.v1, in the same transaction.

    Source: CGST Act s.22(1), s.25(1): a registration in each state that supplies are made from.
    """
    gstin = _registration(session, ctx, cmd)
    branch_id = new_id()
    db.execute(
        session,
        "insert into branch (tenant_id, id, company_id, code, name, gstin, state_code, address, city, pin,"
        " phone, drug_licence_no, upi_address) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            ctx.tenant_id,
            branch_id,
            ctx.company_id,
            cmd.code,
            cmd.name,
            gstin,
            cmd.state_code,
            cmd.address,
            cmd.city,
            cmd.pin,
            cmd.phone,
            cmd.drug_licence_no or None,
            cmd.upi_address or None,
        ),
    )
    emit(session, ctx, branch_id, BranchOpened(branch_id=branch_id))
    return Identified(id=branch_id)


@command("organisation.update_branch", permission=EDIT, rest="PATCH /branches/{branch_id}")
def update_branch(session: Session, ctx: RequestContext, cmd: UpdateBranch) -> Identified:
    """Change a branch's name, address, licence or UPI address; papers of before say what they said.

    Its code, state and registration stay: numbers, devices and returns hang on them.

    Raises:
        UnknownBranch: The acting company has no such branch.

    Emits:
        organisation.branch_changed.v1, in the same transaction.
    """
    given = cmd.model_dump(exclude={"idempotency_key", "branch_id"}, exclude_none=True)
    emptied = {name: value or None for name, value in given.items() if name in _MAY_BE_MISSING}
    row = db.fetch_one(
        session,
        "update branch b set (name, address, city, pin, phone, drug_licence_no, upi_address) ="
        " (select name, address, city, pin, phone, drug_licence_no, upi_address"
        "    from jsonb_populate_record(b, %s::jsonb))"
        " where b.tenant_id = %s and b.company_id = %s and b.id = %s returning b.id",
        (json.dumps(given | emptied), ctx.tenant_id, ctx.company_id, cmd.branch_id),
    )
    if row is None:
        raise _unknown()
    emit(session, ctx, cmd.branch_id, BranchChanged(branch_id=cmd.branch_id))
    identity.forget_principals()
    return Identified(id=cmd.branch_id)


_MAY_BE_MISSING = ("drug_licence_no", "upi_address")


def _registration(session: Session, ctx: RequestContext, cmd: AddBranch) -> str | None:
    if cmd.state_code not in LIVE_STATES:
        message = "This is no GST code of a state. Maharashtra's is 27."
        raise RegistrationNeeded(message, fields={"state_code": message})
    known = branches_of(session, ctx)
    if all(branch.gstin is None for branch in known):
        _refuse_registration(cmd)
        return None
    if not cmd.gstin:
        return _shared(known, cmd.state_code)
    pan = next(branch.gstin[2:12] for branch in known if branch.gstin)
    gstin = read_gstin(cmd.gstin, pan=pan)
    if gstin.state_code != cmd.state_code:
        message = f"This registration is of {state_name(gstin.state_code)}, the branch is not."
        raise RegistrationNeeded(message, fields={"gstin": message})
    return gstin.value


def _refuse_registration(cmd: AddBranch) -> None:
    if cmd.gstin:
        message = "The company is not registered for GST: leave this empty."
        raise RegistrationNeeded(message, fields={"gstin": message})


def _shared(known: list[BranchDetail], state_code: str) -> str:
    """Return the registration that the branches of a state share.

    Raises:
        RegistrationNeeded: There is none, or one of several must be named.
    """
    there = sorted(
        {branch.gstin for branch in known if branch.gstin and branch.state_code == state_code}
    )
    if len(there) == 1:
        return there[0]
    message = (
        f"{state_name(state_code)} has several registrations of yours: enter the one it trades under."
        if there
        else f"A branch in {state_name(state_code)} needs a registration there: enter its GSTIN."
    )
    raise RegistrationNeeded(message, fields={"gstin": message})


def _detail(row: db.Row) -> BranchDetail:
    return BranchDetail(**row, state=state_name(row["state_code"]))


def _unknown() -> UnknownBranch:
    message = "The company has no such branch. Choose one from the list."
    return UnknownBranch(message, fields={"branch_id": message})
