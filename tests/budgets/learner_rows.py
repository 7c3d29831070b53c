"""The rows of a learner: each has as many of each kind as any other."""

from collections.abc import Mapping

from tests.budgets.population_terms import (
    BATTLES,
    COMPANY_ID,
    COURSES,
    DAYS,
    FIGHT,
    GROUP,
    GROUP_ID,
    MONDAY,
    NOW,
    PARTIES,
    PARTY_ID,
    QUESTIONS,
    RACES,
    WEEK_ON,
    WEEKS,
    WEEKS_PLAYED,
    Columns,
)

OF_LEARNERS: Mapping[str, tuple[int, Columns]] = {
    "users": (1, {
        "id": "u", "email": "'user-' || u || '@example.org'", "hashed_password": ":password",
        "is_active": "true", "is_superuser": "false", "is_verified": "true", "role": "'learner'",
        "display_name": "'User ' || u", "timezone": "'UTC'", "day_starts_at": "0", "updated_at": NOW,
        "created_at": f"{NOW} - u * interval '1 minute'",
    }),
    "user_sessions": (4, {
        "id": "md5('session' || u || '-' || k)::uuid", "user_id": "u",
        "family_hash": "sha256(('family' || u || '-' || k)::bytea)", "token_hash": r"'\x00'",
        "rotated_at": NOW, "user_agent": "'tests'", "address": "'127.0.0.1'", "last_used_at": NOW,
        "created_at": f"{NOW} - k * interval '5 days'",
        "expires_at": f"{NOW} + (2 - k) * interval '5 days' + u * interval '1 second'",
    }),
    "external_identities": (1, {
        "issuer": "'https://auth.example.org'", "subject": "u::text", "user_id": "u", "created_at": NOW,
    }),
    "players": (1, {
        "user_id": "u", "xp": "u * 7919 % 10007", "gold": "50", "streak": "3", "longest_streak": "9",
        "last_at": f"{NOW} - interval '1 day'", "last_on": f"{MONDAY} - 1", "streak_freezes": "1",
        "hearts": "5", "visibility": "CASE WHEN u % 50 = 0 THEN 'hidden' ELSE 'shown' END",
        "last_notification": "30",
    }),
    "tasks": (150, {
        "user_id": "u", "title": "'Task ' || k", "description": "repeat('word ', 10)",
        "search_text": "'task ' || k || repeat(' word', 10)", "difficulty": "k % 4",
        "due_on": f"CASE WHEN k % 3 = 0 THEN date '9999-12-31' ELSE {MONDAY} + k % 60 - 30 END",
        "tags": """CASE WHEN k % 5 = 0 THEN '["home"]'::jsonb ELSE '[]'::jsonb END""",
        "checklist": "'[]'::jsonb", "completed_at": f"CASE WHEN k % 3 > 0 THEN {NOW} END",
        "recurrence": "CASE WHEN k % 30 = 0 THEN 'FREQ=DAILY' END",
        "starts_on": f"CASE WHEN k % 30 = 0 THEN {MONDAY} - 30 END",
        "updated_at": NOW, "created_at": f"{NOW} - (150 - k) * interval '1 hour'",
    }),
    "activities": (150, {
        "user_id": "u", "sequence": "k", "kind": "'task_completed'", "source_type": "'task'",
        "source_id": "k::text", "paid": "true", "freezes_gained": "0",
        "occurred_at": f"{NOW} - (151 - k) * interval '6 hours'",
        "local_on": f"({NOW} - (151 - k) * interval '6 hours')::date", "zone": "'UTC'",
        "day_starts_at": "0", "rules_version": "1", "damage": "10",
        "facts": """'{"difficulty": "easy"}'::jsonb""",
    }),
    "reward_entries": (150, {
        "user_id": "u", "activity_sequence": "k", "reason": "'task_completed'", "source_type": "'task'",
        "source_id": "k::text", "round": "0", "xp": "10", "gold": "2",
        "created_at": f"{NOW} - (151 - k) * interval '6 hours'",
    }),
    "player_counters": (6, {
        "user_id": "u", "value": "100 + u % 50",
        "metric": "(ARRAY['tasks_completed', 'quizzes_passed', 'reviews_done', 'xp_earned',"
                  " 'bosses_defeated', 'course_tasks_completed'])[k]",
    }),
    "quest_progress": (40, {
        "user_id": "u", "quest_key": "'quest-' || k % 3 * 3 + 3", "quest_id": "k % 3 * 3 + 3",
        "period_on": f"{MONDAY} - 1 - k / 3", "last_on": f"{MONDAY} - 1 - k / 3", "progress": "3",
        "status": "CASE WHEN k % 2 = 0 THEN 'completed' ELSE 'active' END", "accepted_sequence": "0",
        "accepted_at": NOW,
    }),
    "badge_awards": (6, {
        "user_id": "u", "badge_key": "'badge-' || k * 4", "badge_id": "k * 4", "awarded_at": NOW,
        "activity_sequence": "k",
    }),
    "boss_battles": (4, {
        **FIGHT, "user_id": "u", "boss_id": "k", "started_sequence": "k", "won_sequence": "k + 9",
        "won_at": NOW,
    }),
    "enrollments": (3, {
        "user_id": "u", "course_id": f"(u + k * 7) % {COURSES} + 1", "enrolled_at": NOW,
        "enrolled_on": MONDAY, "review": "'missed'",
    }),
    "course_task_completions": (20, {
        "user_id": "u", "course_id": f"(u + 7) % {COURSES} + 1", "completed_at": NOW,
        "course_task_id": f"((u + 7) % {COURSES}) * {WEEKS * DAYS} + k",
    }),
    "quiz_attempts": (10, {
        "user_id": "u", "course_id": f"(u + 7) % {COURSES} + 1", "number": "1", "activity_sequence": "k",
        "course_task_id": f"((u + 7) % {COURSES}) * {WEEKS * DAYS} + k", "attempted_at": NOW,
        "local_on": MONDAY, "quiz_revision": "1", "graded": "true", "passed": "true", "questions": "5",
        '"right"': "5", "hearts_lost": "0", "answers": "'[]'::jsonb",
    }),
    "review_cards": (30, {
        "id": "u * 100 + k", "user_id": "u", "course_id": f"(u + 7) % {COURSES} + 1", "state": "2",
        "question_id": f"((u + 7) % {COURSES}) * {WEEKS * DAYS * QUESTIONS} + k", "stability": "5",
        "difficulty": "5", "due_at": f"{NOW} + (k - 25) * interval '1 day'", "reviews": "1",
        "last_reviewed_at": f"{NOW} - interval '9 days'", "created_at": NOW,
    }),
    "review_logs": (30, {
        "user_id": "u", "card_id": "u * 100 + k", "number": "1", "activity_sequence": "k", "rating": "3",
        "reviewed_at": NOW, "local_on": f"{MONDAY} - 9", "state": "2",
    }),
    "notifications": (30, {
        "user_id": "u", "id": "k", "kind": "'level_up'", "data": """'{"level": 2}'::jsonb""",
        "created_at": f"{NOW} - (30 - k) * interval '4 days' - u * interval '1 second'",
        "read_at": f"CASE WHEN k < 25 THEN {NOW} END",
    }),
    "idempotency_keys": (4, {
        "user_id": "u", "key": "'key-' || k", "fingerprint": r"'\x00'", "status": "200",
        "headers": "'{}'", "body": r"'\x00'",
        "created_at": f"{NOW} - k * interval '10 hours' - u * interval '1 second'",
    }),
    "weekly_scores": (WEEKS_PLAYED, {
        "user_id": "u", "week_on": WEEK_ON, "xp": "u * 7919 % 10007", "shown": "u % 50 > 0",
    }),
    "league_members": (WEEKS_PLAYED, {
        "user_id": "u", "week_on": WEEK_ON, "group_id": GROUP_ID, "tier": f"(u - 1) / {GROUP} % 5 + 1",
    }),
    "party_members": (PARTIES, {
        "user_id": "u", "party_id": PARTY_ID, "joined_at": f"{NOW} - u * interval '1 minute'",
    }),
    "battle_fighters": (PARTIES * BATTLES, {
        "user_id": "u", "battle_id": f"{COMPANY_ID} * {PARTIES * BATTLES} + k", "damage": "20",
    }),
    "challenge_members": (4, {
        "user_id": "u",
        "challenge_id": f"k * 10 + CASE WHEN k = 4 THEN {COMPANY_ID} * {PARTIES * RACES} + 22 ELSE 0 END",
        "joined_at": NOW, "joined_sequence": "10", "progress": "u * 7919 % 10007 % 5000",
    }),
    "background_tasks": (5, {
        "user_id": "u", "kind": "'send_report'", "data": "'{}'::jsonb", "status": "'done'",
        "attempts": "1", "due_at": NOW, "created_at": NOW,
        "finished_at": f"{NOW} - k * interval '4 days' - u * interval '1 second'",
    }),
    "audit_log": (10, {
        "id": "(u - 1) * 10 + k",
        "at": f"{NOW} - interval '30 days' + ((u - 1) * 10 + k) * interval '100 seconds'",
        "event": "CASE WHEN k % 2 = 0 THEN 'login_succeeded' ELSE 'session_ended' END", "actor_id": "u",
        "subject_id": "u", "address": "'127.0.0.1'", "details": "'{}'::jsonb",
    }),
    "mail_preferences": (1, {
        "user_id": "u", "reminder_hour": "18", "weekly_report": "true",
        "remind_at": f"{NOW} + interval '1 hour' + CASE WHEN u < 500 THEN u % 250 ELSE u END"
                     " * interval '1 second'",
        "report_at": f"{NOW} + interval '7 days' + u * interval '1 second'",
    }),
}  # fmt: skip
"""How many rows of each learner, and the columns of the row number ``k`` of the learner ``u``."""
