"""The one door: every reward of the game goes through `play`."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from app.game.activity import Activity, ActivityKind
from app.game.choice import note_choice
from app.game.completion import complete_task
from app.game.consequences import follow
from app.game.course import complete_course_task
from app.game.outcome import Outcome
from app.game.pausing import begin_rest, end_rest
from app.game.player import Player
from app.game.quiz import attempt_quiz
from app.game.review import review_card
from app.game.rules import RULES, Rules
from app.game.shop import buy_item
from app.game.strike import strike_player
from app.game.undo import undo_activity
from app.game.victory import share_victory
from app.game.world import World

# A later kind is one file with one function, and one line here.
_RESOLVERS: Mapping[ActivityKind, Callable[[Player, Activity, World, Rules], Outcome]] = (
    MappingProxyType(
        {
            ActivityKind.TASK_COMPLETED: complete_task,
            ActivityKind.COURSE_TASK_COMPLETED: complete_course_task,
            ActivityKind.QUIZ_ATTEMPTED: attempt_quiz,
            ActivityKind.REVIEWED: review_card,
            ActivityKind.PURCHASED: buy_item,
            ActivityKind.BOSS_DEFEATED: share_victory,
            ActivityKind.FIGHT_STARTED: note_choice,
            ActivityKind.QUEST_ACCEPTED: note_choice,
            ActivityKind.QUEST_ABANDONED: note_choice,
            ActivityKind.CHALLENGE_JOINED: note_choice,
            ActivityKind.CHALLENGE_LEFT: note_choice,
            ActivityKind.PAUSED: begin_rest,
            ActivityKind.RESUMED: end_rest,
            ActivityKind.STRUCK: strike_player,
            ActivityKind.UNDONE: undo_activity,
        }
    )
)

# What counts for bosses, goals and badges; an undo takes the same back by itself.
_FOLLOWED = frozenset(
    {
        ActivityKind.TASK_COMPLETED,
        ActivityKind.COURSE_TASK_COMPLETED,
        ActivityKind.QUIZ_ATTEMPTED,
        ActivityKind.REVIEWED,
        ActivityKind.BOSS_DEFEATED,
    }
)


def play(player: Player, activity: Activity, world: World, rules: Rules = RULES) -> Outcome:
    """Resolve one activity to its end, without touching anything.

    What it sets off is resolved inside, in this order (published in docs/game.md):

    1. the streak counts the day;
    2. the base reward, with the streak's bonus, and the hearts that it gives or takes; then what it
       finishes: the week's milestone, the course;
    3. damage to bosses, at the level before the activity, and what their fall pays;
    4. goals, quests and challenges, and what they pay: again and again until no other is met, since
       quests count for quests;
    5. badges, and what they pay: nothing counts those.

    Choices, purchases and pauses set nothing off.

    An undo takes the same things back in the same order: entries, milestone and course that are no
    longer met, streak, damage, goals, badges.

    The caller sees to it that a source pays at most once at a time, and answers a repeat with
    `rest`. The world is read under the player's lock.

    The identity holds: if the player's streak is the one that the history gives (`derive_streak`),
    completing and then undoing with nothing between gives the same Player. With something between,
    the result is the one without the undone activity, and what was paid keeps the price of its time.

    Raises ValueError when the world does not fit the activity: such an outcome must not be stored.
    """
    outcome = _RESOLVERS[activity.kind](player, activity, world, rules)
    if activity.kind in _FOLLOWED:
        return follow(outcome, activity, world, rules)
    return outcome
