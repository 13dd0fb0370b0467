"""What laboratories must know of patients: read from parties, never changed."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext


def people_with_codes(
    session: Session, ctx: RequestContext, codes: Collection[str]
) -> dict[str, db.Row]:
    """Return active parties by their exact code, of those that are named."""
    wanted = sorted({code.strip() for code in codes})
    rows = db.fetch_all(
        session,
        "select id, code, name, birth_on, sex from party"
        " where tenant_id = %s and is_active and code = any(%s)",
        (ctx.tenant_id, wanted),
    )
    return {row["code"]: row for row in rows}


def person(session: Session, ctx: RequestContext, party_id: UUID) -> db.Row | None:
    """Return a party; none where there is none."""
    return db.fetch_one(
        session,
        "select id, code, name, birth_on, sex from party where tenant_id = %s and id = %s",
        (ctx.tenant_id, party_id),
    )


def people(session: Session, ctx: RequestContext, ids: Collection[UUID]) -> dict[UUID, db.Row]:
    """Return parties by id."""
    rows = db.fetch_all(
        session,
        "select id, code, name, birth_on, sex from party where tenant_id = %s and id = any(%s)",
        (ctx.tenant_id, list(ids)),
    )
    return {row["id"]: row for row in rows}


def people_like(
    session: Session,
    ctx: RequestContext,
    codes: Collection[str],
    names: Collection[str],
    birth_on: str,
) -> list[db.Row]:
    """Return a few parties that a told patient may be, by number, by birthday or by all words."""
    return db.fetch_all(
        session,
        "select id, code, name, birth_on, sex from party where tenant_id = %(tenant)s and is_active"
        " and (upper(code) = any(%(codes)s) or (%(born)s <> '' and birth_on = nullif(%(born)s, '')::date)"
        " or (cardinality(%(names)s::text[]) > 0 and lower(name) like all(%(names)s::text[])))"
        " order by (upper(code) = any(%(codes)s)) desc, name, id limit 5",
        {
            "tenant": ctx.tenant_id,
            "codes": sorted({code.strip().upper() for code in codes}),
            "born": birth_on,
            "names": [f"%{word}%" for word in names],
        },
    )
