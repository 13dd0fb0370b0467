"""Members of a clinic, each acting as their own request would."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

from erp.core import db
from erp.core.clock import utc_now
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.services import identity, platform

PIN = "4821"


def member(owner: RequestContext, name: str, *roles: str, pin: str = PIN) -> RequestContext:
    """Add a member with roles and a PIN, and return the context they act in."""
    given = {
        "login": f"{name.lower()}-{uuid4().hex[:10]}@clinic.example",
        "display_name": name,
        "password": "correct horse battery staple",
        "roles": roles or ("technician",),
    }
    made: Any = platform.run("identity.create_user", owner, given).result
    if pin:
        platform.run("identity.set_pin", owner, {"member_id": made.id, "pin": pin})
    with db.unit_of_work(owner) as session:
        principal = identity.get_approver(session, owner, made.id)
    return identity.context_for(principal, source="test", request_id=f"test-{new_id()}")


def act(person: RequestContext, name: str, given: Any, *, at: Any = None, confirm: Any = ()) -> Any:
    """Run an action as a person, now or at an instant."""
    acting = replace(person, now=at or utc_now(), request_id=f"test-{new_id()}")
    return platform.run(f"imaging.{name}", acting, given, confirm=confirm).result
