"""What a report says first: how much, the largest cause, and a line each of why, what is at risk and what to do."""

from collections.abc import Collection
from dataclasses import replace
from decimal import Decimal

from site_builder.cards import alerts, drivers, recommendations, registry
from site_builder.gather.causes import ITEM, MODEL, TEAM, USER, Runaway
from site_builder.gather.driver_effects import drivers_of, one_off_credits
from site_builder.gather.usage import ZERO
from site_builder.gather.view import View
from site_builder.pages.elements import Card, Line
from site_builder.planning import periods
from site_builder.planning.periods import DAILY, Period
from site_builder.words import formats, phrases

WHY, AT_RISK, TO_DO = "why", "at_risk", "to_do"
# A one-off that makes this share of a rise is its cause; of the credits, is named beside a fall.
_TELLING, _NOTABLE = Decimal("0.25"), Decimal("0.1")
# What makes this share of a change is its cause; else the largest part, if it makes the lesser one.
_MOST, _LARGE = Decimal("0.5"), Decimal("0.2")
_RISKS = 2


def headline(view: View) -> str:
    """How much was used, how that changed, and what or who changed it most."""
    period, totals = view.period, view.now.totals
    if view.is_empty:
        return f"No usage {phrases.when(period)}"
    credits = f"{formats.amount(totals.credits)} credits"
    change = phrases.change(totals.credits, view.past.totals.credits, view)
    if change.pct is None:
        ending = f", after none {_the_past(period)}" if view.has_past and totals.credits else ""
        return f"{credits} used {phrases.when(period)}{ending}"
    so_far = f" in {formats.plural(period.covered.days, 'day')}" if period.to_date else ""
    if change.tone == "same":
        return f"{credits}{so_far}, {phrases.in_words(change.pct)} {phrases.past_name(period)}"
    return f"{credits}{so_far}, {_more_or_less(change.pct)}{_cause(view)}"


def _more_or_less(pct: float) -> str:
    if pct >= 1000:
        return phrases.in_words(pct).removesuffix(" as")
    return f"{formats.percent(abs(pct), 0 if abs(pct) >= 100 else 1)} {'more' if pct > 0 else 'less'}"


def _cause(view: View) -> str:
    change = view.now.totals.credits - view.past.totals.credits
    one_off = _largest_one_off(view)
    if one_off is not None and one_off.excess is not None:
        if change > 0 and one_off.excess >= _TELLING * change:
            return f": {_rounded(one_off.credits)} of them {_named(view, one_off)}"
        if change < 0 and one_off.excess >= _NOTABLE * view.now.totals.credits:
            return f", despite {_rounded(one_off.credits)} of {_named(view, one_off)}"
    largest = _largest_change(view, change)
    if largest is None:
        return ""
    name, part = largest
    return f": {name} took {_rounded(abs(part))} {'more' if part > 0 else 'less'}"


def _largest_one_off(view: View) -> Runaway | None:
    return next((runaway for runaway in view.now.runaways if runaway.excess), None)


def _named(view: View, runaway: Runaway) -> str:
    whose = _of_tenant(view, phrases.in_text(runaway.item_name), runaway.tenant_id)
    return whose if view.period.edition == DAILY else f"{whose} on {periods.axis_date(runaway.usage_date)}"


def _of_tenant(view: View, name: str, tenant_id: str) -> str:
    note = phrases.tenant_note(view, tenant_id)
    return f"{name} ({note})" if note else name


def _largest_change(view: View, change: Decimal) -> tuple[str, Decimal] | None:
    """Who or what made most of a change, with its part."""
    best: tuple[str, Decimal] | None = None
    for dimension in (ITEM, USER, TEAM, MODEL):
        same_way = [
            driver
            for driver in drivers_of(view.past, view.now, dimension)
            if driver.key != phrases.NONE_KEY and driver.change * change > 0
        ]
        if not same_way:
            continue
        found = _of_tenant(view, phrases.in_text(same_way[0].name), same_way[0].tenant_id), same_way[0].change
        if abs(found[1]) >= _MOST * abs(change):
            return found
        best = found if best is None or abs(found[1]) > abs(best[1]) else best
    return best if best is not None and abs(best[1]) >= _LARGE * abs(change) else None


def _rounded(credits: Decimal) -> str:
    """Without digits that nobody needs in a headline."""
    return formats.grouped(credits) if credits >= 10 else formats.amount(credits)


def _the_past(period: Period) -> str:
    return f"on {phrases.past_name(period)}" if period.edition == DAILY else f"in {phrases.past_name(period)}"


def lines(view: View, cards: Collection[Card]) -> list[Line]:
    """Why, what is at risk, and what to do, each with the card that has more, of those that there are."""
    there = {card.name for card in cards if not card.is_empty}
    found = [_why(view), _at_risk(view), _to_do(view)]
    return [line if line.card in there else replace(line, card="") for line in found]


def _why(view: View) -> Line:
    if view.is_empty or not view.has_past:
        text = "Nothing was used" if view.is_empty else "There is no earlier period to compare with"
        return Line(WHY, "Why", text)
    one_off = _largest_one_off(view)
    if one_off is None:
        return Line(WHY, "Why", drivers.said(view), drivers.NAME)
    others = sum(bool(runaway.excess) for runaway in view.now.runaways) - 1
    more = f" and {formats.plural(others, 'smaller one')}" if others else ""
    above = "" if one_off.excess == one_off.credits else f", {formats.amount(one_off.excess)} above its usual"
    rest = view.now.totals.credits - one_off_credits(view.now)
    usual = phrases.change(rest, view.past.totals.credits - one_off_credits(view.past), view)
    trend = f", {phrases.in_words(usual.pct)} {phrases.past_name(view.period)}" if usual.pct is not None else ""
    text = (
        f"A one-off: {_named(view, one_off)} took {formats.amount(one_off.credits)} credits{above}{more}. "
        f"Without {'them' if others else 'it'}, {formats.amount(rest)}{trend}"
    )
    return Line(WHY, "Why", text, drivers.NAME)


def _at_risk(view: View) -> Line:
    told = [alert for alert in alerts.told(view.now.alerts) if alerts.is_risk(alert)]
    if told:
        first, *others = [alerts.said(view, alert) for alert in told[:_RISKS]]
        texts = [first, *(text[:1].lower() + text[1:] if text.startswith("The ") else text for text in others)]
        more = f"; {len(told) - len(texts)} more" if len(told) > len(texts) else ""
        return Line(AT_RISK, "At risk", "; ".join(texts) + more, alerts.about(told[0]), is_marked=True)
    left = sum((move.closing for move in view.now.pools), ZERO)
    parts = []
    if view.now.budgets:
        parts.append("every budget is on track")
    if left > 0:
        parts.append(f"{formats.amount(left)} credits are left")
    said = f"Nothing: {phrases.joined(parts)}" if parts else "Nothing that the data show"
    return Line(AT_RISK, "At risk", said, "budgets" if view.now.budgets else "balance")


def _to_do(view: View) -> Line:
    advice = view.now.recommendations
    one_off = _largest_one_off(view)
    savers = [one for one in advice if one.monthly_savings_credits]
    told = [recommendations.said(view, one) for one in (savers or advice)[:1]]
    if one_off is not None and not (told and not savers and advice[0].kind == "runaway_item"):
        told.insert(0, f"Look into {_of_tenant(view, phrases.in_text(one_off.item_name), one_off.tenant_id)}")
    more = len(advice) - 1
    tail = f"; {formats.plural(more, 'more piece')} of advice" if more > 0 else ""
    if not told:
        nothing = (
            "Nothing: the data show no saving"
            if view.period.edition in registry.ADVISED
            else "Nothing of this period alone"
        )
        return Line(TO_DO, "To do", nothing)
    text = "; ".join([told[0], *(text[:1].lower() + text[1:] for text in told[1:])])
    return Line(TO_DO, "To do", text + tail, recommendations.NAME if advice else alerts.NAME, is_marked=True)
