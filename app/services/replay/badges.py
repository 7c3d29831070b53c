"""Badges as a replay has them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from app.game.goal import Badge
from app.game.outcome import Outcome
from app.services.replay.history import History
from app.services.replay.values import BadgeDefinition, Definitions

_SETTLING = timedelta(minutes=1)
"""How long a change of definitions may take from its instant until all see it."""


@dataclass(slots=True)
class Badges:
    """All badges of one player."""

    definitions: Definitions
    _held: dict[str, tuple[BadgeDefinition, int]] = field(default_factory=dict)

    def list_open(self, at: datetime, awarded: Collection[str]) -> tuple[Badge, ...]:
        """The badges in force that the player does not have.

        Of what was defined or retired just then the records alone say whether it was seen, so there
        ``awarded`` (keys) decides.
        """
        found: dict[str, Badge] = {}
        for definition in self.definitions.badges:
            key = definition.badge.key
            if key not in self._held and _is_in_force(definition, at, is_awarded=key in awarded):
                found[key] = definition.badge
        return tuple(found.values())

    def list_held(self, history: History) -> tuple[Badge, ...]:
        """The player's badges, each with what it paid."""
        return tuple(
            replace(held.badge, standing=history.find_payment(held.badge.source))
            for held, _ in self._held.values()
        )

    def move(self, outcome: Outcome, at: datetime, sequence: int) -> None:
        """Keep which badges the player has after an activity."""
        for badge in outcome.badges:
            self._held[badge.key] = (self._find(badge, at), sequence)
        for badge in outcome.lost_badges:
            del self._held[badge.key]

    def show(self) -> Mapping[str, tuple[int, int]]:
        """The definition of each badge that the player has, and the number of the activity."""
        return {key: (held.id, sequence) for key, (held, sequence) in self._held.items()}

    def _find(self, badge: Badge, at: datetime) -> BadgeDefinition:
        same = [one for one in self.definitions.badges if one.badge == badge]
        # Revisions may be equal in all that counts.
        seen = (one for one in reversed(same) if _is_in_force(one, at, is_awarded=True))
        return next(seen, same[-1])


def _is_in_force(definition: BadgeDefinition, at: datetime, *, is_awarded: bool) -> bool:
    created, retired = definition.created_at, definition.retired_at
    if at < created or (retired is not None and at >= retired + _SETTLING):
        return False
    is_sure = at >= created + _SETTLING and (retired is None or at < retired)
    return is_sure or is_awarded
