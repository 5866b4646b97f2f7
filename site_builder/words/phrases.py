"""Words that several cards share, so that the same thing is always said in the same way."""

from collections import Counter
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal

from site_builder.gather.models import Model
from site_builder.gather.usage import Totals
from site_builder.gather.view import View
from site_builder.pages.elements import Change
from site_builder.planning import periods
from site_builder.planning.periods import Period
from site_builder.words import formats

NONE_KEY = "(none)"
_SCALE = Decimal("0.000001")
NOTHING = "No usage in this period"


def about(view: View) -> str:
    """A card's period and time zone."""
    running = ", to date" if view.period.to_date else ""
    return f"{periods.range_text(view.period.covered)}{running} · {view.scope.zone}"


def compared_with(view: View) -> str:
    """What the period is compared with, and how much of that there is."""
    if not view.has_past:
        return "There is no earlier period to compare with."
    text = f"Compared with {periods.range_text(view.before)}"
    if view.before.first < view.scope.first:
        return f"{text}, of which only the dates from {periods.short_date(view.scope.first)} on have data."
    return f"{text}."


def change(current: Decimal | int | float | None, before: Decimal | int | float | None, view: View) -> Change:
    """The change between two figures, in percent."""
    return change_of(current, before, has_past=view.has_past)


def change_of(current: Decimal | int | float | None, before: Decimal | int | float | None, *, has_past: bool) -> Change:
    """The same where there is no report; has_past: whether there is any date to compare with."""
    if not has_past:
        return Change(None, "no earlier period", "none")
    if current is None or before is None:
        return Change(None, "not comparable", "none")
    if not before:
        return Change(None, "none before" if current else "none, as before", "none" if not current else "up")
    pct = float(100 * (Decimal(str(current)) - Decimal(str(before))) / Decimal(str(before)))
    return Change(pct, change_text(pct), tone(pct))


def change_text(pct: float, shown: Callable[[float], str] = formats.percent) -> str:
    """`▲ +12.3 %`, `▼ −4.0 %`, `no change`; large rises as a factor. `shown`: how its size is written."""
    if tone(pct) == "same":
        return "no change"
    arrow, sign = ("▲", "+") if pct > 0 else ("▼", formats.MINUS)
    if pct >= 1000:
        return f"{arrow} ×{formats.compact(round(pct / 100 + 1))}"
    return f"{arrow} {sign}{shown(abs(pct))}"


def points(current: float, before: float) -> Change:
    """The change between two ratios in percentage points."""
    difference = 100 * (current - before)
    text = change_text(difference, lambda size: f"{formats.grouped(size, 1)} points")
    return Change(float(difference), text, tone(difference))


def tone(pct: float) -> str:
    """`up`, `down` or `same`, by what one decimal shows."""
    return "same" if abs(pct) < 0.05 else "up" if pct > 0 else "down"


def in_words(pct: float | None) -> str:
    """For sentences: `12.3 % more than`, `the same as`."""
    if pct is None or tone(pct) == "same":
        return "the same as"
    if pct >= 1000:
        return f"{formats.compact(round(pct / 100 + 1))} times as much as"
    return f"{formats.percent(abs(pct))} {'more' if pct > 0 else 'less'} than"


def past_name(period: Period) -> str:
    """What the previous period is called in a sentence."""
    if period.edition == periods.DAILY:
        return f"the {periods.WEEKDAYS[period.covered.first.weekday()]} before"
    named = {periods.WEEKLY: "the week before", periods.MONTHLY: "the month before"}.get(period.edition)
    if named is None:
        return "the dates before"
    return f"the same days of {named}" if period.to_date else named


def when(period: Period) -> str:
    """When something was, in a sentence: `on …`, `in …`; of an unfinished period how much of it there is."""
    if period.edition == periods.DAILY:
        return f"on {periods.long_date(period.covered.first)}"
    if period.edition == periods.CUSTOM:
        return f"in {period.title and f'{period.title}, '}{periods.range_text(period.covered)}"
    days = f" in its first {formats.plural(period.covered.days, 'day')}" if period.to_date else ""
    name = periods.label(period)
    if period.edition == periods.WEEKLY:
        name = name.replace("Week", "week").replace(",", " of")
    elif period.edition == periods.BILLING:
        name = f"the billing period {periods.range_text(period.whole)}"
    elif period.edition == periods.YEARLY:
        name = str(period.whole.first.year)
    return f"in {name}{days}"


def in_text(name: str) -> str:
    """A name within a sentence: short, and kept from reordering the words around it."""
    return f"\u2068{formats.shown_name(name, 40)}\u2069"


def share(part: Decimal | int, whole: Decimal | int) -> float | None:
    """A ratio 0–1; None of nothing."""
    return float(Decimal(part) / Decimal(whole)) if whole else None


def per_unit(amount: Decimal | int, units: int) -> Decimal | None:
    """Amount ÷ units, rounded half away from zero to 6 digits; None of no units."""
    return (Decimal(amount) / units).quantize(_SCALE, ROUND_HALF_UP) if units else None


def above_median(excess: Decimal | None) -> str:
    """What a runaway item took above its own median; empty where that is unknown."""
    return "" if excess is None else f"{formats.amount(excess)} credits above its median"


def share_text(part: Decimal | int, whole: Decimal | int) -> str:
    """A share as a percentage for people."""
    ratio = share(part, whole)
    return formats.NONE_TEXT if ratio is None else formats.percent(100 * ratio, 0 if ratio >= 0.1 else 1)


def named(name: str, key: str, missing: str) -> str:
    """A name for people: `missing` for the key that stands for nobody."""
    return missing if key == NONE_KEY else formats.shown_name(name)


def joined(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([*filter(None, [", ".join(words[:-1])]), *words[-1:]])


def some_of(names: Sequence[str], most: int) -> str:
    """The first `most` names within a sentence, and how many more there are."""
    more = [f"{formats.count(len(names) - most)} more"] if len(names) > most else []
    return joined([*map(in_text, names[:most]), *more])


def tenant_note(view: View, tenant_id: str) -> str:
    """Whose row it is, where rows of several tenants stand together."""
    return formats.shown_name(view.tenant_names[tenant_id], 40) if view.scope.is_all else ""


def row_notes(view: View, rows: Sequence[tuple[str, str, str]]) -> list[str]:
    """What tells rows apart, given as (tenant_id, id, name): their tenant, and the id where a name stands twice."""
    seen = Counter((tenant_id, name) for tenant_id, _, name in rows)
    return [
        " · ".join(filter(None, [
            tenant_note(view, tenant_id), formats.shown_name(key, 40) if seen[tenant_id, name] > 1 else "",
        ]))
        for tenant_id, key, name in rows
    ]  # fmt: skip


def known_cost(usage: Totals | Model) -> Decimal | None:
    """What is known of the cost in US dollars; None, not 0, where no message has a known one."""
    is_unknown = usage.uncosted_requests == usage.requests > 0 and not usage.cost_usd
    return None if is_unknown else usage.cost_usd


def missing_cost(totals: Totals) -> str:
    """How much the known cost of a period lacks; empty where it is whole."""
    if not totals.uncosted_requests:
        return ""
    have = "has" if totals.uncosted_requests == 1 else "have"
    return (
        f"Of {formats.plural(totals.requests, 'message')}, {formats.count(totals.uncosted_requests)} {have} no known "
        "price; their cost is not included."
    )
