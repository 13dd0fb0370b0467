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
    Order,
    Query,
    Result,
    Rows,
    SortedPage,
    Text,
    fetch_page,
    query,
)

_FIRST = UUID(int=0)


class ListParties(SortedPage):
    """Which parties to list, by name."""

    sort: Annotated[
        str,
        Order(
            "name",
            {
                "name": "text",
                "kind": "text",
                "phone": "text",
                "city": "text",
                "is_active": "yes_no",
            },
        ),
    ] = ""
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
     where p.tenant_id = %(tenant)s
"""
_FOUND: LiteralString = "and p.id in (select id from sec.search_parties(%(words)s,"
_MOST_MATCHES = 1000
"""Parties a search on a list may reach; more words narrow it."""


@query("party.list_parties", permission="party.view", rest="GET /parties")
def list_parties(session: Session, ctx: RequestContext, wanted: ListParties) -> PartyPage:
    """List parties by name."""
    words = search_words(wanted.search)
    if wanted.search and not words:
        return PartyPage(rows=[])
    rows, cursor = fetch_page(
        session,
        wanted,
        _list_text(wanted, is_searched=bool(words)),
        {
            "tenant": ctx.tenant_id,
            "first": _FIRST,
            "after_name": "",
            "after_id": _FIRST,
            "words": words,
            "matches": _MOST_MATCHES,
            "role": wanted.role,
            "kind": wanted.kind,
        },
    )
    page = [PartyRow(**row) for row in rows]
    return PartyPage(rows=page, next_cursor=cursor)


def _list_text(wanted: ListParties, *, is_searched: bool) -> LiteralString:
    """Return the list's statement with only the conditions that are asked for."""
    parts: list[LiteralString] = [_LIST]
    if is_searched:
        parts += [_FOUND, "'', %(first)s" if wanted.sort else "%(after_name)s, %(after_id)s"]
        parts.append("::uuid, %(matches)s))")
    if wanted.role is not None:
        parts.append(
            "and exists (select 1 from party_role r where r.tenant_id = p.tenant_id"
            " and r.party_id = p.id and r.role = %(role)s)"
        )
    if wanted.kind is not None:
        parts.append("and p.kind = %(kind)s")
    if not wanted.including_inactive:
        parts.append("and p.is_active")
    return " ".join(parts)


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
