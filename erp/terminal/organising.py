"""Make an organisation of somebody's own, ready to receive goods and to sell."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import Any

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import DomainError
from erp.core.telemetry import configure_logging
from erp.embedded.beside import use_running_stack
from erp.seed.beginning import add_tax_classes, begin, open_books
from erp.services import catalogue_of_actions, identity, party, platform

__all__ = ["Refused", "Wanted", "catalogue_of_actions", "organise"]
_LONGEST = 200
_SHAPES = {
    "name": (r".+", "This is needed."),
    "address": (r".+", "This is needed."),
    "city": (r".+", "This is needed."),
    "owner_name": (r".+", "This is needed."),
    "code": (r"[a-z0-9-]{1,40}", "Up to 40 small letters, digits and dashes are needed."),
    "owner": (r"[A-Za-z0-9._%+@-]{3,120}", "3 to 120 letters, digits and . _ % + - @ are needed."),
    "pin": (r"[1-9][0-9]{5}", "Six digits are needed, the first not 0."),
    "phone": (r"(\+?[0-9][0-9 -]{5,18})?", "Digits are needed, such as +91 20 1234 5678."),
    "upi": (r"([A-Za-z0-9._-]{2,}@[A-Za-z0-9.-]{2,})?", "An address such as shop@bank is needed."),
}


class Refused(Exception):
    """The organisation was not made; the text says why, one line per option."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was typed."""

    name: str
    code: str
    gstin: str
    state: str
    address: str
    city: str
    pin: str
    phone: str
    drug_licence: str
    upi: str
    owner: str
    owner_name: str


def organise(typed: Wanted) -> list[str]:
    """Make the organisation and return what its owner needs to know.

    Every step but the first bears repetition and the owner comes last: an organisation that has no
    member yet is one whose making broke off, and is finished. Another that is being made meanwhile
    is waited for, so that its code and its owner's login are known to be taken.

    Raises:
        Refused: Something typed is wrong, there is such an organisation, or the wait was too long.
    """
    wanted = _stripped(typed)
    new = _checked(wanted)
    use_running_stack()
    configure_logging("WARNING")
    password = _password_for(wanted.owner)
    try:
        with _one_at_a_time():
            has_account = _has_account(wanted.owner)
            ctx = _resumed(new) or begin(new)
            _equip(ctx)
            _make_owner(ctx, wanted, password)
    except DomainError as refusal:
        raise Refused(refusal.message) from None
    login = f"Owner: {wanted.owner.lower()}  "
    ready = f"{new.name} is ready; programs know it as {new.slug}."
    if has_account:
        return [ready, f"{login}with the password this login has already"]
    return [
        ready,
        f"{login}{password}",
        "It is shown this once. Change it under Your account.",
    ]


def _stripped(typed: Wanted) -> Wanted:
    given = {field.name: getattr(typed, field.name).strip() for field in fields(typed)}
    return Wanted(**given | {"code": given["code"] or _code_of(given["name"])})


def _checked(wanted: Wanted) -> identity.NewTenant:
    wrong = dict(_problems(wanted))
    gstin = None
    try:
        gstin = party.read_gstin(wanted.gstin) if wanted.gstin else None
    except party.InvalidGstin as refusal:
        wrong["gstin"] = refusal.message
    state = wanted.state or (gstin.state_code if gstin else "")
    if gstin and state != gstin.state_code:
        wrong["state"] = f"The GSTIN is of the state {gstin.state_code}. Leave this option away."
    elif not wrong.get("gstin") and state not in party.LIVE_STATES:
        wrong["state"] = "Two digits of a GST state code are needed, such as 27 for Maharashtra."
    if wrong:
        raise Refused(
            "\n".join(f"--{name.replace('_', '-')}: {why}" for name, why in wrong.items())
        )
    return identity.NewTenant(
        name=wanted.name,
        slug=wanted.code,
        legal_name=wanted.name,
        trade_name=wanted.name,
        gstin=gstin.value if gstin else None,
        pan=gstin.pan if gstin else None,
        state_code=state,
        branch_code="MAIN",
        branch_name=wanted.city,
        address=wanted.address,
        city=wanted.city,
        pin=wanted.pin,
        phone=wanted.phone,
        drug_licence_no=wanted.drug_licence or None,
        upi_address=wanted.upi or None,
    )


def _problems(wanted: Wanted) -> Iterator[tuple[str, str]]:
    for field in fields(wanted):
        text = getattr(wanted, field.name)
        shape, need = _SHAPES.get(field.name, (".*", ""))
        if len(text) > _LONGEST or not text.isprintable():
            yield field.name, f"At most {_LONGEST} characters of one line are taken."
        elif not re.fullmatch(shape, text, re.ASCII):
            yield field.name, need


def _code_of(name: str) -> str:
    return "-".join(re.findall(r"[a-z0-9]+", name.lower()))[:40].strip("-")


def _password_for(login: str) -> str:
    """Return a random password that does not hold the login's name by chance."""
    name = login.partition("@")[0].lower()
    while name in (password := secrets.token_urlsafe(12)).lower():
        pass
    return password


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    with db.ops_session() as session:
        db.execute(session, "set local idle_in_transaction_session_timeout = 0")
        db.execute(session, "select pg_advisory_xact_lock(hashtextextended('organisation', 0))")
        yield


def _has_account(login: str) -> bool:
    with db.ops_session() as session:
        asked = "select 1 from user_account where login = %s"
        return db.fetch_one(session, asked, (login.lower(),)) is not None


def _resumed(new: identity.NewTenant) -> RequestContext | None:
    """Return what acts for an organisation whose making broke off; nothing if there is none.

    Raises:
        Refused: The code is taken.
    """
    with db.ops_session() as session:
        taken = db.fetch_one(session, "select id from tenant where slug = %s", (new.slug,))
    if taken is None:
        return None
    for place in identity.list_tenants():
        if place.slug == new.slug and place.name == new.name:
            ctx = identity.system_context(
                place.tenant_id, place.company_id, place.branch_id, place.time_zone
            )
            if not platform.run("identity.list_members", ctx, {}).result.model_dump()["rows"]:
                open_books(ctx, new.state_code)
                return ctx
    raise Refused(f"--code: There is an organisation {new.slug} already. Choose another code.")


def _equip(ctx: RequestContext) -> None:
    """Give it the tax classes of today's law, a store and a till."""
    add_tax_classes(ctx)
    store = _run(ctx, "inventory.create_warehouse", code="MAIN", name="Main store")
    till = {"code": "POS1", "name": "Front counter", "location_id": store["storage_id"]}
    _run(ctx, "pos.create_register", **till)


def _make_owner(ctx: RequestContext, wanted: Wanted, password: str) -> None:
    person = {"login": wanted.owner, "display_name": wanted.owner_name, "password": password}
    platform.run("identity.create_user", ctx, person | {"roles": ["owner"]})


def _run(ctx: RequestContext, command: str, **given: Any) -> dict[str, Any]:  # noqa: ANN401  as its input
    done = platform.run(command, ctx, given | {"idempotency_key": f"beginning-{command}"})
    return done.result.model_dump()
