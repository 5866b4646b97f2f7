"""Any tag as a dimension: who or what each of its values is, and what of the credits it takes."""

from decimal import Decimal

from site_builder.charts.specs import Rank, Ranking
from site_builder.gather.tags import TagUse
from site_builder.gather.usage import ZERO
from site_builder.gather.view import Slice, View
from site_builder.pages.elements import Card, Column, Key, Panel, Table
from site_builder.planning.periods import MONTHLY
from site_builder.words import formats, phrases

NAME = "tags"
CHART_ROWS = 8
MOST_KEYS = 6
_COLUMNS = (
    Column("tag_key", "Tag", "name"), Column("tag_value", "Value", "name"), Column("requests", "Messages", "int"),
    Column("runs", "Runs", "int"), Column("calls", "Calls", "int"), Column("total_tokens", "Tokens", "int"),
    Column("credits", "Credits", "amount"), Column("credits_share", "Share", "ratio"),
    Column("divided_credits", "After division", "amount"),
    Column("previous_credits", "Before", "amount"), Column("change_pct", "Change", "pct"),
)  # fmt: skip


def build(view: View) -> Card:
    """The card of one report."""
    keys, past = _by_key(view.now), {use[:2]: use.credits for uses in _by_key(view.past).values() for use in uses}
    divided = _divided(view)
    rows = []
    for key, uses in keys.items():
        for use in [*uses, *_receivers(key, uses, divided)]:
            before = past.get(use[:2], ZERO) if view.has_past else None
            share = phrases.share(use.credits, view.now.totals.credits)
            rows.append((*use, share, divided.get(use[:2]), before, phrases.change(use.credits, before, view).pct))
    return Card(
        name=NAME,
        subject="Tags",
        title=_title(view, keys),
        about=phrases.about(view),
        table=Table(_COLUMNS, rows),
        definition="Usage by each tag that events carry, by its value; what carries none of a key stands as not "
        "tagged, so that each key adds up to all usage. The keys whose values take most credits come first. Virtual "
        "tags go by the rules of the configuration, the first that holds. After division: the month's credits with "
        "those of shared values divided among the others, to the last digit.",
        panels=[_panel(view, key, keys[key], divided) for key in list(keys)[:MOST_KEYS]],
        note=f"{formats.plural(len(keys) - MOST_KEYS, 'more tag')} in the table." if len(keys) > MOST_KEYS else "",
        legend=[Key("c1", "as tagged"), Key("c2", "with what is shared divided")] if divided else (),
        is_empty=not keys,
    )


def _by_key(part: Slice) -> dict[str, list[TagUse]]:
    """The uses of each key, last what carries none; the keys with most tagged credits first.

    Tenants that have nothing with a key have no row of it: what is missing to the whole is theirs, and untagged.
    """
    found: dict[str, list[TagUse]] = {}
    for use in part.tags:
        found.setdefault(use.tag_key, []).append(use)
    for key, uses in found.items():
        tagged = [use for use in uses if use.tag_value != phrases.NONE_KEY]
        rest = _untagged(part, key, tagged)
        found[key] = [*tagged, rest] if any(rest[2:]) else tagged
    return dict(sorted(found.items(), key=lambda entry: (-_tagged(entry[1]), entry[0])))


def _untagged(part: Slice, key: str, tagged: list[TagUse]) -> TagUse:
    totals = part.totals
    return TagUse(
        key,
        phrases.NONE_KEY,
        totals.requests - sum(use.requests for use in tagged),
        totals.runs - sum(use.runs for use in tagged),
        totals.calls - sum(use.calls for use in tagged),
        totals.total_tokens - sum(use.total_tokens for use in tagged),
        totals.credits - _tagged(tagged),
    )


def _tagged(uses: list[TagUse]) -> Decimal:
    return sum((use.credits for use in uses if use.tag_value != phrases.NONE_KEY), ZERO)


def _divided(view: View) -> dict[tuple[str, str], Decimal]:
    """A month's credits of the keys of which some are divided; of all tenants only where each has as many dates."""
    if view.period.edition != MONTHLY:
        return {}
    keys = {share.tag_key for share in view.now.tag_shares if share.given_credits}
    found = {share[:2]: share.credits for share in view.now.tag_shares if share.tag_key in keys}
    sums = {key: sum((credits for (of, _), credits in found.items() if of == key), ZERO) for key in keys}
    return {place: credits for place, credits in found.items() if sums[place[0]] == view.now.totals.credits}


def _receivers(key: str, uses: list[TagUse], divided: dict[tuple[str, str], Decimal]) -> list[TagUse]:
    """Values that have a part of what is shared and no usage of their own."""
    known = {use.tag_value for use in uses}
    return [TagUse(key, value, 0, 0, 0, 0, ZERO) for of, value in divided if of == key and value not in known]


def _panel(view: View, key: str, uses: list[TagUse], divided: dict[tuple[str, str], Decimal]) -> Panel:
    charts = [_chart(view, key, uses)]
    shares = {value: credits for (of, value), credits in divided.items() if of == key}
    if shares:
        ranks = [
            _rank(view, phrases.named(value, value, "Not tagged"), credits, "c2")
            for value, credits in sorted(shares.items(), key=lambda entry: (-entry[1], entry[0]))
            if credits
        ]
        title = f"Credits by {formats.shown_name(key)}, with what is shared divided among them"
        charts.append(Ranking(title, f"{formats.plural(len(ranks), 'value')}, most credits first.", ranks))
    return Panel(formats.shown_name(key, 24), charts)


def _chart(view: View, key: str, uses: list[TagUse]) -> Ranking:
    tagged = [use for use in uses if use.tag_value != phrases.NONE_KEY]
    ranks = [_rank(view, formats.shown_name(use.tag_value), use.credits, "c1") for use in tagged[:CHART_ROWS]]
    others = tagged[CHART_ROWS:]
    if others:
        ranks.append(_rank(view, formats.plural(len(others), "other value"), _tagged(others), "c4"))
    if len(uses) > len(tagged):
        ranks.append(_rank(view, "Not tagged", uses[-1].credits, "c4"))
    described = f"{formats.plural(len(tagged), 'value')}, most credits first."
    return Ranking(f"Credits by {formats.shown_name(key)}", described, ranks)


def _rank(view: View, label: str, credits: Decimal, tone: str) -> Rank:
    text = f"{formats.amount(credits)} · {phrases.share_text(credits, view.now.totals.credits)}"
    return Rank(label, credits, text, "", tone)


def _title(view: View, keys: dict[str, list[TagUse]]) -> str:
    if not keys:
        return phrases.NOTHING if view.is_empty else "No usage carries a tag"
    key, uses = next(iter(keys.items()))
    whole, tagged = view.now.totals.credits, _tagged(uses)
    if not tagged:
        return f"What carries the tag {phrases.in_text(key)} took no credits"
    share = phrases.share_text(uses[0].credits, whole)
    text = f"{phrases.in_text(uses[0].tag_value)} took {share} of the credits by {phrases.in_text(key)}"
    return text if tagged == whole else f"{text}; {phrases.share_text(whole - tagged, whole)} are not tagged"
