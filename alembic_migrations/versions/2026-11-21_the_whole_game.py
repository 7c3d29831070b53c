"""the whole game.

Revision: 2026_11_21_game
Follows: 2026_11_21_courses
Created: 2026-11-21 15:25:40.099994+00:00
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_21_game"
down_revision = "2026_11_21_courses"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    _create_definitions()
    _create_battles_and_challenges()
    _create_memberships()
    _add_columns()


def downgrade() -> None:
    """Take the change back.

    Not for a place where the game was played since: activities and entries of its kinds stay, and the
    release before does not know them. Restore a backup there.
    """
    _drop_columns()
    _drop_memberships()
    _drop_battles_and_challenges()
    _drop_definitions()


def _create_definitions() -> None:
    op.create_table(
        "bosses",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("description", sa.String(length=500), nullable=False),
        sa.Column("hp", sa.Integer(), nullable=False),
        sa.Column("xp", sa.Integer(), nullable=False),
        sa.Column("gold", sa.Integer(), nullable=False),
        sa.Column("strikes_back", sa.Boolean(), nullable=False),
        sa.Column("min_level", sa.SmallInteger(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bosses")),
        sa.UniqueConstraint("key", "revision", name=op.f("uq_bosses_key_revision")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("bosses", schema=None) as batch_op:
        batch_op.create_index(
            "uq_bosses_in_force",
            ["key"],
            unique=True,
            postgresql_where=sa.text("retired_at IS NULL"),
            sqlite_where=sa.text("retired_at IS NULL"),
        )

    op.create_table(
        "league_groups",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("week_on", sa.Date(), nullable=False),
        sa.Column("tier", sa.SmallInteger(), nullable=False),
        sa.Column("size", sa.SmallInteger(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_league_groups")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("league_groups", schema=None) as batch_op:
        batch_op.create_index("ix_league_groups_closing", ["closed_at", "week_on"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_league_groups_week_on_tier_size"),
            ["week_on", "tier", "size"],
            unique=False,
        )

    op.create_table(
        "score_buckets",
        sa.Column("table_key", sa.String(length=32), nullable=False),
        sa.Column(
            "floor",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("learners", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("table_key", "floor", name=op.f("pk_score_buckets")),
    )
    op.create_table(
        "badges",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("family", sa.String(length=64), nullable=False),
        sa.Column("tier", sa.SmallInteger(), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("description", sa.String(length=500), nullable=False),
        sa.Column("metric", sa.String(length=32), nullable=True),
        sa.Column("target", sa.Integer(), nullable=True),
        sa.Column("course_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("xp", sa.Integer(), nullable=False),
        sa.Column("gold", sa.Integer(), nullable=False),
        sa.Column("freezes", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["courses.id"],
            name=op.f("fk_badges_course_id_courses"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_badges")),
        sa.UniqueConstraint("key", "revision", name=op.f("uq_badges_key_revision")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("badges", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_badges_course_id"), ["course_id"], unique=False)
        batch_op.create_index(
            "uq_badges_in_force",
            ["key"],
            unique=True,
            postgresql_where=sa.text("retired_at IS NULL"),
            sqlite_where=sa.text("retired_at IS NULL"),
        )

    op.create_table(
        "league_members",
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("week_on", sa.Date(), nullable=False),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tier", sa.SmallInteger(), nullable=False),
        sa.Column("final_rank", sa.SmallInteger(), nullable=True),
        sa.Column("move", sa.SmallInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["league_groups.id"],
            name=op.f("fk_league_members_group_id_league_groups"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_league_members_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "week_on", name=op.f("pk_league_members")),
    )
    with op.batch_alter_table("league_members", schema=None) as batch_op:
        batch_op.create_index("ix_league_members_group_id", ["group_id"], unique=False)

    op.create_table(
        "notifications",
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column(
            "data",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_notifications_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_notifications")),
    )
    with op.batch_alter_table("notifications", schema=None) as batch_op:
        batch_op.create_index("ix_notifications_created_at", ["created_at"], unique=False)

    op.create_table(
        "parties",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("leader_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["leader_id"],
            ["users.id"],
            name=op.f("fk_parties_leader_id_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parties")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("parties", schema=None) as batch_op:
        batch_op.create_index("ix_parties_leader_id", ["leader_id"], unique=False)

    op.create_table(
        "quests",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cadence", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("description", sa.String(length=500), nullable=False),
        sa.Column("metric", sa.String(length=32), nullable=False),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("min_level", sa.SmallInteger(), nullable=False),
        sa.Column("badge_key", sa.String(length=64), nullable=True),
        sa.Column("requires_quest", sa.String(length=64), nullable=True),
        sa.Column("pool_from", sa.Date(), nullable=True),
        sa.Column("pool_until", sa.Date(), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("xp", sa.Integer(), nullable=False),
        sa.Column("gold", sa.Integer(), nullable=False),
        sa.Column("freezes", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["courses.id"],
            name=op.f("fk_quests_course_id_courses"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quests")),
        sa.UniqueConstraint("key", "revision", name=op.f("uq_quests_key_revision")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("quests", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_quests_cadence_pool_from"), ["cadence", "pool_from"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_quests_course_id"), ["course_id"], unique=False)
        batch_op.create_index(
            "uq_quests_in_force",
            ["key"],
            unique=True,
            postgresql_where=sa.text("retired_at IS NULL"),
            sqlite_where=sa.text("retired_at IS NULL"),
        )

    op.create_table(
        "weekly_scores",
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("week_on", sa.Date(), nullable=False),
        sa.Column("xp", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_weekly_scores_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "week_on", name=op.f("pk_weekly_scores")),
    )
    with op.batch_alter_table("weekly_scores", schema=None) as batch_op:
        batch_op.create_index(
            "ix_weekly_scores_table",
            ["week_on", "xp", "user_id"],
            unique=False,
            postgresql_where=sa.text("shown"),
            sqlite_where=sa.text("shown"),
        )


def _create_battles_and_challenges() -> None:
    op.create_table(
        "badge_awards",
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("badge_key", sa.String(length=64), nullable=False),
        sa.Column("badge_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("awarded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "activity_sequence",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["badge_id"],
            ["badges.id"],
            name=op.f("fk_badge_awards_badge_id_badges"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_badge_awards_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "badge_key", name=op.f("pk_badge_awards")),
    )
    with op.batch_alter_table("badge_awards", schema=None) as batch_op:
        batch_op.create_index("ix_badge_awards_badge_id", ["badge_id"], unique=False)

    op.create_table(
        "boss_battles",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("boss_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("week_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "started_sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "won_sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("hp", sa.Integer(), nullable=False),
        sa.Column("damage", sa.Integer(), nullable=False),
        sa.Column("xp", sa.Integer(), nullable=False),
        sa.Column("gold", sa.Integer(), nullable=False),
        sa.Column("strikes_back", sa.Boolean(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("won_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "damage >= 0 AND damage <= hp", name=op.f("ck_boss_battles_damage_within")
        ),
        sa.ForeignKeyConstraint(
            ["boss_id"],
            ["bosses.id"],
            name=op.f("fk_boss_battles_boss_id_bosses"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_boss_battles_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["week_id"],
            ["weeks.id"],
            name=op.f("fk_boss_battles_week_id_weeks"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_boss_battles")),
        sa.UniqueConstraint("user_id", "week_id", name=op.f("uq_boss_battles_user_id_week_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("boss_battles", schema=None) as batch_op:
        batch_op.create_index("ix_boss_battles_boss_id", ["boss_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_boss_battles_user_id_won_at"), ["user_id", "won_at"], unique=False
        )
        batch_op.create_index("ix_boss_battles_week_id", ["week_id"], unique=False)

    op.create_table(
        "challenges",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("revision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("party_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("description", sa.String(length=500), nullable=False),
        sa.Column("metric", sa.String(length=32), nullable=False),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("badge_key", sa.String(length=64), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "told_up_to", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("xp", sa.Integer(), nullable=False),
        sa.Column("gold", sa.Integer(), nullable=False),
        sa.Column("freezes", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["courses.id"],
            name=op.f("fk_challenges_course_id_courses"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["users.id"],
            name=op.f("fk_challenges_created_by_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["party_id"],
            ["parties.id"],
            name=op.f("fk_challenges_party_id_parties"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenges")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("challenges", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_challenges_course_id"), ["course_id"], unique=False)
        batch_op.create_index("ix_challenges_created_by", ["created_by"], unique=False)
        batch_op.create_index(
            "ix_challenges_closing",
            ["ends_at", "id"],
            unique=False,
            postgresql_where=sa.text("closed_at IS NULL"),
            sqlite_where=sa.text("closed_at IS NULL"),
        )
        batch_op.create_index(
            "ix_challenges_telling",
            ["id"],
            unique=False,
            postgresql_where=sa.text("told_up_to < 9223372036854775807"),
            sqlite_where=sa.text("told_up_to < 9223372036854775807"),
        )
        batch_op.create_index(
            batch_op.f("ix_challenges_party_id_ends_at"), ["party_id", "ends_at"], unique=False
        )

    op.create_table(
        "party_battles",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("party_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("boss_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("hp", sa.Integer(), nullable=False),
        sa.Column("damage", sa.Integer(), nullable=False),
        sa.Column("xp", sa.Integer(), nullable=False),
        sa.Column("gold", sa.Integer(), nullable=False),
        sa.Column("strikes_back", sa.Boolean(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("won_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "damage >= 0 AND damage <= hp", name=op.f("ck_party_battles_damage_within")
        ),
        sa.ForeignKeyConstraint(
            ["boss_id"],
            ["bosses.id"],
            name=op.f("fk_party_battles_boss_id_bosses"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["party_id"],
            ["parties.id"],
            name=op.f("fk_party_battles_party_id_parties"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party_battles")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("party_battles", schema=None) as batch_op:
        batch_op.create_index("ix_party_battles_boss_id", ["boss_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_party_battles_party_id_id"), ["party_id", "id"], unique=False
        )
        batch_op.create_index(
            "uq_party_battles_running",
            ["party_id"],
            unique=True,
            postgresql_where=sa.text("won_at IS NULL"),
            sqlite_where=sa.text("won_at IS NULL"),
        )


def _create_memberships() -> None:
    op.create_table(
        "party_invitations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("party_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uses_left", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["users.id"],
            name=op.f("fk_party_invitations_created_by_users"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["party_id"],
            ["parties.id"],
            name=op.f("fk_party_invitations_party_id_parties"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party_invitations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_party_invitations_token_hash")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("party_invitations", schema=None) as batch_op:
        batch_op.create_index("ix_party_invitations_created_by", ["created_by"], unique=False)
        batch_op.create_index("ix_party_invitations_party_id", ["party_id"], unique=False)

    op.create_table(
        "party_members",
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("party_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["party_id"],
            ["parties.id"],
            name=op.f("fk_party_members_party_id_parties"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_party_members_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "party_id", name=op.f("pk_party_members")),
    )
    with op.batch_alter_table("party_members", schema=None) as batch_op:
        batch_op.create_index(
            "ix_party_members_party_id", ["party_id", "joined_at", "user_id"], unique=False
        )

    op.create_table(
        "quest_progress",
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("quest_key", sa.String(length=64), nullable=False),
        sa.Column("period_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("quest_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "accepted_sequence",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "finished_sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.ForeignKeyConstraint(
            ["quest_id"],
            ["quests.id"],
            name=op.f("fk_quest_progress_quest_id_quests"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_quest_progress_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "user_id", "quest_key", "period_on", name=op.f("pk_quest_progress")
        ),
    )
    with op.batch_alter_table("quest_progress", schema=None) as batch_op:
        batch_op.create_index("ix_quest_progress_quest_id", ["quest_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_quest_progress_user_id_status_last_on"),
            ["user_id", "status", "last_on"],
            unique=False,
        )

    op.create_table(
        "battle_fighters",
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "battle_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("damage", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["battle_id"],
            ["party_battles.id"],
            name=op.f("fk_battle_fighters_battle_id_party_battles"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_battle_fighters_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "battle_id", name=op.f("pk_battle_fighters")),
    )
    with op.batch_alter_table("battle_fighters", schema=None) as batch_op:
        batch_op.create_index(
            "ix_battle_fighters_battle_id", ["battle_id", "user_id"], unique=False
        )

    op.create_table(
        "challenge_members",
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "challenge_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "joined_sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "finished_sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("final_rank", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["challenges.id"],
            name=op.f("fk_challenge_members_challenge_id_challenges"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_challenge_members_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "challenge_id", name=op.f("pk_challenge_members")),
    )
    with op.batch_alter_table("challenge_members", schema=None) as batch_op:
        batch_op.create_index(
            "ix_challenge_members_table", ["challenge_id", "progress", "user_id"], unique=False
        )


def _add_columns() -> None:
    # Locked in the order in which the service does, so that the two can't wait for each other.
    with op.batch_alter_table("players", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "pauses",
                sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
                nullable=True,
            )
        )
        batch_op.add_column(
            sa.Column("visibility", sa.String(length=16), server_default="shown", nullable=False)
        )
        batch_op.add_column(
            sa.Column(
                "last_notification",
                sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
                server_default="0",
                nullable=False,
            )
        )
        batch_op.create_index(
            "ix_players_table",
            ["xp", "user_id"],
            unique=False,
            postgresql_where=sa.text("visibility <> 'hidden'"),
            sqlite_where=sa.text("visibility <> 'hidden'"),
        )

    with op.batch_alter_table("activities", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "course_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
            )
        )
        batch_op.add_column(
            sa.Column(
                "week_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
            )
        )
        batch_op.add_column(
            sa.Column(
                "battle_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
            )
        )
        batch_op.add_column(sa.Column("damage", sa.Integer(), server_default="0", nullable=False))


def _drop_columns() -> None:
    with op.batch_alter_table("players", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_players_table",
            postgresql_where=sa.text("visibility <> 'hidden'"),
            sqlite_where=sa.text("visibility <> 'hidden'"),
        )
        batch_op.drop_column("last_notification")
        batch_op.drop_column("visibility")
        batch_op.drop_column("pauses")

    with op.batch_alter_table("activities", schema=None) as batch_op:
        batch_op.drop_column("damage")
        batch_op.drop_column("battle_id")
        batch_op.drop_column("week_id")
        batch_op.drop_column("course_id")


def _drop_memberships() -> None:
    with op.batch_alter_table("challenge_members", schema=None) as batch_op:
        batch_op.drop_index("ix_challenge_members_table")

    op.drop_table("challenge_members")
    with op.batch_alter_table("battle_fighters", schema=None) as batch_op:
        batch_op.drop_index("ix_battle_fighters_battle_id")

    op.drop_table("battle_fighters")
    with op.batch_alter_table("quest_progress", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_quest_progress_user_id_status_last_on"))
        batch_op.drop_index("ix_quest_progress_quest_id")

    op.drop_table("quest_progress")
    with op.batch_alter_table("party_members", schema=None) as batch_op:
        batch_op.drop_index("ix_party_members_party_id")

    op.drop_table("party_members")
    with op.batch_alter_table("party_invitations", schema=None) as batch_op:
        batch_op.drop_index("ix_party_invitations_party_id")
        batch_op.drop_index("ix_party_invitations_created_by")

    op.drop_table("party_invitations")


def _drop_battles_and_challenges() -> None:
    with op.batch_alter_table("party_battles", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_party_battles_running",
            postgresql_where=sa.text("won_at IS NULL"),
            sqlite_where=sa.text("won_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_party_battles_party_id_id"))
        batch_op.drop_index("ix_party_battles_boss_id")

    op.drop_table("party_battles")
    with op.batch_alter_table("challenges", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_challenges_party_id_ends_at"))
        batch_op.drop_index(
            "ix_challenges_telling",
            postgresql_where=sa.text("told_up_to < 9223372036854775807"),
            sqlite_where=sa.text("told_up_to < 9223372036854775807"),
        )
        batch_op.drop_index(
            "ix_challenges_closing",
            postgresql_where=sa.text("closed_at IS NULL"),
            sqlite_where=sa.text("closed_at IS NULL"),
        )
        batch_op.drop_index("ix_challenges_created_by")
        batch_op.drop_index(batch_op.f("ix_challenges_course_id"))

    op.drop_table("challenges")
    with op.batch_alter_table("boss_battles", schema=None) as batch_op:
        batch_op.drop_index("ix_boss_battles_week_id")
        batch_op.drop_index(batch_op.f("ix_boss_battles_user_id_won_at"))
        batch_op.drop_index("ix_boss_battles_boss_id")

    op.drop_table("boss_battles")
    with op.batch_alter_table("badge_awards", schema=None) as batch_op:
        batch_op.drop_index("ix_badge_awards_badge_id")

    op.drop_table("badge_awards")


def _drop_definitions() -> None:
    with op.batch_alter_table("weekly_scores", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_weekly_scores_table",
            postgresql_where=sa.text("shown"),
            sqlite_where=sa.text("shown"),
        )

    op.drop_table("weekly_scores")
    with op.batch_alter_table("quests", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_quests_in_force",
            postgresql_where=sa.text("retired_at IS NULL"),
            sqlite_where=sa.text("retired_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_quests_course_id"))
        batch_op.drop_index(batch_op.f("ix_quests_cadence_pool_from"))

    op.drop_table("quests")
    with op.batch_alter_table("parties", schema=None) as batch_op:
        batch_op.drop_index("ix_parties_leader_id")

    op.drop_table("parties")
    with op.batch_alter_table("notifications", schema=None) as batch_op:
        batch_op.drop_index("ix_notifications_created_at")

    op.drop_table("notifications")
    with op.batch_alter_table("league_members", schema=None) as batch_op:
        batch_op.drop_index("ix_league_members_group_id")

    op.drop_table("league_members")
    with op.batch_alter_table("badges", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_badges_in_force",
            postgresql_where=sa.text("retired_at IS NULL"),
            sqlite_where=sa.text("retired_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_badges_course_id"))

    op.drop_table("badges")
    op.drop_table("score_buckets")
    with op.batch_alter_table("league_groups", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_league_groups_week_on_tier_size"))
        batch_op.drop_index("ix_league_groups_closing")

    op.drop_table("league_groups")
    with op.batch_alter_table("bosses", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_bosses_in_force",
            postgresql_where=sa.text("retired_at IS NULL"),
            sqlite_where=sa.text("retired_at IS NULL"),
        )

    op.drop_table("bosses")
