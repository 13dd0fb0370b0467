"""W17: the GSTR-1 of a month of 20,000 bills, from posted documents to the frozen file."""

import random
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg

from bench.loading import Shop
from bench.measuring import Figure, figure, timed
from bench.workloads import cart
from erp.services import platform

BILLS = 20_000
_NEW_IDS = """
    create temporary table copied as
    select n, uuidv7() as sale_id, uuidv7() as invoice_id, uuidv7() as entry_id
      from generate_series(1, %(bills)s) n
"""
_COPIES = (
    """
    insert into invoice select (jsonb_populate_record(i, jsonb_build_object('id', c.invoice_id,
           'origin_id', c.sale_id, 'number', 'COPY/' || lpad(c.n::text, 6, '0'), 'issued_on', %(day)s::date))).*
      from invoice i cross join copied c where i.tenant_id = %(tenant)s and i.id = %(invoice)s
    """,
    """
    insert into invoice_line select (jsonb_populate_record(l, jsonb_build_object('invoice_id', c.invoice_id))).*
      from invoice_line l cross join copied c where l.tenant_id = %(tenant)s and l.invoice_id = %(invoice)s
    """,
    """
    insert into journal_entry select (jsonb_populate_record(e, jsonb_build_object('id', c.entry_id,
           'origin_id', c.sale_id, 'effective_on', %(day)s::date))).*
      from journal_entry e cross join copied c where e.tenant_id = %(tenant)s and e.id = %(entry)s
    """,
    """
    insert into journal_line select (jsonb_populate_record(l, jsonb_build_object('entry_id', c.entry_id,
           'effective_on', %(day)s::date))).*
      from journal_line l cross join copied c where l.tenant_id = %(tenant)s and l.entry_id = %(entry)s
    """,
)


def load_bills(superuser: str, shop: Shop, invoice_id: UUID, bills: int = BILLS) -> None:
    """Copy one bill with its entry into last month; this is data, not trade."""
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute("set session_replication_role = replica")
        row = connection.execute(
            "select e.id, (date_trunc('month', current_date) - interval '1 day')::date from invoice i"
            " join journal_entry e on (e.tenant_id, e.origin_id) = (i.tenant_id, i.origin_id)"
            " where i.tenant_id = %s and i.id = %s",
            (shop.ctx.tenant_id, invoice_id),
        ).fetchone()
        assert row is not None
        about = {
            "tenant": shop.ctx.tenant_id,
            "invoice": invoice_id,
            "entry": row[0],
            "day": row[1],
        }
        connection.execute(_NEW_IDS, {"bills": bills})
        for copy in _COPIES:
            connection.execute(copy, about)
        connection.execute("vacuum analyze")


def return_figures(superuser: str, shop: Shop) -> list[Figure]:
    """Prepare the return, read it, and list the rows of its largest figure; at the service."""
    wanted = cart(shop.shifts[0], list(shop.variants), random.Random(1))
    sold: Any = platform.run("pos.post_sale", shop.ctx, wanted).result
    load_bills(superuser, shop, sold.invoice_id)
    found: Any = platform.run("gst_returns.list_registrations", shop.ctx, {}).result
    month = (shop.ctx.today.replace(day=1) - timedelta(days=1)).replace(day=1)
    given = {"gstin": found.rows[0].gstin, "form": "gstr1", "starts_on": month}
    made: list[UUID] = []

    def prepare() -> None:
        answer: Any = platform.run("gst_returns.prepare_return", shop.ctx, given).result
        made.append(answer.id)

    def read() -> None:
        platform.run("gst_returns.get_return", shop.ctx, {"return_id": made[-1]})

    def behind() -> None:
        part = {"return_id": made[-1], "part": "b2cs"}
        platform.run("gst_returns.list_figure_rows", shop.ctx, part)

    label = f"of {BILLS:,} bills"
    return [
        figure(f"W17 GSTR-1 {label}: prepare", timed(prepare, 5, 1)),
        figure(f"W17 GSTR-1 {label}: open", timed(read, 20, 2)),
        figure(f"W17 GSTR-1 {label}: rows of a figure", timed(behind, 5, 1)),
    ]
