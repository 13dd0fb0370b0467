"""The hash chain of posted entries: what was posted cannot be altered unseen, by nobody."""

from datetime import datetime
from typing import Final, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.services.platform import Chain, broken_seals, chain_rows, referee

AT_ONCE: Final = 500
DIGEST: LiteralString = """
    sha256(convert_to(jsonb_build_array(
        journal_entry.tenant_id, journal_entry.id, journal_entry.company_id, journal_entry.branch_id,
        journal_entry.period_id, journal_entry.journal, journal_entry.effective_on, journal_entry.origin_type,
        journal_entry.origin_id, journal_entry.purpose, journal_entry.narration, journal_entry.line_count,
        journal_entry.total, journal_entry.reverses_entry_id, journal_entry.user_id,
        extract(epoch from journal_entry.recorded_at),
        (select jsonb_agg(jsonb_build_array(
                    line.line_no, line.account_id, line.effective_on, line.debit, line.credit, line.party_id,
                    line.cost_centre, line.due_on, line.note) order by line.line_no)
           from journal_line line
          where (line.tenant_id, line.entry_id) = (journal_entry.tenant_id, journal_entry.id)))::text, 'UTF8'))
"""
"""SHA-256 of everything an entry and its lines say, as text that depends on no session setting."""

LEDGER: Chain = Chain("journal_entry", "ledger_seal", "entry_id", DIGEST)


def next_to_seal(session: Session) -> UUID | None:
    """Return the tenant whose entry has waited longest to be sealed; needs the operators' role."""
    row = db.fetch_one(
        session, "select tenant_id from ledger_queue order by entry_id, tenant_id limit 1"
    )
    return row["tenant_id"] if row else None


def seal_entries(session: Session, tenant_id: UUID, *, now: datetime, limit: int = AT_ONCE) -> int:
    """Chain a tenant's waiting entries and take them off the queue; return how many.

    One sealer at a time works on a tenant: a second one finds it locked and does nothing. Entries are
    chained in the order in which they became visible. Needs the operators' role.
    """
    lock = "select pg_try_advisory_xact_lock(hashtextextended(%s, 7312)) as mine"
    mine = db.fetch_one(session, lock, (str(tenant_id),))
    if not mine or not mine["mine"]:
        return 0
    waiting = db.fetch_all(
        session,
        f"""
        with taken as (
            delete from ledger_queue where tenant_id = %(tenant)s and entry_id in (
                select entry_id from ledger_queue where tenant_id = %(tenant)s
                 order by entry_id limit %(limit)s)
            returning entry_id)
        select journal_entry.id, {DIGEST} as digest from journal_entry
         where journal_entry.tenant_id = %(tenant)s and journal_entry.id in (select entry_id from taken)
         order by journal_entry.id
        """,  # noqa: S608  a constant of this module
        {"tenant": tenant_id, "limit": limit},
    )
    if waiting:
        chain_rows(session, LEDGER, tenant_id, waiting, now)
    return len(waiting)


referee(
    "L11",
    "Every entry waits to be sealed or is sealed, exactly once",
    counted="select count(*) from journal_entry",
    offenders="""
        select e.tenant_id, e.id as entry_id,
               case when q.entry_id is null then 'neither waiting nor sealed'
                    else 'waiting and sealed' end as why
          from journal_entry e
          left join ledger_queue q on (q.tenant_id, q.entry_id) = (e.tenant_id, e.id)
          left join ledger_seal s on (s.tenant_id, s.entry_id) = (e.tenant_id, e.id)
         where (q.entry_id is null) = (s.entry_id is null)
         order by e.tenant_id, e.id limit 1
    """,
)
referee(
    "L12",
    "The chain of every tenant's entries is unbroken and says what the entries say",
    counted="select count(*) from ledger_seal",
    offenders=broken_seals(LEDGER),
)
