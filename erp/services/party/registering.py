"""Registering parties: one party in any number of roles."""

import re
import unicodedata
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import delete
from sqlalchemy.orm import Session
from sqlmodel import col

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.models.party import LicenceForm, Party, PartyKind, PartyRole, PartyRoleName
from erp.models.party.party import GstCategory
from erp.services.party.details import (
    TERMS,
    CreditDays,
    Email,
    Pan,
    PartyCode,
    Phone,
    Pin,
    price_list_for,
    require_right_to_terms,
    set_registration,
)
from erp.services.party.errors import UnknownParty, WalkInProtected
from erp.services.party.events import PartyCreated, PartyStatusChanged, PartyUpdated
from erp.services.party.selling import WALK_IN_CODE
from erp.services.platform import (
    Amount,
    Command,
    Day,
    Identified,
    Result,
    ShortText,
    StateCode,
    Text,
    command,
    emit,
)

Roles = Annotated[frozenset[PartyRoleName], Field(min_length=1)]
_WORD = re.compile(r"[a-z0-9]+")
_MOBILE_DIGITS = 10


class CreateParty(Command):
    """Add someone the business deals with.

    Attributes:
        code: Short unique name; numbered where none is given.
        price_list: The kind's usual list where none is given.
        credit_limit: Rupees the party may owe.
    """

    code: PartyCode | None = None
    name: ShortText
    kind: PartyKind
    roles: Roles = frozenset({PartyRoleName.CUSTOMER})
    gst_category: GstCategory = GstCategory.UNREGISTERED
    gstin: Annotated[str, Field(max_length=20)] = ""
    pan: Pan = ""
    state_code: StateCode
    address: Text = ""
    city: Text = ""
    pin: Pin = ""
    phone: Phone = ""
    email: Email = ""
    price_list: ShortText | None = None
    credit_days: CreditDays = 0
    credit_limit: Amount = Decimal(0)
    drug_licence_no: Text = ""
    drug_licence_form: LicenceForm | Literal[""] = ""
    drug_licence_expires_on: Day | None = None
    birth_on: Day | None = None
    sex: Literal["", "female", "male", "other"] = ""
    note: Text = ""


class UpdateParty(Command):
    """Change a party; what is left out stays, an empty text and a day of null clear."""

    party_id: UUID
    name: ShortText | None = None
    kind: PartyKind | None = None
    roles: Roles | None = None
    gst_category: GstCategory | None = None
    gstin: Annotated[str, Field(max_length=20)] | None = None
    pan: Pan | None = None
    state_code: StateCode | None = None
    address: Text | None = None
    city: Text | None = None
    pin: Pin | None = None
    phone: Phone | None = None
    email: Email | None = None
    price_list: ShortText | None = None
    credit_days: CreditDays | None = None
    credit_limit: Amount | None = None
    drug_licence_no: Text | None = None
    drug_licence_form: LicenceForm | Literal[""] | None = None
    drug_licence_expires_on: Day | None = None
    birth_on: Day | None = None
    sex: Literal["", "female", "male", "other"] | None = None
    note: Text | None = None


class SetPartyStatus(Command):
    """Close a party for new business, or open it again."""

    party_id: UUID
    is_active: bool


class PartyRegistered(Result):
    """The party and the code it got."""

    id: UUID
    code: str


_CLEARED = ("gstin", "pan", "drug_licence_no", "drug_licence_form", "sex")
"""Columns that hold nothing rather than an empty text."""

_DAYS = ("drug_licence_expires_on", "birth_on")


@command("party.create_party", permission="party.edit", rest="POST /parties")
def create_party(session: Session, ctx: RequestContext, cmd: CreateParty) -> PartyRegistered:
    """Register a party in one or more roles.

    Raises:
        InvalidGstin: The GSTIN is wrong; the message says which part.
        GstinMissing: A registered party has none.
        GstinUnexpected: An unregistered party has one.
        GstinStateDiffers: It is of another state than the address; may be confirmed.
        InvalidInput: The party is born in the future, or a licence has a form and no number.
        PermissionDenied: The party would get terms, and the actor may not give credit.
        Conflict: The code is taken.

    Emits:
        party.party_created.v1, in the same transaction.
    """
    usual = {"credit_limit": 0, "credit_days": 0, "price_list": price_list_for(cmd.kind)}
    given = {name: getattr(cmd, name) for name in TERMS}
    require_right_to_terms(ctx, [n for n, v in given.items() if v not in (None, usual[n])])
    facts = cmd.model_dump(exclude={"idempotency_key", "roles", "code", "price_list"})
    party = Party(
        tenant_id=ctx.tenant_id,
        code=cmd.code or _next_code(session, ctx, cmd.kind),
        price_list=cmd.price_list or price_list_for(cmd.kind),
        **_cleared(facts),
    )
    _check(ctx, party)
    session.add(party)
    session.flush()
    _set_roles(session, ctx, party.id, cmd.roles)
    emit(session, ctx, party.id, PartyCreated(party_id=party.id, kind=party.kind))
    return PartyRegistered(id=party.id, code=party.code)


@command("party.update_party", permission="party.edit", rest="PATCH /parties/{party_id}")
def update_party(session: Session, ctx: RequestContext, cmd: UpdateParty) -> Identified:
    """Change a party's details; documents already posted keep what they were printed with.

    Raises:
        UnknownParty: The party is not in the acting tenant.
        InvalidGstin, GstinMissing, GstinUnexpected, GstinStateDiffers: As when registering.
        PermissionDenied: Its terms would change, and the actor may not give credit.

    Emits:
        party.party_updated.v1, in the same transaction.
    """
    party = _party(session, ctx, cmd.party_id)
    changes = cmd.model_dump(exclude={"idempotency_key", "party_id", "roles"}, exclude_none=True)
    new_terms = [n for n in TERMS if n in changes and changes[n] != getattr(party, n)]
    require_right_to_terms(ctx, new_terms)
    changes |= {day: None for day in _DAYS if day in cmd.model_fields_set and day not in changes}
    for field, value in _cleared(changes).items():
        setattr(party, field, value)
    _check(ctx, party)
    if cmd.roles is not None:
        _set_roles(session, ctx, party.id, cmd.roles)
    emit(session, ctx, party.id, PartyUpdated(party_id=party.id))
    return Identified(id=party.id)


@command("party.set_party_status", permission="party.edit", rest="POST /parties/{party_id}/status")
def set_party_status(session: Session, ctx: RequestContext, cmd: SetPartyStatus) -> Identified:
    """Close a party for new business or open it again; its history stays.

    Raises:
        UnknownParty: The party is not in the acting tenant.
        WalkInProtected: It is the walk-in customer, whom every till needs.

    Emits:
        party.party_status_changed.v1, in the same transaction.
    """
    party = _party(session, ctx, cmd.party_id)
    if party.code == WALK_IN_CODE and not cmd.is_active:
        raise WalkInProtected("Tills sell to the walk-in customer; it cannot be closed.")
    party.is_active = cmd.is_active
    event = PartyStatusChanged(party_id=party.id, is_active=cmd.is_active)
    emit(session, ctx, party.id, event)
    return Identified(id=party.id)


def _party(session: Session, ctx: RequestContext, party_id: UUID) -> Party:
    party = session.get(Party, (ctx.tenant_id, party_id))
    if party is None:
        message = "This party is not known here. Search again."
        raise UnknownParty(message, fields={"party_id": message})
    return party


def _cleared(facts: dict[str, Any]) -> dict[str, Any]:
    return {
        name: None if name in _CLEARED and not value else value for name, value in facts.items()
    }


def _check(ctx: RequestContext, party: Party) -> None:
    """Check what several fields say together, and write the search words anew."""
    set_registration(ctx, party)
    if party.drug_licence_form and not party.drug_licence_no:
        message = "Give the number of the licence too, or leave its form out."
        raise InvalidInput(message, fields={"drug_licence_no": message})
    born: date | None = party.birth_on
    if born is not None and born > ctx.today:
        message = "This day is still to come."
        raise InvalidInput(message, fields={"birth_on": message})
    party.search_text = search_text_of(party)


def search_text_of(party: Party) -> str:
    """Return the words a party may be asked for by, each once.

    A phone number is found by its beginning with and without the country's code.
    """
    digits = "".join(char for char in party.phone if char.isdigit())
    texts = (party.name, party.code, party.gstin or "", party.city, party.email)
    words = [word for text in texts for word in _words(text)]
    whole = "".join(_words(party.code))
    return " ".join(dict.fromkeys([*words, whole, digits, digits[-_MOBILE_DIGITS:]])).strip()


def search_words(text: str) -> str:
    """Return what was typed as a text-search query: every word, in any order, as a beginning.

    A number typed in groups, such as `98765 43210` or `+91-98765...`, is one word.
    """
    is_number = bool(text.strip()) and not set(text) - set("+0123456789 -")
    words = ["".join(filter(str.isdigit, text))] if is_number else _words(text)
    return " & ".join(f"{word}:*" for word in dict.fromkeys(words) if word)


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text)
    bare = "".join(char for char in plain if not unicodedata.combining(char))
    return _WORD.findall(bare.lower())


def _next_code(session: Session, ctx: RequestContext, kind: PartyKind) -> str:
    """Return the next free code of the kind's letter; registrations at once wait for each other."""
    letter = "P" if kind == PartyKind.PATIENT else "C"
    name = f"party.code|{ctx.tenant_id}|{letter}"
    db.execute(session, "select pg_advisory_xact_lock(hashtextextended(%s, 0))", (name,))
    found = db.fetch_one(
        session,
        "select coalesce(max(substr(code, 2)::bigint), 0) + 1 as number from party"
        " where tenant_id = %s and code ~ %s",
        (ctx.tenant_id, f"^{letter}[0-9]{{5,12}}$"),
    )
    assert found is not None  # noqa: S101  an aggregate always answers
    return f"{letter}{found['number']:05d}"


def _set_roles(
    session: Session, ctx: RequestContext, party_id: UUID, roles: frozenset[PartyRoleName]
) -> None:
    session.execute(
        delete(PartyRole).where(
            col(PartyRole.tenant_id) == ctx.tenant_id, col(PartyRole.party_id) == party_id
        )
    )
    session.add_all(
        PartyRole(tenant_id=ctx.tenant_id, party_id=party_id, role=role) for role in sorted(roles)
    )
