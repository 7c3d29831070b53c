"""The rows that learners share: courses and definitions made once, and what some have together."""

from collections.abc import Mapping

from tests.budgets.population_terms import (
    BATTLES,
    CHALLENGES,
    COMPANY,
    COMPANY_ID,
    COURSES,
    DAYS,
    DEFINITION,
    DEFINITIONS,
    FIGHT,
    GOAL,
    GROUP,
    GROUP_ID,
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

_FIRST = f"u % {COMPANY} = 1"

CONTENT: Mapping[str, tuple[int, Columns]] = {
    "courses": (COURSES, {
        "id": "k", "slug": "'course-' || k", "title": "'Course ' || k", "summary": "'Learn.'",
        "language": "CASE WHEN k % 4 = 0 THEN 'de' ELSE 'en' END", "pacing": "'self'",
        "tags": """CASE WHEN k % 2 = 0 THEN '["beginner"]'::jsonb ELSE '[]'::jsonb END""",
        "status": "CASE WHEN k % 10 = 0 THEN 'draft' ELSE 'published' END", "revision": "1",
        "published_at": NOW, "updated_at": NOW, "created_at": NOW,
    }),
    "weeks": (COURSES * WEEKS, {
        "id": "k", "course_id": f"(k - 1) / {WEEKS} + 1", "key": "'week-' || k",
        "position": f"(k - 1) % {WEEKS} + 1", "title": "'Week'", "milestone": "'Done'",
        "boss": "'The Sphinx'", "status": "'published'",
    }),
    "course_tasks": (COURSES * WEEKS * DAYS, {
        "id": "k", "course_id": f"(k - 1) / {WEEKS * DAYS} + 1", "week_id": f"(k - 1) / {DAYS} + 1",
        "key": "'day-' || k", "day": f"(k - 1) % {DAYS} + 1", "title": "'Day'", "difficulty": "1",
        "minutes": "20", "pass_percent": "80", "body": "repeat('Read this. ', 50)",
        "status": "'published'", "quiz_revision": "1",
    }),
    "quiz_questions": (COURSES * WEEKS * DAYS * QUESTIONS, {
        "id": "k", "course_task_id": f"(k - 1) / {QUESTIONS} + 1", "key": "'q-' || k",
        "position": f"(k - 1) % {QUESTIONS} + 1", "kind": "'true_false'", "prompt": "'Is it?'",
        "body": """'{"answer": true}'::jsonb""", "explanation": "'It is.'", "status": "'published'",
        "revision": "1",
    }),
    "quests": (DEFINITIONS, {
        **DEFINITION, **GOAL, "key": "'quest-' || k", "min_level": "1",
        "cadence": "(ARRAY['daily', 'weekly', 'once'])[k % 3 + 1]",
        "pool_from": "CASE WHEN k % 3 = 0 THEN date '2026-01-01' END",
    }),
    "badges": (DEFINITIONS, {
        **DEFINITION, **GOAL, "key": "'badge-' || k", "family": "'family-' || k / 4", "tier": "k % 4 + 1",
    }),
    "bosses": (DEFINITIONS // 4, {
        **DEFINITION, "key": "'boss-' || k", "kind": "'personal'", "hp": "500", "xp": "50", "gold": "5",
        "strikes_back": "false", "min_level": "1",
    }),
    "challenges": (CHALLENGES, {
        **DEFINITION, **GOAL,
        "starts_at": f"{NOW} - interval '1 day' * CASE WHEN k % 10 = 0 THEN 3 ELSE 30 + k END",
        "ends_at": f"{NOW} + interval '1 day' * CASE WHEN k % 10 = 0 THEN k ELSE -k END",
        "closed_at": f"CASE WHEN k % 10 > 0 THEN {NOW} END",
        "told_up_to": "CASE WHEN k % 10 > 0 THEN 9223372036854775807 END",
    }),
}  # fmt: skip
"""How many rows, and the columns of the row number ``k``."""

SHARED: Mapping[str, tuple[str, int, Columns]] = {
    "parties": (_FIRST, PARTIES, {
        "id": PARTY_ID, "name": "'Party'", "leader_id": "u", "created_at": NOW,
    }),
    "party_battles": (_FIRST, PARTIES * BATTLES, {
        **FIGHT, "id": f"{COMPANY_ID} * {PARTIES * BATTLES} + k",
        "party_id": f"{COMPANY_ID} * {PARTIES} + (k - 1) / {BATTLES} + 1", "won_at": NOW,
    }),
    "party_invitations": (_FIRST, PARTIES, {
        "party_id": PARTY_ID, "created_by": "u", "expires_at": f"{NOW} + interval '7 days'",
        "token_hash": "sha256(('invitation' || u || '-' || k)::bytea)", "uses_left": "1",
        "created_at": NOW,
    }),
    "challenges": (_FIRST, PARTIES * RACES, {
        **DEFINITION, **GOAL, "id": f"{CHALLENGES} + {COMPANY_ID} * {PARTIES * RACES} + k",
        "party_id": f"{COMPANY_ID} * {PARTIES} + (k - 1) / {RACES} + 1", "created_by": "u",
        "starts_at": f"{NOW} - interval '9 days'",
        "ends_at": f"{NOW} + interval '1 day' * CASE WHEN k % 2 = 0 THEN 9 ELSE -1 END"
                   " + u * interval '1 second'",
        "closed_at": f"CASE WHEN k % 2 > 0 THEN {NOW} END",
        "told_up_to": "CASE WHEN k % 2 > 0 THEN 9223372036854775807 END",
    }),
    "league_groups": (f"u % {GROUP} = 1", WEEKS_PLAYED, {
        "id": GROUP_ID, "week_on": WEEK_ON, "tier": f"(u - 1) / {GROUP} % 5 + 1", "size": f"{GROUP}",
        "closed_at": f"CASE WHEN k > 1 THEN {NOW} END",
    }),
}  # fmt: skip
"""The same of what several learners share: of which learners it is made, as a condition."""
