"""The life of one simulated subscription, from its first invoice to its end or the horizon.

Price and quantity change only where a new billing period starts: at a renewal, or in mid-term by restarting
the billing cycle, which bills a whole new period at once beside a proration credit for the unused one. So
whoever reads the invoice lines of type `subscription` that are no prorations sees every change at its
`period.start`. A pause or a refusal to pay begins with a period, too: Stripe gives no instant for it, but that period
and those after it are not paid. A discount may be given at a renewal, from which it holds.
"""

import random

from ingestion.sandbox.stripe_catalogue import BUSINESS, FOREVER_PERCENT, SUPPORT, TEAM, Catalogue, Price
from ingestion.sandbox.stripe_invoices import (
    DAY,
    HOUR,
    Discount,
    Invoice,
    Line,
    draft,
    finalise,
    half_up,
    settle,
    stripe_id,
)
from ingestion.sandbox.stripe_subscriptions import PAUSED, Item, Plot, Subscription, add_intervals


class Life:
    """Plays a subscription forward, period by period."""

    def __init__(
        self, subscription: Subscription, plot: Plot, catalogue: Catalogue, rng: random.Random, horizon: int
    ) -> None:
        """Prepare a life that ends at the horizon at the latest."""
        self.sub, self.plot, self.catalogue, self.rng, self.horizon = subscription, plot, catalogue, rng, horizon

    def play(self) -> None:
        """Play the whole life."""
        sub = self.sub
        start = self._begin()
        if sub.ended_at is not None:
            return
        anchor, number, count = start, 0, 0
        while start < self.horizon and sub.ended_at is None:
            end = add_intervals(anchor, sub.interval, count + 1)
            if number:
                self._change_at_renewal(number, start)
            sub.periods.append((start, (start, end, anchor)))
            self._bill(start, end, number)
            restart = self._mid_term(number, start, end)
            self._end(number, start, end)
            number += 1
            if restart is not None and sub.ended_at is None:
                anchor, count = restart, 1
                self._bill_restart(restart, end)
                start = add_intervals(anchor, sub.interval, 1)
                sub.periods.append((restart, (restart, start, anchor)))
                continue
            start, count = end, count + 1

    def _begin(self) -> int:
        sub, plot = self.sub, self.plot
        if plot.is_incomplete:
            sub.statuses.append((sub.start, "incomplete"))
            end = add_intervals(sub.start, sub.interval, 1)
            sub.periods.append((sub.start, (sub.start, end, sub.start)))
            first = self._invoice(sub.start, "subscription_create", self._lines(sub.start, end))
            finalise(first, 0)
            sub.ended_at = sub.start + 23 * HOUR
            first.statuses.append((sub.ended_at, "void"))
            sub.statuses.append((sub.ended_at, "incomplete_expired"))
            return sub.start
        if not plot.trial_days:
            sub.statuses.append((sub.start, "active"))
            return sub.start
        sub.trial_end = sub.start + plot.trial_days * DAY
        sub.statuses.append((sub.start, "trialing"))
        sub.periods.append((sub.start, (sub.start, sub.trial_end, sub.trial_end)))
        lines = self._lines(sub.start, sub.trial_end)
        for line in lines:
            line.amount = 0
        settle(self._invoice(sub.start, "subscription_create", lines), self.rng, delay=0)
        if plot.end_in_period == -1:
            sub.cancel_flags.append((sub.trial_end - 2 * DAY, True))
            self._finish(sub.trial_end)
        elif sub.trial_end <= self.horizon:
            sub.statuses.append((sub.trial_end, "active"))
        return sub.trial_end

    def _invoice(self, at: int, reason: str, lines: list[Line]) -> Invoice:
        sub = self.sub
        discount = sub.discount
        if discount is not None and discount.end is not None and at >= discount.end:
            discount = None
        invoice = draft(self.rng, sub.customer, at, reason, lines, sub.subscription_id, discount)
        invoice.is_sent = sub.is_sent
        sub.invoices.append(invoice)
        return invoice

    def _lines(self, start: int, end: int) -> list[Line]:
        lines = []
        for item in self.sub.items:
            price, quantity = item.state(start)
            if price.is_metered:
                lines.append(self._metered_line(item, price, start))
                continue
            units = quantity or 0
            lines.append(
                Line(
                    stripe_id("il", self.rng, 24), "subscription", half_up(price.unit_amount * units), units,
                    price, price.product, item.item_id, start, end,
                    description=f"{units} × {price.product.name} (per {price.interval})",
                )
            )  # fmt: skip
        return lines

    def _metered_line(self, item: Item, price: Price, start: int) -> Line:
        used_from = add_intervals(start, price.interval, -1)
        units = 0 if start <= item.created else self.rng.randrange(200, 9000)
        return Line(
            stripe_id("il", self.rng, 24), "subscription", half_up(price.unit_amount * units), units, price,
            price.product, item.item_id, max(used_from, item.created), start,
            description=f"{units} × {price.product.name} (usage)",
        )  # fmt: skip

    def _bill(self, start: int, end: int, number: int) -> None:
        sub = self.sub
        is_first = number == 0 and sub.trial_end is None
        reason = "subscription_create" if is_first else "subscription_cycle"
        invoice = self._invoice(start, reason, self._lines(start, end))
        status = sub.status(start)
        if status == PAUSED:
            invoice.statuses.append((finalise(invoice), "void"))
        elif status == "unpaid":
            if self.plot.unpaid_in_period == number:
                finalise(invoice)
        elif is_first or self.plot.is_calm or invoice.total == 0 or self.rng.random() > 0.04:
            settle(invoice, self.rng, delay=0 if is_first else HOUR)
        else:
            opened = finalise(invoice)
            recovered = opened + self.rng.randrange(2 * DAY, 6 * DAY)
            sub.statuses.append((opened, "past_due"))
            sub.statuses.append((recovered, "active"))
            invoice.statuses.append((recovered, "paid"))

    def _change_at_renewal(self, number: int, at: int) -> None:
        sub, plot, rng = self.sub, self.plot, self.rng
        if sub.status(at) in (PAUSED, "unpaid"):
            return
        if number in (plot.pause_in_period, plot.unpaid_in_period):
            sub.statuses.append((at, PAUSED if number == plot.pause_in_period else "unpaid"))
        elif number == plot.coupon_in_period:
            sub.discount = Discount(stripe_id("di", rng), FOREVER_PERCENT, at, None)
        elif number == plot.contract_in_period:
            self._scale(at, 0.6)
        elif number == plot.add_on_in_period and sub.interval != "week":
            price = self.catalogue.price(SUPPORT, sub.interval, sub.customer.currency, at)
            sub.items.append(Item(stripe_id("si", rng), at, [(at, (price, 1))]))
        elif not plot.is_calm:
            self._chance_change(at)

    def _chance_change(self, at: int) -> None:
        dice = self.rng.random() / (0.25 if self.sub.interval == "week" else 1.0)
        main = self.sub.items[0]
        price, quantity = main.state(at)
        if dice < 0.07:
            self._scale(at, self.rng.uniform(1.1, 1.5))
        elif dice < 0.10:
            self._scale(at, self.rng.uniform(0.6, 0.9))
        elif dice < 0.12 and price.product is TEAM:
            better = self.catalogue.price(BUSINESS, price.interval, price.currency, at)
            main.states.append((at, (better, quantity)))
        elif dice < 0.40 and not price.is_active and at >= self.catalogue.raised:
            raised = self.catalogue.price(price.product, price.interval, price.currency, at)
            main.states.append((at, (raised, quantity)))

    def _scale(self, at: int, factor: float) -> None:
        """Change the first item's quantity by a factor, by one unit at least."""
        main = self.sub.items[0]
        price, quantity = main.state(at)
        before = quantity or 1
        after = max(1, round(before * factor))
        if after == before:
            after = before + 1 if factor > 1 or before == 1 else before - 1
        main.states.append((at, (price, after)))

    def _mid_term(self, number: int, start: int, end: int) -> int | None:
        sub, plot = self.sub, self.plot
        is_wished = number == plot.restart_in_period
        by_chance = not plot.is_calm and sub.interval == "year" and self.rng.random() < 0.3
        if not (is_wished or by_chance) or sub.discount is not None or len(sub.items) > 1:
            return None
        at = start + (end - start) * 55 // 100
        if sub.status(at) != "active" or any(start < changed <= end for changed, _ in sub.statuses):
            return None
        return at if at < self.horizon else None

    def _bill_restart(self, at: int, old_end: int) -> None:
        sub = self.sub
        item = sub.items[0]
        price, quantity = item.state(at)
        old_start = sub.periods[-1][1][0]
        whole = half_up(price.unit_amount * (quantity or 1))
        unused = -(whole * (old_end - at) // (old_end - old_start))
        credit = Line(
            stripe_id("il", self.rng, 24), "invoiceitem", unused, quantity, price, price.product, item.item_id,
            at, old_end, is_proration=True, description=f"Unused time on {price.product.name}",
        )  # fmt: skip
        self._scale(at, self.rng.uniform(1.2, 1.6))
        end = add_intervals(at, sub.interval, 1)
        settle(self._invoice(at, "subscription_update", [credit, *self._lines(at, end)]), self.rng, delay=0)

    def _end(self, number: int, start: int, end: int) -> None:
        sub, plot, rng = self.sub, self.plot, self.rng
        if sub.status(start) in (PAUSED, "unpaid"):
            return
        if plot.cancel_pending_in == number:
            sub.cancel_flags.append((start + DAY, True))
            self._finish(end)
            return
        is_bound = number == plot.end_in_period
        hazard = plot.churn * {"week": 0.25, "month": 1.0, "year": 6.0}[sub.interval]
        if plot.is_calm and not is_bound:
            return
        if not is_bound and (plot.end_in_period is not None or rng.random() >= hazard):
            if rng.random() < 0.01:
                sub.cancel_flags += [(start + DAY, True), (start + 4 * DAY, False)]
            return
        kind = rng.random()
        if kind < 0.55:
            sub.cancel_flags.append((start + (end - start) * 3 // 4, True))
            self._finish(end)
        elif kind < 0.85:
            self._finish(start + (end - start) * 2 // 5)
        else:
            self._default(start)

    def _default(self, start: int) -> None:
        """Let the renewal go unpaid until the subscription is cancelled three weeks later."""
        sub = self.sub
        invoice = sub.invoices[-1]
        is_first = len(sub.invoices) == 1
        if is_first or invoice.total == 0 or sub.interval == "week":
            self._finish(start + 3 * DAY)
            return
        del invoice.statuses[1:]
        opened = finalise(invoice)
        given_up = opened + 21 * DAY
        sub.statuses = [entry for entry in sub.statuses if entry[0] <= start]
        sub.statuses.append((opened, "past_due"))
        invoice.statuses.append((given_up, "uncollectible"))
        self._finish(given_up)

    def _finish(self, at: int) -> None:
        sub = self.sub
        sub.ended_at = at
        sub.statuses = [entry for entry in sub.statuses if entry[0] < at]
        sub.statuses.append((at, "canceled"))
