"""Reads of the party register."""

from datetime import date
from decimal import Decimal
from typing import Annotated, LiteralString
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.party import LicenceForm, PartyKind, PartyRoleName
from erp.models.party.party import GstCategory
from erp.services.party.errors import UnknownParty
from erp.services.party.registering import search_words
from erp.services.platform import (
    Page,
    Query,
    Result,
    Rows,
    Text,
    decode_cursor,
    encode_cursor,
    query,
)

_FIRST = UUID(int=0)


class ListParties(Page):
    """Which parties to list, by name."""

    role: PartyRoleName | None = None
    kind: PartyKind | None = None
    including_inactive: bool = False


class PartyRow(Result):
    """A party on a list."""

    id: UUID
    code: str
    name: str
    kind: PartyKind
    roles: list[PartyRoleName]
    gstin: str | None
    state_code: str
    city: str
    phone: str
    price_list: str
    credit_days: int
    credit_limit: Decimal
    is_active: bool


class PartyPage(Rows):
    """A page of parties."""

    rows: list[PartyRow]


class FindParties(Query):
    """What was typed to find a customer at the counter."""

    search: Text
    limit: Annotated[int, Field(ge=1, le=50)] = 10


class FoundParty(Result):
    """A party as a search shows it."""

    id: UUID
    code: str
    name: str
    kind: PartyKind
    phone: str
    city: str
    gstin: str | None


class FoundParties(Rows):
    """What matches, by name."""

    rows: list[FoundParty]


class GetParty(Query):
    """Which party."""

    party_id: UUID


class PartyDetail(PartyRow):
    """A party with everything we know of it."""

    gst_category: GstCategory
    pan: str | None
    address: str
    pin: str
    email: str
    drug_licence_no: str | None
    drug_licence_form: LicenceForm | None
    drug_licence_expires_on: date | None
    birth_on: date | None
    sex: str | None
    note: str


_LIST: LiteralString = """
    select p.id, p.code, p.name, p.kind, p.gstin, p.state_code, p.city, p.phone, p.price_list,
           p.credit_days, p.credit_limit, p.is_active,
           array(select r.role from party_role r
                  where r.tenant_id = p.tenant_id and r.party_id = p.id order by r.role) as roles
      from party p
     where p.tenant_id = %(tenant)s and (p.name, p.id) > (%(name)s, %(id)s::uuid)
"""
_MOST_MATCHES = 1000
"""Parties a search on a list may reach; more words narrow it."""


@query("party.list_parties", permission="party.view", rest="GET /parties")
def list_parties(session: Session, ctx: RequestContext, wanted: ListParties) -> PartyPage:
    """List parties by name."""
    words = search_words(wanted.search)
    if wanted.search and not words:
        return PartyPage(rows=[])
    after = decode_cursor(wanted.cursor, 2) or ["", str(_FIRST)]
    rows = db.fetch_all(
        session,
        _list_text(wanted, is_searched=bool(words)),
        {
            "tenant": ctx.tenant_id,
            "name": after[0],
            "id": after[1],
            "words": words,
            "matches": _MOST_MATCHES,
            "role": wanted.role,
            "kind": wanted.kind,
            "limit": wanted.limit + 1,
        },
    )
    page = [PartyRow(**row) for row in rows[: wanted.limit]]
    more = len(rows) > wanted.limit
    cursor = encode_cursor(page[-1].name, page[-1].id) if more else ""
    return PartyPage(rows=page, next_cursor=cursor)


def _list_text(wanted: ListParties, *, is_searched: bool) -> LiteralString:
    """Return the list's statement with only the conditions that are asked for."""
    parts: list[LiteralString] = [_LIST]
    if is_searched:
        parts.append(
            "and p.id in (select id from sec.search_parties("
            "%(words)s, %(name)s, %(id)s::uuid, %(matches)s))"
        )
    if wanted.role is not None:
        parts.append(
            "and exists (select 1 from party_role r where r.tenant_id = p.tenant_id"
            " and r.party_id = p.id and r.role = %(role)s)"
        )
    if wanted.kind is not None:
        parts.append("and p.kind = %(kind)s")
    if not wanted.including_inactive:
        parts.append("and p.is_active")
    return " ".join([*parts, "order by p.name, p.id limit %(limit)s"])


@query("party.find_parties", permission="party.view", rest="GET /parties/search")
def find_parties(session: Session, ctx: RequestContext, wanted: FindParties) -> FoundParties:
    """Find active parties by words of the name, beginning of the phone, code or GSTIN."""
    words = search_words(wanted.search)
    if not words:
        return FoundParties(rows=[])
    rows = db.fetch_all(
        session,
        """
        select p.id, p.code, p.name, p.kind, p.phone, p.city, p.gstin
          from sec.search_parties(%(words)s, '', %(first)s, %(limit)s) found
          join party p on p.tenant_id = %(tenant)s and p.id = found.id
         order by p.name, p.id
        """,
        {"tenant": ctx.tenant_id, "words": words, "first": _FIRST, "limit": wanted.limit},
    )
    return FoundParties(rows=[FoundParty(**row) for row in rows])


@query("party.get_party", permission="party.view", rest="GET /parties/{party_id}")
def get_party(session: Session, ctx: RequestContext, wanted: GetParty) -> PartyDetail:
    """Return a party.

    Raises:
        UnknownParty: The party is not in the acting tenant.
    """
    row = db.fetch_one(
        session,
        """
        select p.id, p.code, p.name, p.kind, p.gstin, p.state_code, p.city, p.phone,
               p.price_list, p.credit_days, p.credit_limit, p.is_active, p.gst_category, p.pan,
               p.address, p.pin, p.email, p.drug_licence_no, p.drug_licence_form,
               p.drug_licence_expires_on, p.birth_on, p.sex, p.note,
               array(select r.role from party_role r
                      where r.tenant_id = p.tenant_id and r.party_id = p.id
                      order by r.role) as roles
          from party p where p.tenant_id = %s and p.id = %s
        """,
        (ctx.tenant_id, wanted.party_id),
    )
    if row is None:
        message = "This party is not known here. Search again."
        raise UnknownParty(message, fields={"party_id": message})
    return PartyDetail(**row)
