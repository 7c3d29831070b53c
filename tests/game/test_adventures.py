"""Whatever is done and undone, in whatever order: bosses, quests and badges are what stands."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.definitions import Cadence
from app.game.activity import SourceType
from tests.game.adventure import Adventure
from tests.game.adventure_checks import check
from tests.game.campaign import plan_campaign
from tests.game.moves import (
    Step,
    days_except,
    others,
    purchases,
    quizzes,
    rests,
    reviews,
    tasks,
)
from tests.game.moves import take as take_step

CAMPAIGN = plan_campaign()
ACCEPTED = [quest.key for quest in CAMPAIGN.quests if quest.cadence is not Cadence.DAILY]
quests = st.tuples(
    st.sampled_from(["accept", "accept", "abandon"]),
    st.sampled_from([quest.key for quest in CAMPAIGN.quests]),
)
challenges = st.tuples(
    st.sampled_from(["join", "join", "leave"]),
    st.sampled_from([challenge.key for challenge in CAMPAIGN.challenges]),
)
fights = st.tuples(st.just("fight"), st.sampled_from(CAMPAIGN.bosses))
choices = quests | quests | challenges | fights
doing = tasks | tasks | days_except() | quizzes | reviews | purchases
moves = doing | doing | others | rests | choices
plans = st.lists(moves, max_size=40)
# Few things, over and over: what was met falls, and something else fills in.
fond_plans = st.lists(tasks | tasks | tasks | fights | quests | others, min_size=10, max_size=40)


def take(model: Adventure, step: Step) -> None:
    match step:
        case ("fight", int(hp)):
            model.fight(hp)
        case ("accept" | "abandon" | "join" | "leave" as name, str(key)):
            getattr(model, name)(key)
        case _:
            take_step(model, step)


def begin(*, accepting: bool) -> Adventure:
    """Somebody new, or somebody who accepted and joined everything at once."""
    model = Adventure()
    if accepting:
        for key in ACCEPTED:
            model.accept(key)
        for challenge in CAMPAIGN.challenges:
            model.join(challenge.key)
        model.fight(30)
    return model


def run(plan: list[Step], model: Adventure) -> Adventure:
    for step in plan:
        take(model, step)
        check(model)
    return model


@settings(max_examples=200)
@given(plan=plans, accepting=st.booleans())
def test_what_is_kept_is_what_stands(plan: list[Step], accepting: bool) -> None:
    run(plan, begin(accepting=accepting))


@settings(max_examples=150)
@given(plan=fond_plans)
def test_what_is_taken_up_late_counts_from_then_on(plan: list[Step]) -> None:
    run(plan, begin(accepting=False))


@settings(max_examples=150)
@given(plan=plans | fond_plans, accepting=st.booleans(), hours=st.sampled_from([0, 5, 30, 200]))
def test_done_and_undone_is_as_if_it_had_never_been(
    plan: list[Step], accepting: bool, hours: int
) -> None:
    """A challenge that ends meanwhile stays as it is; so none does."""
    model = run(plan, begin(accepting=accepting))
    ends = [challenge.ends_at for challenge in CAMPAIGN.challenges]
    before = show(model)
    model.complete("new")
    now = model.now
    model.wait(hours)
    if any(now < end <= model.now for end in ends):
        model.now = now
    model.undo("new")
    check(model)
    assert show(model) == before


def show(model: Adventure) -> tuple[object, ...]:
    """The state but for what only grows."""
    progress = {source: value for source, value in model.progress.items() if value}
    damage = {source: value for source, value in model.damage.items() if value}
    counters = {metric: value for metric, value in model.counters.items() if value}
    return model.player, progress, damage, counters, frozenset(model.badges)


@pytest.mark.parametrize("accepting", [True, False])
def test_the_adventures_meet_what_they_are_about(accepting: bool) -> None:
    """Not by chance: every kind of goal is finished and re-opened in some sequence."""
    met: Counter[str] = Counter()

    @settings(max_examples=150, database=None)
    @given(plan=plans)
    def look(plan: list[Step]) -> None:
        model = begin(accepting=accepting)
        for step in plan:
            take(model, step)
        for paid in model.ledger:
            kind = paid.entry.source.type
            met[f"{kind} {'back' if paid.entry.reverses_id else 'paid'}"] += 1

    look()
    kinds = [SourceType.QUEST, SourceType.BADGE, SourceType.BOSS_BATTLE]
    for kind in [*kinds, SourceType.CHALLENGE] if accepting else kinds:
        assert met[f"{kind} paid"] > 0
        assert met[f"{kind} back"] > 0
