"""How the start page appears in the OpenAPI document."""

from typing import Any

SUMMARY_EXAMPLE: dict[str, Any] = {
    "profile": {
        "xp": 265, "level": 2, "xp_into_level": 165, "xp_to_next_level": 35, "gold": 58, "hearts": 4,
        "max_hearts": 5, "next_heart_at": "2026-11-21T15:30:00Z", "streak": 3, "longest_streak": 3,
        "streak_freezes": 1, "daily_reviews": 2, "paused_until": None, "today": "2026-11-21",
    },
    "quests": [
        {
            "key": "daily-warm-up", "cadence": "daily", "title": "Warm-up",
            "description": "Even heroes stretch first. Complete two tasks, however small.",
            "metric": "tasks_completed", "course_slug": None, "target": 2, "progress": 1,
            "reward": {"xp": 15, "gold": 3, "freezes": 0, "badge_key": None}, "status": "active",
            "min_level": 1, "requires_quest": None, "locked_by": [], "accepted_at": None,
            "ends_at": "2026-11-22T00:00:00Z", "finished_at": None,
        },
    ],
    "battles": [
        {
            "id": 7, "kind": "personal", "boss_key": "dust-bunny", "course": None, "week_id": None,
            "party_id": None, "party": None, "title": "The Dust Bunny", "hp": 150, "hp_left": 90,
            "damage": 60, "reward": {"xp": 40, "gold": 10}, "strikes_back": False,
            "started_at": "2026-11-20T09:00:00Z",
        },
    ],
    "challenges": [
        {
            "id": 3, "revision": 1, "party_id": None, "created_by": None, "title": "Autumn sprint",
            "description": "Twenty tasks before the month is over.", "metric": "tasks_completed",
            "target": 20, "course_slug": None,
            "reward": {"xp": 100, "gold": 20, "freezes": 0, "badge_key": None},
            "starts_at": "2026-11-16T00:00:00Z", "ends_at": "2026-12-01T00:00:00Z",
            "created_at": "2026-11-10T12:00:00Z", "state": "open",
            "membership": {
                "joined_at": "2026-11-16T08:00:00Z", "progress": 6, "finished_at": None,
                "left_at": None, "final_rank": None,
            },
        },
    ],
    "league": {
        "week_on": "2026-11-16", "ends_at": "2026-11-23T00:00:00Z", "tier": 1, "rank": 2,
        "members": 18, "score": 265, "zone": "up",
    },
    "tasks": {
        "due": 1,
        "next": [
            {
                "id": 42, "title": "Water the plants", "description": "", "difficulty": "easy",
                "due_on": "2026-11-21", "due_time": None, "due_at": None, "tags": ["home"],
                "checklist": [], "recurrence": None, "current_occurrence_on": None,
                "completed": False, "completed_at": None, "created_at": "2026-11-19T09:00:00Z",
                "updated_at": "2026-11-19T09:00:00Z",
            },
        ],
    },
    "courses": [
        {
            "slug": "python-from-zero", "title": "Python from zero", "status": "published",
            "review": "missed", "enrolled_at": "2026-11-19T09:00:00Z", "enrolled_on": "2026-11-19",
            "days": 28, "days_completed": 3, "percent": 10,
            "next_day": {
                "id": 4, "week_id": 1, "week_title": "First steps", "day": 4, "title": "Loops",
                "difficulty": "medium", "minutes": 30, "state": "open", "opens_on": None,
            },
        },
    ],
    "reviews": {"due": 5},
    "notifications": {"unread": 2},
    "badges": [
        {
            "key": "flame-1", "family": "flame", "tier": 1, "title": "Ember",
            "description": "Reach a streak of three days.", "awarded_at": "2026-11-21T09:00:00Z",
        },
    ],
}  # fmt: skip
