"""The one door: every reward of the game goes through `play`."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from app.game.activity import Activity, ActivityKind
from app.game.completion import complete_task
from app.game.course import complete_course_task
from app.game.outcome import Outcome
from app.game.player import Player
from app.game.quiz import attempt_quiz
from app.game.review import review_card
from app.game.rules import RULES, Rules
from app.game.shop import buy_item
from app.game.undo import undo_activity
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
            ActivityKind.UNDONE: undo_activity,
        }
    )
)


def play(player: Player, activity: Activity, world: World, rules: Rules = RULES) -> Outcome:
    """Resolve one activity to its end, without touching anything.

    What it sets off is resolved inside, in this order, until nothing more follows:

    1. the streak counts the day (there now);
    2. the base reward, with the streak's bonus, and the hearts that it gives or takes (there now);
       then what it finishes: the week's milestone, the course (there now);
    3. damage to bosses, and what their defeat pays;
    4. goals: quests and challenges, and what they pay;
    5. badges; what 3 to 5 paid or counted may meet further goals, so 4 and 5 repeat.

    A purchase counts no day and pays nothing: it moves gold, and the hearts or freezes that it gives.

    An undo takes the same things back: entries (there now), milestone and course that are no longer
    met (there now), streak (there now), damage, goals, badges.

    The caller sees to it that a source pays at most once at a time, and answers a repeat with
    `rest`. The world is read under the player's lock.

    The identity holds: if the player's streak is the one that the history gives (`derive_streak`),
    completing and then undoing with nothing between gives the same Player. With something between,
    the streak is that of the history without the undone activity, and what was paid keeps the price
    of its time.

    Raises ValueError when the world does not fit the activity: such an outcome must not be stored.
    """
    return _RESOLVERS[activity.kind](player, activity, world, rules)
