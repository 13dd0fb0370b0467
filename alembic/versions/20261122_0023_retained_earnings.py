"""The account that a company's profit is carried to."""

from alembic import op

from erp.core import migrating

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

ADDED = """
    insert into account (tenant_id, id, company_id, code, key, name, group_name, type, is_control, is_active)
    select distinct on (tenant_id, company_id) tenant_id, gen_random_uuid(), company_id, '3030',
           'retained_earnings', 'Retained Earnings', 'Reserves and Surplus', 'equity', false, true
      from account
    on conflict do nothing
"""
REMOVED = """
    delete from account a where key = 'retained_earnings'
       and not exists (select 1 from journal_line l where (l.tenant_id, l.account_id) = (a.tenant_id, a.id))
"""


def upgrade() -> None:
    with migrating.every_tenant("account"):
        op.execute(ADDED)


def downgrade() -> None:
    with migrating.every_tenant("account", "journal_line"):
        op.execute(REMOVED)
