"""Bodies about bosses and battles."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from app.core.battles import BattleKind, FightHindrance
from app.core.definitions import BossKind
from app.schemas.common import MAX_ID, AnswerModel, RequestModel
from app.schemas.definitions import DefinitionKey


class FightCreate(RequestModel):
    """Who fights. Leave it all out for a boss that you fight alone."""

    party_id: Annotated[int, Field(strict=True, ge=1, le=MAX_ID)] | None = Field(
        default=None, description="The party that fights, for a party's boss.", examples=[42]
    )


class SpoilsRead(AnswerModel):
    """What the fall of a boss pays."""

    xp: int
    gold: int


class BattleRead(AnswerModel):
    """A battle of your own, with a boss that you chose or with that of a week of a course."""

    id: int | None = Field(description="Null for the boss of a week that nothing has hurt yet.")
    kind: BattleKind
    boss_key: DefinitionKey | None = Field(description="Null for the boss of a week.")
    course: str | None = Field(description="The slug of the course whose week's boss it is.")
    week_id: int | None
    title: str
    hp: int
    hp_left: int
    reward: SpoilsRead
    strikes_back: bool = Field(
        description="Whether you lose a heart at the end of each day without activity."
    )
    started_at: datetime | None = Field(
        description="Null for the boss of a week that nothing has hurt yet."
    )


class FighterRead(AnswerModel):
    """A member of the party who dealt damage."""

    user_id: int
    display_name: str = Field(description="Empty if the member has chosen none.")
    damage: int


class PartyBattleRead(AnswerModel):
    """A battle of a party that you are in: every member's activities hurt the boss."""

    id: int
    boss_key: DefinitionKey | None
    party_id: int
    party: str = Field(description="The party's name.")
    title: str
    hp: int
    hp_left: int
    reward: SpoilsRead = Field(description="Paid to each fighter.")
    strikes_back: bool = Field(
        description="Whether each member loses a heart at the end of a day without activity."
    )
    started_at: datetime
    fighters: list[FighterRead] = Field(
        description="Members who dealt damage, at most 30; who dealt most comes first."
    )
    damage_of_others: int = Field(description="What those dealt who have left since.")


class VictoryRead(AnswerModel):
    """A boss that you beat, alone or with others."""

    kind: BattleKind
    title: str
    reward: SpoilsRead
    won_at: datetime


class BossChoiceRead(AnswerModel):
    """A boss that you, or a party of yours, may fight."""

    key: DefinitionKey
    kind: BossKind
    title: str
    description: str
    hp: int
    reward: SpoilsRead
    strikes_back: bool
    min_level: int = Field(description="The level that whoever begins the fight needs.")
    available: bool
    hindrance: FightHindrance | None = Field(
        description="Why it can't be fought now: your level, a battle that is running (yours or those "
        "of all your parties), or that you are in no party."
    )


class BossesRead(AnswerModel):
    """Whom you fight, have beaten, and may fight."""

    battles: list[BattleRead] = Field(
        description="Your own battles, at most 50: first those with bosses that you chose, then those "
        "with the bosses of open weeks, in the 10 newest courses that you take."
    )
    party_battles: list[PartyBattleRead] = Field(description="One for each party at most.")
    victories: list[VictoryRead] = Field(description="The last 20, newest first.")
    choices: list[BossChoiceRead] = Field(description="At most 100, those for low levels first.")


class FightRead(AnswerModel):
    """The battle that began; the other of the two is null."""

    battle: BattleRead | None
    party_battle: PartyBattleRead | None
