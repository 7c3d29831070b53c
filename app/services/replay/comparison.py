"""Comparing a replay with what was recorded and what is kept: what, what it should be, what it is."""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from app.game.activity import Source, SourceType
from app.game.outcome import Outcome
from app.game.player import Player
from app.services.player_mapping import write_pauses
from app.services.replay.replay import Replayed
from app.services.replay.values import (
    Amounts,
    Definitions,
    EntryKey,
    KeptBattle,
    KeptGoal,
    Record,
)

Finding: TypeAlias = tuple[str, str, str]
"""what, expected, found"""


def compare_outcomes(
    replayed: Replayed, record: Record, definitions: Definitions
) -> Iterator[Finding]:
    """What an activity did by the rules, against what was recorded of it."""
    outcome, activity = replayed.outcome, record.activity
    expected = {
        "local date": activity.local_on,
        "paid": outcome.paid,
        "freezes": outcome.freezes,
        "hearts": outcome.hearts,
        **_tell_damage(outcome),
    }
    found = {
        "local date": record.local_on,
        "paid": record.paid,
        "freezes": record.freezes,
        "hearts": record.hearts,
        **{f"damage of boss_battle {source.id}": dealt for source, dealt in record.blows.items()},
    }
    # What was done before there were bosses dealt nothing.
    if record.damage or outcome.blows:
        expected["damage"], found["damage"] = outcome.damage, record.damage
    yield from _compare(expected, found, absent="none")
    yield from _compare(
        _name_entries(replayed.entries, definitions),
        _name_entries(record.entries, definitions),
        absent="none",
    )


def compare_players(replayed: Player, kept: Player) -> Iterator[Finding]:
    """The player at the end."""
    yield from _compare(_tell_player(replayed), _tell_player(kept), absent="none")


def compare_counters(replayed: Mapping[str, int], kept: Mapping[str, int]) -> Iterator[Finding]:
    """The counters at the end; none is the same as 0."""
    yield from _compare(
        {f"counter {name}": value for name, value in replayed.items() if value},
        {f"counter {name}": value for name, value in kept.items() if value},
        absent="0",
    )


def compare_goals(
    replayed: Mapping[Source, KeptGoal], kept: Mapping[Source, KeptGoal]
) -> Iterator[Finding]:
    """Quests and challenges at the end."""
    yield from _compare(_tell_goals(replayed), _tell_goals(kept), absent="none")


def compare_battles(
    replayed: Mapping[Source, KeptBattle], kept: Mapping[Source, KeptBattle]
) -> Iterator[Finding]:
    """One's own battles at the end."""
    yield from _compare(_tell_battles(replayed), _tell_battles(kept), absent="none")


def compare_badges(
    replayed: Mapping[str, tuple[int, int]], kept: Mapping[str, tuple[int, int]]
) -> Iterator[Finding]:
    """The badges at the end."""
    yield from _compare(_tell_badges(replayed), _tell_badges(kept), absent="none")


def _compare(
    expected: Mapping[str, object], found: Mapping[str, object], absent: str
) -> Iterator[Finding]:
    for what in sorted(expected.keys() | found.keys()):
        if (what in expected, expected.get(what)) != (what in found, found.get(what)):
            yield what, str(expected.get(what, absent)), str(found.get(what, absent))


def _tell_damage(outcome: Outcome) -> dict[str, object]:
    return {
        f"damage of boss_battle {blow.source.id}": blow.damage
        for blow in outcome.blows
        if blow.source.type is SourceType.BOSS_BATTLE
    }


def _name_entries(
    entries: Mapping[EntryKey, Amounts], definitions: Definitions
) -> dict[str, object]:
    """Entries by name. The challenges of parties pay nothing and go with the party: they are left out."""
    named: dict[str, object] = {}
    for key, (xp, gold) in entries.items():
        source = key.source
        if source.type is SourceType.CHALLENGE and int(source.id) not in definitions.challenges:
            continue
        of = f" ({key.reverses})" if key.reverses else ""
        name = f"entry {key.reason}{of} of {source.type} {source.id}, round {key.round}"
        named[name] = f"{xp} XP, {gold} gold"
    return named


def _tell_player(player: Player) -> dict[str, object]:
    streak, hearts = player.streak, player.hearts
    return {
        "XP": player.xp,
        "gold": player.gold,
        "streak": streak.count,
        "longest streak": streak.longest,
        "streak freezes": streak.freezes,
        "last active at": streak.last_at,
        "last active on": streak.last_on,
        "pauses": write_pauses(streak.pauses),
        "hearts": hearts.count,
        "hearts since": hearts.since,
    }


def _tell_goals(goals: Mapping[Source, KeptGoal]) -> dict[str, object]:
    return {
        f"{source.type} {source.id}": f"{goal.status}, progress {goal.progress}, counted after "
        f"{goal.began}, finished by {goal.finished}, definition {goal.definition}"
        for source, goal in goals.items()
    }


def _tell_battles(battles: Mapping[Source, KeptBattle]) -> dict[str, object]:
    return {
        f"boss_battle {source.id}": f"damage {battle.damage} of {battle.hp} for {battle.xp} XP and "
        f"{battle.gold} gold, counted after {battle.began}, won by {battle.won}"
        for source, battle in battles.items()
    }


def _tell_badges(badges: Mapping[str, tuple[int, int]]) -> dict[str, object]:
    return {
        f"badge {key}": f"awarded by {sequence}, definition {definition}"
        for key, (definition, sequence) in badges.items()
    }
