"""external identities.

Revision: 2026_11_21_identities
Follows: 2026_11_21_leagues
Created: 2026-11-21 19:20:00.000000+00:00
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_21_identities"
down_revision = "2026_11_21_leagues"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "external_identities",
        sa.Column("issuer", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name="fk_external_identities_user_id_users",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("issuer", "subject", name="pk_external_identities"),
    )
    op.create_index("ix_external_identities_user_id", "external_identities", ["user_id"])


def downgrade() -> None:
    """Take the change back. Whoever came by another issuer keeps an account that nobody can enter."""
    op.drop_table("external_identities")
