"""Holding a claim or petty cash still while it is changed."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import DomainError
from erp.models.expenses import ClaimKind, ClaimStatus
from erp.services.expenses.errors import (
    ClaimChanged,
    ClaimDone,
    NotCustodian,
    OwnClaim,
    unknown_claim,
    unknown_float,
)

ARRANGE = "expenses.arrange"
CLAIM = "expenses.claim"
APPROVE = "expenses.approve"


@dataclass(frozen=True, slots=True)
class ClaimStanding:
    """Whose claim it is and how it stands, which decides who may do what with it."""

    id: UUID
    branch_id: UUID
    number: str
    kind: str
    status: str
    revision: int
    claimant_id: UUID


@dataclass(frozen=True, slots=True)
class HeldClaim(ClaimStanding):
    """A claim nobody else can change until the transaction ends; `credit` is what of GST it shows as one."""

    purpose: str
    total: Decimal
    party_id: UUID | None
    float_id: UUID | None
    booked_on: date | None
    credit: Decimal


@dataclass(frozen=True, slots=True)
class HeldFloat:
    """Petty cash nobody else can change until the transaction ends."""

    id: UUID
    branch_id: UUID
    custodian_id: UUID
    amount: Decimal
    balance: Decimal


def hold_claim(session: Session, ctx: RequestContext, claim_id: UUID) -> HeldClaim:
    """Return a claim or voucher of the company and lock its row.

    Raises:
        UnknownClaim: The company has no such claim.
    """
    row = db.fetch_one(
        session,
        "select id, branch_id, number, kind, status, revision, claimant_id, purpose, total, party_id,"
        " float_id, booked_on, igst + cgst + sgst as credit from expense_claim"
        " where tenant_id = %s and company_id = %s and id = %s for update",
        (ctx.tenant_id, ctx.company_id, claim_id),
    )
    if row is None:
        raise unknown_claim()
    return HeldClaim(**row)


def why_not_mended(ctx: RequestContext, claim: ClaimStanding) -> DomainError | None:
    """Return why the actor neither hands a claim in again nor withdraws it; nothing where they may."""
    if claim.claimant_id != ctx.user_id:
        return OwnClaim("Somebody else handed this claim in. Send it back to them with a reason.")
    is_open = claim.status in (ClaimStatus.SUBMITTED, ClaimStatus.RETURNED)
    if claim.kind != ClaimKind.CLAIM or not is_open:
        return ClaimDone(f"{claim.number} is {claim.status} already. Look at it again.")
    return None


def require_mendable(ctx: RequestContext, held: HeldClaim) -> None:
    """Refuse to change a claim that is somebody else's or decided.

    Raises:
        OwnClaim: It is somebody else's. ClaimDone: it was approved, withdrawn or taken back, or is a voucher.
    """
    refusal = why_not_mended(ctx, held)
    if refusal is not None:
        raise refusal


def require_waiting(ctx: RequestContext, held: HeldClaim, revision: int) -> None:
    """Refuse to decide on, or correct, a claim that does not wait for the actor as they saw it.

    Raises:
        ClaimDone: It does not wait. OwnClaim: the actor claims it. ClaimChanged: it is another revision by now.
    """
    if held.status != ClaimStatus.SUBMITTED:
        raise ClaimDone(f"{held.number} is {held.status} already. Look at it again.")
    if held.claimant_id == ctx.user_id:
        raise OwnClaim("You claim this yourself. Somebody else has to decide.")
    if held.revision != revision:
        raise ClaimChanged(
            f"{held.number} was handed in again or corrected since you looked. Look at it once more.",
            details={"revision": held.revision},
        )


def hold_float(session: Session, ctx: RequestContext, float_id: UUID) -> HeldFloat:
    """Return petty cash of the company and lock its row.

    Raises:
        UnknownFloat: The company has no such petty cash.
    """
    row = db.fetch_one(
        session,
        "select id, branch_id, custodian_id, amount, balance from petty_float"
        " where tenant_id = %s and company_id = %s and id = %s for update",
        (ctx.tenant_id, ctx.company_id, float_id),
    )
    if row is None:
        raise unknown_float()
    return HeldFloat(**row)


def require_custodian(ctx: RequestContext, held: HeldFloat) -> None:
    """Refuse whoever neither keeps the box nor arranges petty cash.

    Raises:
        NotCustodian: Somebody else keeps it.
    """
    if held.custodian_id != ctx.user_id and not ctx.may(ARRANGE):
        raise NotCustodian("Somebody else keeps this petty cash. Ask them, or an accountant.")
