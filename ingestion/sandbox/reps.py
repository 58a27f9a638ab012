"""Sales reps: who works when, in which team."""

import datetime as dt
import random
from dataclasses import dataclass

from ingestion.sandbox.clock import at_local, local_date

FIRST_REP_ID = 71_001
TEAMS: tuple[tuple[str, str], ...] = (("301", "Enterprise"), ("302", "Mid-Market"), ("303", "Commercial"))
_NAMES = (
    ("Rana", "Haddad"), ("Ron", "Peters"), ("Sofia", "Conti"), ("Tom", "Weber"), ("Uma", "Iyer"), ("Victor", "Lund"),
    ("Wanda", "Kowalska"), ("Xavier", "Blanc"), ("Yara", "Nasser"), ("Zoe", "Miller"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SalesRep:
    """One CRM owner; `left_at` None means still employed, `moves` are later (moment, team id) changes."""

    rep_id: str
    user_id: int
    first_name: str
    last_name: str
    team_id: str
    joined_at: dt.datetime
    left_at: dt.datetime | None
    moves: tuple[tuple[dt.datetime, str], ...] = ()

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"

    @property
    def email(self) -> str:
        """Work address, on the company's own domain."""
        return f"{self.first_name}.{self.last_name}.{self.rep_id}@sandbox-ltd.example".lower()

    def team_at(self, now: dt.datetime) -> str:
        """Return the team id at a moment."""
        team = self.team_id
        for moment, moved_to in self.moves:
            if moment <= now:
                team = moved_to
        return team

    def is_employed(self, now: dt.datetime) -> bool:
        """Tell whether the rep works at a moment."""
        return self.joined_at <= now and (self.left_at is None or now < self.left_at)


@dataclass(frozen=True, slots=True)
class SalesForce:
    """All reps of all time."""

    reps: tuple[SalesRep, ...]

    def choose(self, rng: random.Random, moment: dt.datetime, *, other_than: str | None = None) -> str:
        """Return the id of one rep employed at a moment, not that of the one who is to be replaced."""
        return rng.choice([rep for rep in self.reps if rep.is_employed(moment) and rep.rep_id != other_than]).rep_id

    def left_at(self, rep_id: str) -> dt.datetime | None:
        """Return when a rep leaves, None when never."""
        return next((rep.left_at for rep in self.reps if rep.rep_id == rep_id), None)

    def is_employed(self, rep_id: str, moment: dt.datetime) -> bool:
        """Tell whether a rep works at a moment."""
        return any(rep.rep_id == rep_id and rep.is_employed(moment) for rep in self.reps)


def team_name(team_id: str) -> str:
    """Return the label of a team."""
    return dict(TEAMS)[team_id]


def generate(rng: random.Random, start: dt.datetime, scale: float, *, team_moves: bool) -> SalesForce:
    """Return the reps: most are there from the start, every fifth joins later, every seventh leaves.

    A CRM keeps no history of teams, so reps change teams only when `team_moves` is asked for.
    """
    first_day = local_date(start)
    reps: list[SalesRep] = []
    for number in range(8 + min(24, int(scale // 4))):
        first, last = _NAMES[number % len(_NAMES)]
        joined = first_day - dt.timedelta(days=rng.randint(40, 900))
        left: dt.datetime | None = None
        if number % 5 == 4:
            joined = first_day + dt.timedelta(days=rng.randint(150, 600))
        elif number % 7 == 6:
            left = at_local(first_day + dt.timedelta(days=rng.randint(300, 650)), 17)
        team, other = rng.sample([team_id for team_id, _ in TEAMS], 2)
        moved = at_local(first_day + dt.timedelta(days=rng.randint(400, 700)), 8)
        reps.append(
            SalesRep(
                rep_id=str(FIRST_REP_ID + 11 * number),
                user_id=90_001 + number,
                first_name=first,
                last_name=last,
                team_id=team,
                joined_at=at_local(joined, 9),
                left_at=left,
                moves=((moved, other),) if team_moves and number % 4 == 1 else (),
            )
        )
    return SalesForce(tuple(reps))
