"""What an export holds of the game. Of others who play with the user it holds nothing."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import func, select

from app.db.models import (
    ActivityRow,
    Badge,
    BadgeAward,
    BattleFighter,
    BossBattle,
    Challenge,
    ChallengeMember,
    LeagueMember,
    Party,
    PartyBattle,
    PartyInvitation,
    PartyMember,
    Player,
    PlayerCounter,
    Quest,
    QuestProgress,
    RewardEntry,
    WeeklyScore,
)
from app.db.repositories.export_tables import OF_USER, ExportTable, describe

PLAYER_TABLES: Final[Sequence[ExportTable]] = (
    describe(
        "player",
        "your balances, hearts, streak and pauses",
        select(
            Player.xp,
            Player.gold,
            Player.streak,
            Player.longest_streak,
            Player.last_at,
            Player.last_on,
            Player.streak_freezes,
            Player.hearts,
            Player.hearts_since,
            Player.pauses,
            Player.visibility,
        ).where(Player.user_id == OF_USER),
    ),
    describe(
        "player_counters",
        "how much of each kind you have done",
        select(PlayerCounter.metric, PlayerCounter.value)
        .where(PlayerCounter.user_id == OF_USER)
        .order_by(PlayerCounter.metric),
    ),
    describe(
        "activities",
        "all that you did that moved your player, in order; undoes is the sequence of what was undone",
        select(
            ActivityRow.sequence,
            ActivityRow.kind,
            ActivityRow.source_type,
            ActivityRow.source_id,
            ActivityRow.undoes,
            ActivityRow.paid,
            ActivityRow.freezes_gained,
            ActivityRow.occurred_at,
            ActivityRow.local_on,
            ActivityRow.zone,
            ActivityRow.day_starts_at,
            ActivityRow.rules_version,
            ActivityRow.course_id,
            ActivityRow.week_id,
            ActivityRow.battle_id,
            ActivityRow.damage,
            ActivityRow.facts,
        )
        .where(ActivityRow.user_id == OF_USER)
        .order_by(ActivityRow.sequence),
    ),
    describe(
        "ledger",
        "each movement of XP and gold, and why; activity_sequence is that of activities.json",
        select(
            RewardEntry.id,
            RewardEntry.created_at,
            RewardEntry.activity_sequence,
            RewardEntry.reason,
            RewardEntry.source_type,
            RewardEntry.source_id,
            RewardEntry.round,
            RewardEntry.xp,
            RewardEntry.gold,
            RewardEntry.reverses_id,
        )
        .where(RewardEntry.user_id == OF_USER)
        .order_by(RewardEntry.id),
    ),
)

GOAL_TABLES: Final[Sequence[ExportTable]] = (
    describe(
        "quests",
        "your quests by period (0001-01-01: a quest to be done once)",
        select(
            QuestProgress.quest_key,
            Quest.title,
            QuestProgress.quest_id,
            QuestProgress.period_on,
            QuestProgress.last_on,
            QuestProgress.status,
            QuestProgress.progress,
            Quest.target,
            QuestProgress.accepted_at,
            QuestProgress.accepted_sequence,
            QuestProgress.finished_at,
            QuestProgress.finished_sequence,
        )
        .join(Quest, Quest.id == QuestProgress.quest_id)
        .where(QuestProgress.user_id == OF_USER)
        .order_by(QuestProgress.quest_key, QuestProgress.period_on),
    ),
    describe(
        "badges",
        "the badges that you have",
        select(
            BadgeAward.badge_key,
            Badge.title,
            BadgeAward.badge_id,
            BadgeAward.awarded_at,
            BadgeAward.activity_sequence,
        )
        .join(Badge, Badge.id == BadgeAward.badge_id)
        .where(BadgeAward.user_id == OF_USER)
        .order_by(BadgeAward.badge_key),
    ),
    describe(
        "boss_battles",
        "your own battles with bosses",
        select(
            BossBattle.id,
            BossBattle.title,
            BossBattle.boss_id,
            BossBattle.week_id,
            BossBattle.hp,
            BossBattle.damage,
            BossBattle.xp,
            BossBattle.gold,
            BossBattle.strikes_back,
            BossBattle.started_at,
            BossBattle.started_sequence,
            BossBattle.won_at,
            BossBattle.won_sequence,
        )
        .where(BossBattle.user_id == OF_USER)
        .order_by(BossBattle.id),
    ),
    describe(
        "challenges",
        "the challenges that you joined",
        select(
            ChallengeMember.challenge_id,
            Challenge.title,
            Challenge.metric,
            Challenge.target,
            Challenge.starts_at,
            Challenge.ends_at,
            ChallengeMember.joined_at,
            ChallengeMember.joined_sequence,
            ChallengeMember.progress,
            ChallengeMember.finished_at,
            ChallengeMember.finished_sequence,
            ChallengeMember.left_at,
            ChallengeMember.final_rank,
        )
        .join(Challenge, Challenge.id == ChallengeMember.challenge_id)
        .where(ChallengeMember.user_id == OF_USER)
        .order_by(ChallengeMember.challenge_id),
    ),
    describe(
        "challenges_made",
        "the challenges that you made",
        select(
            Challenge.id,
            Challenge.revision,
            Challenge.created_at,
            Challenge.party_id,
            Challenge.title,
            Challenge.description,
            Challenge.metric,
            Challenge.target,
            Challenge.course_id,
            Challenge.badge_key,
            Challenge.xp,
            Challenge.gold,
            Challenge.freezes,
            Challenge.starts_at,
            Challenge.ends_at,
            Challenge.closed_at,
        )
        .where(Challenge.created_by == OF_USER)
        .order_by(Challenge.id),
    ),
    describe(
        "weekly_scores",
        "your XP of each week (ISO weeks in UTC, by their Monday)",
        select(WeeklyScore.week_on, WeeklyScore.xp, WeeklyScore.shown, WeeklyScore.awaits_group)
        .where(WeeklyScore.user_id == OF_USER)
        .order_by(WeeklyScore.week_on),
    ),
    describe(
        "leagues",
        "your place in the leagues (tier 5 is the highest; move is how many tiers you went up)",
        select(
            LeagueMember.week_on,
            LeagueMember.group_id,
            LeagueMember.tier,
            LeagueMember.final_rank,
            LeagueMember.move,
        )
        .where(LeagueMember.user_id == OF_USER)
        .order_by(LeagueMember.week_on),
    ),
)

PARTY_TABLES: Final[Sequence[ExportTable]] = (
    describe(
        "parties",
        "the parties that you are in",
        select(
            PartyMember.party_id,
            Party.name,
            Party.created_at,
            PartyMember.joined_at,
            func.coalesce(Party.leader_id == OF_USER, False).label("led_by_you"),
        )
        .join(Party, Party.id == PartyMember.party_id)
        .where(PartyMember.user_id == OF_USER)
        .order_by(PartyMember.party_id),
    ),
    describe(
        "party_battles",
        "the battles of parties that you fought in; damage is what you dealt",
        select(
            BattleFighter.battle_id,
            PartyBattle.party_id,
            PartyBattle.title,
            BattleFighter.damage,
            PartyBattle.hp,
            PartyBattle.xp,
            PartyBattle.gold,
            PartyBattle.started_at,
            PartyBattle.won_at,
        )
        .join(PartyBattle, PartyBattle.id == BattleFighter.battle_id)
        .where(BattleFighter.user_id == OF_USER)
        .order_by(BattleFighter.battle_id),
    ),
    describe(
        "party_invitations",
        "the links into parties that you made, without what opens them",
        select(
            PartyInvitation.id,
            PartyInvitation.party_id,
            PartyInvitation.created_at,
            PartyInvitation.expires_at,
            PartyInvitation.uses_left,
        )
        .where(PartyInvitation.created_by == OF_USER)
        .order_by(PartyInvitation.id),
    ),
)

GAME_TABLES: Final[Sequence[ExportTable]] = (*PLAYER_TABLES, *GOAL_TABLES, *PARTY_TABLES)
