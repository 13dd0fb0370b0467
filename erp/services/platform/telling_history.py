"""What happened to one record: who, when, from where, and each fact before and after."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.platform.commanding import query
from erp.services.platform.inputs import Query, Result, Rows

MOST_EVENTS = 100
MOST_CHANGES = 20
"""Facts of one act that are told; a document of many lines has the rest on its page."""
LONGEST = 200
_UNTOLD = frozenset({"idempotency_key"})
_CODE = re.compile(r"[0-9a-f]{64}|[0-9]+(\.[0-9]+){5,}")
"""Digests of bytes and identifiers of DICOM."""

Withheld = Callable[[Session, RequestContext, UUID], bool]
_WITHHELD: list[Withheld] = []


def withhold_history(withheld: Withheld) -> None:
    """Keep what was set on a record untold while a rule of its domain says so; that it was done is told."""
    _WITHHELD.append(withheld)


class ListHistory(Query):
    """What happened to one record."""

    record_id: UUID


class Change(Result):
    """A fact that an act set; `before` is what an earlier act of the record had set it to."""

    field: str
    before: str
    after: str


class HistoryRow(Result):
    """An act on a record: its last event, with those that happened in it.

    Attributes:
        also: Names of the other events of the same act, such as those of commands that it ran.
        audit_id: The command behind it in the audit, which ran all others; none where a process acted by itself.
        within: The name of that command, where another one that it ran set what is told.
        source, ip_address: Where it came from.
    """

    id: UUID
    name: str
    also: list[str]
    within: str
    person: str
    occurred_at: datetime
    audit_id: UUID | None
    source: str
    ip_address: str
    changes: list[Change]


class History(Rows):
    """Acts on a record, newest first, those of its latest hundred events."""

    rows: list[HistoryRow]


@query("platform.list_history", permission="platform.view", rest="GET /history/{record_id}")
def list_history(session: Session, ctx: RequestContext, wanted: ListHistory) -> History:
    """Return what happened to one record, such as a sale or a party, newest first.

    A command and its events are written in one transaction, whose instant both carry: that joins
    what happened with who asked for it, from where and with which input. A command is written down after
    those that it ran, so the last of a transaction ran them all; the record's facts are in the input of the first
    one of its own domain.
    """
    is_withheld = any(rule(session, ctx, wanted.record_id) for rule in _WITHHELD)
    rows = db.fetch_all(
        session,
        """
        select e.id, e.name, coalesce(m.display_name, 'system') as person, e.occurred_at,
               whole.id as audit_id, coalesce(whole.source, '') as source,
               coalesce(whole.ip_address, '') as ip_address, own.id as own_id, own.input,
               case when own.id <> whole.id then whole.command else '' end as within
          from event e
          left join membership m on (m.tenant_id, m.user_id) = (e.tenant_id, e.user_id)
          left join lateral (
               select c.id, c.command, c.source, c.ip_address from command_log c
                where c.tenant_id = e.tenant_id and c.recorded_at = e.recorded_at
                  and c.request_id = e.request_id order by c.id desc limit 1) whole on true
          left join lateral (
               select c.id, c.input from command_log c
                where c.tenant_id = e.tenant_id and c.recorded_at = e.recorded_at and c.request_id = e.request_id
                order by split_part(c.command, '.', 1) = split_part(e.name, '.', 1) desc, c.id limit 1) own on true
         where e.tenant_id = %s and e.aggregate_id = %s order by e.id desc limit %s
        """,
        (ctx.tenant_id, wanted.record_id, MOST_EVENTS),
    )
    known: dict[str, str] = {}
    told: set[UUID | None] = set()
    acts: dict[UUID, HistoryRow] = {}
    for row in reversed(rows):
        given, own_id = row.pop("input") or {}, row.pop("own_id")
        is_told = is_withheld or own_id in told
        changes = [] if is_told else list(_changes(given, known))
        told.add(own_id)
        place = row["audit_id"] or row["id"]
        acts[place] = _act(row, changes, acts.pop(place, None))
    return History(rows=list(acts.values())[::-1])


def _act(row: db.Row, changes: list[Change], before: HistoryRow | None) -> HistoryRow:
    """Return an event as an act, with what happened in the same act before it."""
    if before is None:
        return HistoryRow(**row, also=[], changes=changes[:MOST_CHANGES])
    also = [*before.also, before.name]
    facts = [*before.changes, *changes][:MOST_CHANGES]
    within = row.pop("within") and before.within
    return HistoryRow(**row, within=within, also=also, changes=facts)


def _changes(given: Mapping[str, Any], known: dict[str, str]) -> Iterator[Change]:
    """Yield the facts of an input that differ from what is known, and learn them."""
    for field, after in _facts(given):
        before = known.get(field, "")
        if after != before:
            yield Change(field=field, before=before, after=after)
        known[field] = after


def _facts(given: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    """Yield what an input says in words: no ids and digests, which tell a reader nothing."""
    for name, value in given.items():
        field = f"{above}{name}"
        parts = _numbered(value) if isinstance(value, list) else value
        if isinstance(parts, Mapping):
            yield from _facts(parts, f"{field} ")
        elif name not in _UNTOLD and value is not None and not _is_code(value):
            yield field, f"{value}"[:LONGEST]


def _numbered(parts: list[Any]) -> dict[str, Any]:
    return {f"{place}": part for place, part in enumerate(parts, start=1)}


def _is_code(value: object) -> bool:
    text = f"{value}"
    try:
        UUID(text)
    except ValueError:
        return _CODE.fullmatch(text) is not None
    return True
