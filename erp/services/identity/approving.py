"""Manager PINs: the second pair of eyes at a till."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput, NotFound
from erp.services.identity.principals import Principal, load_member
from erp.services.identity.secrets import secret_matches
from erp.services.platform import Result, refuse_dry_run

PIN_ATTEMPTS = 5
PIN_LOCK_MINUTES = 10


class PinCheck(Result):
    """Whether a PIN was right, and what to tell the person if not."""

    accepted: bool
    message: str


def check_member_pin(
    session: Session, ctx: RequestContext, membership_id: UUID, pin: str
) -> PinCheck:
    """Compare a member's PIN and count failures; five lock it for ten minutes.

    It answers rather than refuses, so that the caller commits the count. Locks the member.

    Raises:
        NotFound: There is no such active member.
        InvalidInput: The member has no PIN.
        NoDryRun: The count would not be kept, so guessing would be free.
    """
    member = db.fetch_one(
        session,
        "select pin_hash, failed_pins, pin_locked_until from membership"
        " where tenant_id = %s and id = %s and is_active for update",
        (ctx.tenant_id, membership_id),
    )
    if member is None:
        raise NotFound("There is no such approver.")
    refuse_dry_run(session)
    if member["pin_hash"] is None:
        raise InvalidInput(
            "This person has no PIN yet. They set one under their name, in Your account.",
            fields={"pin": "there is no PIN yet: set one in Your account"},
        )
    if member["pin_locked_until"] and member["pin_locked_until"] > ctx.now:
        return PinCheck(
            accepted=False, message="This PIN is locked after too many attempts. Ask someone else."
        )
    accepted = secret_matches(member["pin_hash"], pin)
    _count(session, ctx, membership_id, 0 if accepted else member["failed_pins"] + 1)
    return PinCheck(accepted=accepted, message="" if accepted else "That PIN is not right.")


def get_approver(session: Session, ctx: RequestContext, membership_id: UUID) -> Principal:
    """Return an active member of the tenant with their permissions and limits.

    Raises:
        NotFound: There is none.
    """
    member = load_member(session, ctx.tenant_id, membership_id=membership_id)
    if member is None:
        raise NotFound("There is no such approver.")
    return member


def _count(session: Session, ctx: RequestContext, membership_id: UUID, failures: int) -> None:
    locked = (
        ctx.now + timedelta(minutes=PIN_LOCK_MINUTES)
        if failures and failures % PIN_ATTEMPTS == 0
        else None
    )
    db.execute(
        session,
        "update membership set failed_pins = %s, pin_locked_until = %s where tenant_id = %s and id = %s",
        (failures, locked, ctx.tenant_id, membership_id),
    )
