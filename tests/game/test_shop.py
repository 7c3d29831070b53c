"""Buying: what it costs, what it gives, what stands against it, and what it leaves alone."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.game.activity import Activity, ActivityKind, Source, SourceType
from app.game.hearts import Hearts, regrow_hearts
from app.game.ledger import Entry, PaidEntry, Reason
from app.game.outcome import Outcome
from app.game.play import play
from app.game.player import Player, new_player
from app.game.rules import RULES, Difficulty, ShopItem
from app.game.shop import Hindrance, Offer, make_offer
from app.game.streak import Streak
from app.game.world import PastActivity, World
from tests.game.model import UTC_CALENDAR, Model
from tests.game.record import MARK, NOON

SOURCE = Source(SourceType.PURCHASE, "7")
HEART, FULL, FREEZE = ShopItem.HEART, ShopItem.FULL_HEARTS, ShopItem.STREAK_FREEZE


def make_player(gold: int, hearts: int = 5, hours: int = 0, freezes: int = 0) -> Player:
    """Somebody with so many hearts some hours ago."""
    since = None if hearts == RULES.max_hearts else NOON - timedelta(hours=hours)
    yesterday = NOON - timedelta(days=1)
    streak = Streak(3, 4, yesterday, yesterday.date(), freezes)
    return replace(new_player(RULES), xp=90, gold=gold, streak=streak, hearts=Hearts(hearts, since))


players = st.builds(
    make_player,
    st.integers(-50, 250),
    st.integers(0, 5),
    st.integers(-1, 30),
    st.integers(0, 2),
)


def buy(player: Player, item: ShopItem) -> Outcome:
    activity = Activity(ActivityKind.PURCHASED, SOURCE, NOON, UTC_CALENDAR, item=item)
    return play(player, activity, World())


def hinder(player: Player, item: ShopItem) -> Hindrance | None:
    return make_offer(player, item, NOON, RULES).hindrance


def test_the_prices() -> None:
    assert dict(RULES.shop) == {"heart": 20, "full_hearts": 80, "streak_freeze": 100}
    assert set(RULES.shop) == set(ShopItem)


def test_a_heart() -> None:
    player = make_player(gold=21, hearts=2)
    outcome = buy(player, HEART)
    assert outcome.player == replace(player, gold=1, hearts=Hearts(3, NOON))
    assert (outcome.gold, outcome.hearts, outcome.freezes) == (-20, 1, 0)


@pytest.mark.parametrize(("hearts", "given"), [(0, 5), (3, 2), (4, 1)])
def test_all_hearts_that_are_missing(hearts: int, given: int) -> None:
    player = make_player(gold=80, hearts=hearts)
    outcome = buy(player, FULL)
    assert outcome.player == replace(player, gold=0, hearts=Hearts(5, None))
    assert (outcome.gold, outcome.hearts, outcome.freezes) == (-80, given, 0)


@pytest.mark.parametrize("held", [0, 1])
def test_a_freeze(held: int) -> None:
    player = make_player(gold=100, hearts=2, freezes=held)
    outcome = buy(player, FREEZE)
    streak = replace(player.streak, freezes=held + 1)
    assert outcome.player == replace(player, gold=0, streak=streak)
    assert (outcome.gold, outcome.hearts, outcome.freezes) == (-100, 0, 1)


def test_a_purchase_is_no_reward() -> None:
    outcome = buy(make_player(gold=20, hearts=4), HEART)
    assert outcome.entries == (Entry(Reason.PURCHASED, SOURCE, round=0, xp=0, gold=-20),)
    assert not outcome.paid
    assert not outcome.counters
    assert (outcome.xp, outcome.level_before, outcome.level_after, outcome.streak) == (0, 1, 1, 3)


def test_hearts_that_grew_back_are_not_bought() -> None:
    player = make_player(gold=100, hearts=2, hours=9)
    outcome = buy(player, FULL)
    assert outcome.hearts == 1
    assert outcome.player.hearts == Hearts(5, None)
    assert hinder(make_player(gold=100, hearts=2, hours=12), FULL) is Hindrance.HEARTS_FULL


def test_the_time_towards_the_next_heart_is_kept() -> None:
    player = make_player(gold=100, hearts=1, hours=5)
    hearts = buy(player, HEART).player.hearts
    assert hearts == Hearts(3, NOON - timedelta(hours=1))
    assert regrow_hearts(hearts, NOON, RULES).next_at == NOON + timedelta(hours=3)


@pytest.mark.parametrize(
    ("item", "gold", "hearts", "freezes", "hindrance"),
    [
        (HEART, 19, 4, 0, Hindrance.NOT_ENOUGH_GOLD),
        (HEART, 20, 4, 0, None),
        (HEART, 20, 5, 0, Hindrance.HEARTS_FULL),
        (HEART, 19, 5, 0, Hindrance.NOT_ENOUGH_GOLD),
        (FULL, 79, 0, 0, Hindrance.NOT_ENOUGH_GOLD),
        (FULL, 80, 4, 0, None),
        (FULL, 80, 5, 0, Hindrance.HEARTS_FULL),
        (FREEZE, 99, 5, 0, Hindrance.NOT_ENOUGH_GOLD),
        (FREEZE, 100, 5, 1, None),
        (FREEZE, 100, 5, 2, Hindrance.FREEZES_FULL),
        (FREEZE, 99, 5, 2, Hindrance.NOT_ENOUGH_GOLD),
        (HEART, -1, 0, 0, Hindrance.NOT_ENOUGH_GOLD),
    ],
)
def test_what_stands_against_a_purchase(
    item: ShopItem, gold: int, hearts: int, freezes: int, hindrance: Hindrance | None
) -> None:
    player = make_player(gold, hearts, freezes=freezes)
    assert hinder(player, item) is hindrance
    if hindrance is not None:
        with pytest.raises(ValueError, match=f"{item} can't be bought: {hindrance}"):
            buy(player, item)


def test_a_purchase_says_what_is_bought() -> None:
    activity = Activity(ActivityKind.PURCHASED, SOURCE, NOON, UTC_CALENDAR)
    with pytest.raises(ValueError, match="says what is bought"):
        play(make_player(gold=100), activity, World())


def test_a_purchase_is_not_undone() -> None:
    bought = Activity(ActivityKind.PURCHASED, SOURCE, NOON, UTC_CALENDAR, item=HEART)
    paid = PaidEntry(1, Entry(Reason.PURCHASED, SOURCE, round=0, xp=0, gold=-20), MARK)
    undone = Activity(ActivityKind.UNDONE, SOURCE, NOON, UTC_CALENDAR)
    world = World(undone=PastActivity(bought, paid=False, entries=(paid,)))
    with pytest.raises(ValueError, match="purchased cannot be undone"):
        play(make_player(gold=0), undone, world)


@given(players, st.sampled_from(ShopItem))
def test_an_offer_is_what_the_purchase_does(player: Player, item: ShopItem) -> None:
    offer = make_offer(player, item, NOON, RULES)
    assert offer == Offer(item, RULES.shop[item], offer.hearts, offer.freezes, offer.hindrance)
    before = regrow_hearts(player.hearts, NOON, RULES).count
    assert 0 <= before + offer.hearts <= RULES.max_hearts
    assert 0 <= player.streak.freezes + offer.freezes <= RULES.max_freezes
    if offer.hindrance is not None:
        return
    outcome = buy(player, item)
    after = regrow_hearts(outcome.player.hearts, NOON, RULES).count
    assert (outcome.hearts, outcome.freezes) == (offer.hearts, offer.freezes)
    assert (after - before, offer.hearts + offer.freezes > 0) == (offer.hearts, True)
    assert outcome.player.gold == player.gold - offer.price >= 0
    freezes = player.streak.freezes + offer.freezes
    assert outcome.player.streak == replace(player.streak, freezes=freezes)


def earn(model: Model, gold: int) -> None:
    """At least so much, in hard tasks, 20 a day."""
    done = 0
    while model.player.gold < gold:
        model.complete(f"{model.calendar.day_of(model.now)} {done}", Difficulty.HARD)
        done += 1
        if done % RULES.paid_tasks_per_day == 0:
            model.wait(24)


def test_a_freeze_that_was_bought_saves_the_streak() -> None:
    model = Model()
    earn(model, 100)
    model.wait(24)
    model.complete("second day")
    model.buy(FREEZE)
    model.wait(48)
    assert model.rest().streak == 2
    model.complete("fourth day")
    assert (model.player.streak.count, model.player.streak.freezes) == (3, 0)


def test_a_freeze_that_is_bought_after_the_missed_day_saves_the_streak_as_well() -> None:
    """The history says what was gained and in which order, not that a day was missed by then."""
    model = Model()
    earn(model, 100)
    model.wait(48)
    assert model.rest().streak == 0
    assert model.buy(FREEZE).streak == 1
    model.complete("third day")
    assert (model.player.streak.count, model.player.streak.freezes) == (2, 0)


def test_a_freeze_stays_when_what_it_was_earned_by_is_undone() -> None:
    model = Model()
    earn(model, 100)
    model.complete("last", Difficulty.HARD)
    before = model.player.gold
    model.buy(FREEZE)
    model.undo("last")
    assert (model.player.gold, model.player.streak.freezes) == (before - 108, 1)


def test_with_a_debt_nothing_is_bought() -> None:
    model = Model()
    model.attempt("1", questions=5, wrong=5)
    earn(model, 24)
    model.buy(HEART)
    model.undo(f"{NOON.date()} 0")
    assert model.player.gold == -4
    player = model.player
    for item in ShopItem:
        assert make_offer(player, item, model.now, RULES).hindrance is Hindrance.NOT_ENOUGH_GOLD
        assert not model.buy(item).entries
    assert model.player == player
    model.complete("1", Difficulty.HARD)
    assert model.player.gold == 4


def test_a_freeze_too_many_is_lost() -> None:
    """Where the undone day had used one up, and so made room for the one that was bought."""
    model = Model()
    earn(model, 300)
    model.buy(FREEZE)
    model.buy(FREEZE)
    model.wait(48)
    model.complete("after a missed day")
    assert model.player.streak.freezes == 1
    model.buy(FREEZE)
    model.undo("after a missed day")
    assert model.player.streak.freezes == 2
    assert model.bought() == [FREEZE] * 3
