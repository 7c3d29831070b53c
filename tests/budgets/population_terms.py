"""What the rows of the population have in common, in PostgreSQL's words. Times are around ``START``."""

from collections.abc import Mapping

Columns = Mapping[str, str]
"""Values of columns, by the number ``k`` of the row and, if it is a learner's, the learner's ``u``."""

COURSES, WEEKS, DAYS, QUESTIONS = 40, 4, 7, 5
"""Courses, weeks of each, days of each of those, questions of each of those."""
DEFINITIONS = 100
"""Quests, and badges; of bosses a quarter."""
CHALLENGES = 60
"""For all; every tenth of them is open."""
COMPANY, GROUP = 5, 25
"""How many learners share their parties, and a group of the league."""
PARTIES, RACES, BATTLES = 2, 5, 3
"""Parties of a company; challenges and battles of each party."""
WEEKS_PLAYED = 6

NOW = "timestamptz '2026-03-02 12:00Z'"
MONDAY = "date '2026-03-02'"
REWARD = {"xp": "5", "gold": "1", "freezes": "0"}
FIGHT = {
    "title": "'Boss'", "hp": "500", "damage": "100", "xp": "50", "gold": "5", "strikes_back": "false",
    "started_at": f"{NOW} - k * interval '5 days'",
}  # fmt: skip
DEFINITION = {
    "id": "k", "revision": "1", "title": "'Title ' || k", "description": "'Do it.'", "created_at": NOW,
}  # fmt: skip
GOAL = {"metric": "'tasks_completed'", "target": "5000 + k", "course_id": "NULL", **REWARD}
COMPANY_ID = f"((u - 1) / {COMPANY})"
PARTY_ID = f"{COMPANY_ID} * {PARTIES} + k"
WEEK_ON = f"{MONDAY} - 7 * (k - 1)"
GROUP_ID = f"((u - 1) / {GROUP}) * {WEEKS_PLAYED} + k"
