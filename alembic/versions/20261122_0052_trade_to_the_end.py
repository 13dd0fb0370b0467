"""Forms of drug licences, saved recipes, a doctor's word on substitutes, and links to orders."""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("party", sa.Column("drug_licence_form", sa.String(), nullable=True))
    op.create_check_constraint(
        op.f("ck_party_drug_licence_form"),
        "party",
        "drug_licence_form in ('20-C', '20-D', '25-C', 'other')",
    )
    op.create_check_constraint(
        op.f("ck_party_licence_form_of_number"),
        "party",
        "drug_licence_form is null or drug_licence_no is not null",
    )


def downgrade() -> None:
    op.drop_column("party", "drug_licence_form")
