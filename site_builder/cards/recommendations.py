"""What the data show could be had for less, faster, or not at all, and what the advice of the month before saved."""

from collections.abc import Sequence
from decimal import Decimal

from site_builder.gather.advice import Outcome, Recommendation
from site_builder.gather.usage import ZERO
from site_builder.gather.view import View
from site_builder.pages.elements import Card, Column, Fact, Notice, Table, Value
from site_builder.planning.periods import MONTHLY
from site_builder.words import formats, phrases

NAME = "recommendations"
SHOWN = 8
_COLUMNS = (
    Column("tenant_id", "Tenant", "name"), Column("rank", "Rank", "int"), Column("kind", "Kind", "figure"),
    Column("advice", "Advice", "words"), Column("evidence", "Evidence", "words"),
    Column("monthly_savings_credits", "Saves a month", "amount"), Column("saved_credits", "Saved", "amount"),
    Column("monthly_savings_amount", "Saves a month, money", "amount"),
    Column("saved_amount", "Saved, money", "amount"),
    Column("currency", "Currency"),
    *(Column(name, name, data_only=True) for name in (
        "as_of", "first_date", "task_category", "channel", "item_id", "from_model_id", "to_model_id", "from_credits",
        "to_credits", "from_requests", "to_requests", "from_success_rate", "to_success_rate", "success_difference_low",
        "from_ratings", "to_ratings", "from_avg_rating", "to_avg_rating", "rating_difference_low", "from_latency_ms",
        "to_latency_ms", "quantity", "quantity_of", "excess_credits", "expected_credits", "expected_to_date_credits",
        "expected_to_date_amount", "is_whole_month", "moved_requests",
    )),
)  # fmt: skip
_KINDS = {
    "off_peak": "Off-peak", "runaway_item": "Runaway item", "idle_seats": "Idle seats",
    "unused_assistants": "Unused assistants",
}  # fmt: skip

_DEFINITION = (
    "As the period's last date ends, and only where the tenant's own data show it. A cheaper model must have enough "
    "messages and ratings of the task; that it fails more often or is liked less by more than a little is ruled out "
    "with 95% confidence. It saves what the successful messages took (or would take at the present rate, if less) "
    "less what their own tokens would take at its present rate; no message is saved twice. Off-peak: faster on more "
    "than half of the dates, with 95% confidence. Of runaway items, seats and assistants no saving can be shown. "
    "Saved: how many messages of the task left the model advised against for the one advised, by the mix of before of "
    "all its models, times what such a message would have taken beyond what it took; held against what was expected "
    "by the dates of the month that are over. In money: at what a credit costs the tenant; without a price unknown."
)


def build(view: View) -> Card:
    """The card of one report."""
    found = view.now.recommendations
    outcomes = view.now.outcomes if view.period.edition == MONTHLY else ()
    more = len(found) - SHOWN
    return Card(
        name=NAME,
        subject="Recommendations",
        title=_title(found, outcomes),
        about=phrases.about(view),
        table=Table(_COLUMNS, [*map(_row, found), *map(_outcome_row, outcomes)]),
        definition=_DEFINITION,
        facts=_facts(outcomes),
        notices=[_notice(view, recommendation) for recommendation in found[:SHOWN]],
        note=f"{formats.plural(more, 'more recommendation')} in the table." if more > 0 else "",
        is_empty=not found and not outcomes,
    )


def _row(one: Recommendation) -> tuple[Value, ...]:
    return _cells(one, advice=_advice(one), evidence=_evidence(one))


def _outcome_row(one: Outcome) -> tuple[Value, ...]:
    return _cells(one, kind="outcome", as_of=one.recommended_on, advice=_move(one), evidence=_followed(one))


def _cells(one: Recommendation | Outcome, **cells: Value) -> tuple[Value, ...]:
    values = {**one._asdict(), **cells}
    return tuple(values.get(column.name) for column in _COLUMNS)


def _title(found: Sequence[Recommendation], outcomes: Sequence[Outcome]) -> str:
    savers = [recommendation for recommendation in found if recommendation.monthly_savings_credits is not None]
    whole = formats.amount(sum((advice.monthly_savings_credits or ZERO for advice in savers), ZERO))
    money = _money([(advice.monthly_savings_amount, advice.currency) for advice in savers])
    if len(savers) == 1:
        return f"{_move(savers[0])}: {whole} credits{money} a month"
    if savers:
        return f"{len(savers)} moves to cheaper models would save {whole} credits{money} a month"
    if found:
        return f"{formats.plural(len(found), 'thing')} to look at, without a saving that can be shown"
    return "Nothing new to advise" if outcomes else "Nothing to advise: the data show no saving"


def _facts(outcomes: Sequence[Outcome]) -> list[Fact]:
    """What the advice of the month before really saved."""
    known = [outcome for outcome in outcomes if outcome.saved_credits is not None]
    if not known:
        return []
    saved = sum((outcome.saved_credits or ZERO for outcome in known), ZERO)
    expected = sum((outcome.expected_to_date_credits for outcome in known), ZERO)
    moved = formats.plural(sum(outcome.moved_requests for outcome in known), "message")
    by_now = "" if all(outcome.is_whole_month for outcome in known) else " expected by now"
    money = _money([(outcome.saved_amount, outcome.currency) for outcome in known])
    text = f"{formats.amount(saved)} of {formats.amount(expected)} credits{by_now}{money}, {moved} moved"
    return [Fact("Saved by the advice of the month before", text)]


def _money(amounts: Sequence[tuple[Decimal | None, str | None]]) -> str:
    """What these come to in money, in brackets; nothing where any is unknown, or they are in several currencies."""
    known = [(amount, currency) for amount, currency in amounts if amount is not None and currency is not None]
    if not known or len(known) < len(amounts) or len({currency for _, currency in known}) > 1:
        return ""
    return f" ({formats.amount(sum((amount for amount, _ in known), ZERO))} {known[0][1]})"


def _notice(view: View, one: Recommendation) -> Notice:
    saving = one.monthly_savings_credits
    money = _money([(one.monthly_savings_amount, one.currency)])
    saved = f"{formats.amount(saving)} credits{money}"
    tone, when = ("saves", saved) if saving is not None else ("check", _KINDS[one.kind])
    evidence = " · ".join(filter(None, [_evidence(one), phrases.tenant_note(view, one.tenant_id)]))
    return Notice(tone, when, _advice(one), evidence)


def said(view: View, one: Recommendation) -> str:
    """A piece of advice in a sentence, with what it saves."""
    tenant = phrases.tenant_note(view, one.tenant_id)
    whose = f" ({tenant})" if tenant else ""
    if one.monthly_savings_credits is None:
        return f"{_advice(one)}{whose}"
    money = _money([(one.monthly_savings_amount, one.currency)])
    return f"{_advice(one)}{whose}: saves {formats.amount(one.monthly_savings_credits)} credits{money} a month"


def _move(one: Recommendation | Outcome) -> str:
    to, present = phrases.in_text(one.to_model_name), phrases.in_text(one.from_model_name)
    return f"Use {to} for {phrases.in_text(one.task_category)} instead of {present}"


def _advice(one: Recommendation) -> str:
    if one.kind == "cheaper_model":
        return _move(one)
    if one.kind == "off_peak":
        return f"Run {one.channel} work of {phrases.in_text(one.from_model_name)} outside of 09:00–17:00 on weekdays"
    if one.kind == "runaway_item":
        return f"Look into {phrases.in_text(one.item_name)}, which ran away"
    count = one.quantity or 0
    if one.kind == "idle_seats":
        return f"Give back or hand out {formats.plural(count, 'idle seat')}"
    return f"Retire or make known {formats.plural(count, 'unused assistant')}"


def _evidence(one: Recommendation) -> str:
    if one.kind == "cheaper_model":
        return (
            f"{formats.amount(one.to_credits)} instead of {formats.amount(one.from_credits)} credits in {one.days} "
            f"dates; success {_percent(one.to_success_rate)} of {formats.count(one.to_requests)} messages instead of "
            f"{_percent(one.from_success_rate)} of {formats.count(one.from_requests)}; "
            f"rating {_rating(one.to_avg_rating)} instead of {_rating(one.from_avg_rating)}"
        )
    part = f"{formats.count(one.quantity)} of {formats.count(one.quantity_of)}"
    if one.kind == "off_peak":
        faster, slower = _seconds(one.to_latency_ms), _seconds(one.from_latency_ms)
        return f"{faster} a message instead of {slower}; faster on {part} dates"
    if one.kind == "runaway_item":
        taken = f"{formats.amount(one.from_credits)} credits on {part} dates of use"
        return ": ".join(filter(None, [phrases.above_median(one.excess_credits), taken]))
    return f"{part}, in {one.days} dates"


def _followed(one: Outcome) -> str:
    moved = formats.plural(one.moved_requests, "message")
    if one.saved_credits is None:
        return f"{moved} moved; the model before has no rate any more"
    saved, expected = formats.amount(one.saved_credits), formats.amount(one.expected_to_date_credits)
    by_now = "" if one.is_whole_month else " expected by now"
    return (
        f"{moved} moved, which saved {saved} of {expected} credits{by_now}{_money([(one.saved_amount, one.currency)])}"
    )


def _percent(rate: float | None) -> str:
    return formats.NONE_TEXT if rate is None else formats.percent(100 * rate)


def _rating(stars: float | None) -> str:
    return formats.NONE_TEXT if stars is None else formats.grouped(Decimal(str(stars)), 2)


def _seconds(milliseconds: float | None) -> str:
    return formats.NONE_TEXT if milliseconds is None else f"{formats.grouped(milliseconds / 1000, 1)}{formats.THIN}s"
