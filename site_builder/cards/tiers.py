"""Credits and messages by tier: how much goes to premium models."""

from site_builder.charts.specs import Rank, Ranking
from site_builder.gather.shares import Tier
from site_builder.gather.usage import ZERO
from site_builder.gather.view import View
from site_builder.pages.elements import Card, Column, Panel, Table
from site_builder.words import formats, phrases

NAME = "tiers"
_TONES = {"premium": "c3", "standard": "c1", "economy": "c2", "unrated": "c4"}
_COLUMNS = (
    Column("tier", "Tier"), Column("models", "Models", "int"), Column("requests", "Messages", "int"),
    Column("total_tokens", "Tokens", "int"), Column("credits", "Credits", "amount"),
    Column("requests_share", "Share of messages", "ratio"), Column("credits_share", "Share of credits", "ratio"),
    Column("previous_credits", "Before", "amount"), Column("change_pct", "Change", "pct"),
)  # fmt: skip


def build(view: View) -> Card:
    """The card of one report."""
    tiers, totals = view.now.tiers, view.now.totals
    past = {tier.tier: tier.credits for tier in view.past.tiers}
    rows = []
    for tier in tiers:
        before = past.get(tier.tier, ZERO) if view.has_past else None
        shares = phrases.share(tier.requests, totals.requests), phrases.share(tier.credits, totals.credits)
        rows.append((*tier, *shares, before, phrases.change(tier.credits, before, view).pct))
    return Card(
        name=NAME,
        subject="Tiers",
        title=_title(view),
        about=phrases.about(view),
        table=Table(_COLUMNS, rows),
        definition="By the rate in effect as each date ends: under 1 credit a message economy, under 2 standard, from "
        "2 on premium, without a multiplier unrated; so is what no model took (runs, calls). A model whose tier "
        "changed within the period counts in each tier for the dates it had it.",
        panels=[Panel("Credits", [_chart(view, "credits")]), Panel("Messages", [_chart(view, "requests")])]
        if tiers
        else (),
        is_empty=not tiers,
    )


def _chart(view: View, field: str) -> Ranking:
    whole = getattr(view.now.totals, field)
    ranks = []
    for tier in sorted(view.now.tiers, key=lambda row: (-getattr(row, field), row.tier)):
        value = getattr(tier, field)
        text = formats.amount(value) if field == "credits" else formats.count(value)
        models = formats.plural(tier.models, "model") if tier.models else "no model"
        shown = f"{text} · {phrases.share_text(value, whole)}"
        ranks.append(Rank(tier.tier.capitalize(), value, shown, models, _TONES[tier.tier]))
    unit = "Credits" if field == "credits" else "Messages"
    return Ranking(f"{unit} by tier", f"{formats.plural(len(ranks), 'tier')}, most first.", ranks)


def _title(view: View) -> str:
    tiers, totals = view.now.tiers, view.now.totals
    if not tiers:
        return phrases.NOTHING
    if not totals.credits:
        return "No tier used credits"
    premium = next((tier for tier in tiers if tier.tier == "premium"), None)
    lead: Tier = premium or tiers[0]
    credits = phrases.share_text(lead.credits, totals.credits)
    if premium is None:
        return f"No premium model was used; {lead.tier} took {credits} of the credits"
    messages = phrases.share_text(lead.requests, totals.requests)
    return f"Premium models took {credits} of the credits for {messages} of the messages"
