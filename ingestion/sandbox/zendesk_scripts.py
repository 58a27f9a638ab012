"""The life of one simulated ticket: who says what when, how its fields change, how the customer rates it."""

import datetime as dt
import random

from ingestion.sandbox.clock import COMPANY_ZONE
from ingestion.sandbox.zendesk_tickets import DAY, GROUPS, HOUR, SYSTEM_USER, Action, Change, Rating, Ticket

SCRIPTS: tuple[tuple[str, int], ...] = (
    ("normal", 52),
    ("noted", 8),
    ("reopened", 9),
    ("held", 6),
    ("unanswered", 5),
    ("bot_only", 4),
    ("bot_solved", 2),
    ("agent_opened", 6),
    ("agent_silent", 2),
    ("logged_call", 2),
    ("deleted", 2),
)


def in_working_time(at: int, rng: random.Random) -> int:
    """Move an instant outside Monday to Friday, 8 to 18 in the company's zone, to the next working morning."""
    local = dt.datetime.fromtimestamp(at, COMPANY_ZONE)
    if local.isoweekday() <= 5 and 8 <= local.hour < 18:
        return at
    if local.isoweekday() > 5 or local.hour >= 18:
        local += dt.timedelta(days=1)
    while local.isoweekday() > 5:
        local += dt.timedelta(days=1)
    morning = local.replace(hour=8, minute=30, second=0)
    return int(morning.timestamp()) + rng.randrange(0, 2 * HOUR)


class Play:
    """Writes the actions of one ticket."""

    def __init__(self, ticket: Ticket, rng: random.Random) -> None:
        """Prepare a ticket without actions."""
        self.ticket, self.rng = ticket, rng
        self.at = ticket.created
        self.status = ""

    def run(self, script: str) -> None:
        """Play a script of SCRIPTS."""
        getattr(self, f"_{script}")()
        self.ticket.actions.sort(key=lambda action: action.at)

    def merge_into(self, target: Ticket) -> None:
        """Close the ticket as merged into another one, two hours after it came."""
        ticket = self.ticket
        self._open_by_customer()
        self._wait(HOUR, 3 * HOUR)
        ticket.merged_into, ticket.merged_at = target.ticket_id, self.at
        note = f"This request was closed and merged into request #{target.ticket_id}."
        tagged: Change = ("tags", [], ["closed_by_merge"])
        changes: tuple[Change, ...] = (("status", self.status, "closed"), tagged)
        self._act(ticket.assignee.user_id, "web", (False, note), changes)
        merged = f"Request #{ticket.ticket_id} was closed and merged into this request."
        target.actions.append(Action(self.at, ticket.assignee.user_id, "web", (False, merged)))
        target.actions.sort(key=lambda action: action.at)

    def _normal(self) -> None:
        self._open_by_customer()
        for _ in range(self.rng.choice((0, 0, 0, 1, 2))):
            self._wait(600, 6 * HOUR)
            self._customer_says("Any news?")
        self._answer()
        for _ in range(self.rng.choice((0, 0, 1, 2))):
            self._wait(HOUR, 2 * DAY)
            self._customer_says("One more question", status="open")
            self._answer()
        self._solve_and_ask()

    def _noted(self) -> None:
        self._open_by_customer()
        self._wait_working(600, 3 * HOUR)
        self._act(self.ticket.assignee.user_id, "web", (False, "Looks like the known export problem"), self._to("open"))
        self._answer()
        self._solve_and_ask()

    def _reopened(self) -> None:
        self._open_by_customer()
        self._answer()
        self._solve()
        self._wait(2 * HOUR, 5 * DAY)
        self._customer_says("It is back", status="open")
        self._answer()
        if self.rng.random() < 0.2:
            return
        self._solve_and_ask()

    def _held(self) -> None:
        self._open_by_customer()
        self._answer(status="pending")
        self._wait(2 * HOUR, 2 * DAY)
        self._customer_says("Here is the log", status="open")
        self._wait_working(HOUR, DAY)
        self._act(self.ticket.assignee.user_id, "web", (False, "Waiting for engineering"), self._to("hold"))
        self._wait(3 * DAY, 12 * DAY)
        self._answer()
        self._solve_and_ask()

    def _unanswered(self) -> None:
        self._open_by_customer()
        if self.rng.random() < 0.5:
            self._wait(DAY, 3 * DAY)
            self._customer_says("Hello?")

    def _bot_only(self) -> None:
        self._open_by_customer(says_bot=True)

    def _bot_solved(self) -> None:
        self._open_by_customer(says_bot=True)
        self._wait(2 * DAY, 4 * DAY)
        self._act(SYSTEM_USER, "rule", None, self._to("solved"))
        self._close()

    def _agent_opened(self) -> None:
        agent = self.ticket.submitter.user_id
        self._create("open", agent, (True, "We noticed failed payments on your account"))
        self._wait(2 * HOUR, 2 * DAY)
        self._customer_says("Thank you, what can we do?", status="open")
        self._answer()
        self._solve_and_ask()

    def _agent_silent(self) -> None:
        self._create("open", self.ticket.submitter.user_id, (True, "Your renewal is coming up"))
        self._wait_working(DAY, 3 * DAY)
        self._act(self.ticket.assignee.user_id, "web", None, self._to("solved"))
        self._close()

    def _logged_call(self) -> None:
        is_public = self.rng.random() < 0.5
        self._create("solved", self.ticket.submitter.user_id, (is_public, "Call: showed the import dialogue"))
        self._close()

    def _deleted(self) -> None:
        self._open_by_customer()
        self._wait(HOUR, 2 * DAY)
        self.ticket.deleted_at = self.at

    def _create(self, status: str, author_id: int, comment: tuple[bool, str]) -> None:
        ticket = self.ticket
        changes: list[Change] = [("status", None, status), ("group_id", None, ticket.group_id)]
        if status != "new":
            changes.append(("assignee_id", None, ticket.assignee.user_id))
        self._act(author_id, ticket.channel, comment, tuple(changes))
        self.status = status

    def _open_by_customer(self, *, says_bot: bool = False) -> None:
        self._create("new", self.ticket.requester.user_id, (True, "Something does not work"))
        if says_bot or self.rng.random() < 0.4:
            self.at += self.rng.randrange(2, 50)
            channel = "answer_bot" if says_bot and self.rng.random() < 0.5 else "rule"
            self._act(SYSTEM_USER, channel, (True, "We have received your request"), ())

    def _answer(self, *, status: str = "pending") -> None:
        ticket = self.ticket
        self._wait_working(300, self.rng.choice((HOUR, 4 * HOUR, 12 * HOUR, 30 * HOUR)))
        changes = self._to(status)
        if ticket.value("assignee_id", self.at) is None:
            changes = (*changes, ("assignee_id", None, ticket.assignee.user_id))
        self._act(ticket.assignee.user_id, "web", (True, "Please try the following"), changes)

    def _customer_says(self, text: str, *, status: str | None = None) -> None:
        changes = self._to(status) if status is not None and self.status != "new" else ()
        self._act(self.ticket.requester.user_id, "email", (True, text), changes)

    def _solve(self) -> None:
        self._wait_working(300, 2 * DAY)
        comment = (True, "Solved, have a nice day") if self.rng.random() < 0.4 else None
        self._act(self.ticket.assignee.user_id, "web", comment, self._to("solved"))

    def _solve_and_ask(self) -> None:
        """Solve, offer a survey a day later, and close for good after four weeks."""
        if self.rng.random() < 0.06:
            return
        self._solve()
        solved = self.at
        if self.rng.random() < 0.8:
            self._survey(solved + DAY)
        self.at = solved
        self._close()

    def _survey(self, offered: int) -> None:
        ticket, rng = self.ticket, self.rng
        ticket.rating = Rating(0, offered, ticket.assignee.user_id, ticket.group_id)
        self.at = offered
        self._act(SYSTEM_USER, "rule", None, (("satisfaction_score", "unoffered", "offered"),))
        if rng.random() > 0.5:
            return
        is_good = rng.random() < 0.78
        self._rate(rng.randrange(HOUR, 3 * DAY), "offered", is_good)
        if rng.random() < 0.12:
            self._rate(rng.randrange(5 * DAY, 21 * DAY), _word(is_good), not is_good)

    def _rate(self, wait: int, before: str, is_good: bool) -> None:
        assert self.ticket.rating is not None
        self.at += wait
        self.ticket.rating.answers.append((self.at, is_good))
        change = ("satisfaction_score", before, _word(is_good))
        self._act(self.ticket.requester.user_id, "web", None, (change,))

    def _close(self) -> None:
        """Close after four weeks; a part of the tickets is filed with the next group by then."""
        self.at += 28 * DAY
        changes = self._to("closed")
        if self.ticket.ticket_id % 5 == 0:
            group = self.ticket.group_id
            changes = (*changes, ("group_id", group, GROUPS[(GROUPS.index(group) + 1) % len(GROUPS)]))
        self._act(SYSTEM_USER, "rule", None, changes)

    def _to(self, status: str) -> tuple[Change, ...]:
        before, self.status = self.status, status
        return () if before == status else (("status", before, status),)

    def _act(self, author_id: int, channel: str, comment: tuple[bool, str] | None, changes: tuple[Change, ...]) -> None:
        self.ticket.actions.append(Action(self.at, author_id, channel, comment, changes))

    def _wait(self, low: int, high: int) -> None:
        self.at += self.rng.randrange(low, max(high, low + 1))

    def _wait_working(self, low: int, high: int) -> None:
        self._wait(low, high)
        if self.rng.random() < 0.93:
            self.at = in_working_time(self.at, self.rng)


def _word(is_good: bool) -> str:
    return "good" if is_good else "bad"
