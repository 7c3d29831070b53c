"""leagues joined later.

Revision: 2026_11_21_leagues
Follows: 2026_11_21_game
Created: 2026-11-21 19:05:00.000000+00:00
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_21_leagues"
down_revision = "2026_11_21_game"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change. Whoever has a score by now has joined already.

    The index is built while writers wait; it is empty, so that takes a scan of the table.
    """
    op.add_column(
        "weekly_scores",
        sa.Column("awaits_group", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.create_index(
        "ix_weekly_scores_awaiting",
        "weekly_scores",
        ["week_on", "user_id"],
        postgresql_where=sa.text("awaits_group"),
        sqlite_where=sa.text("awaits_group"),
    )


def downgrade() -> None:
    """Take the change back. Whoever still waits stays without a group for that week."""
    op.drop_index("ix_weekly_scores_awaiting", "weekly_scores")
    op.drop_column("weekly_scores", "awaits_group")
