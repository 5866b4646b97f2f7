"""Models with tier and family: who answers, how reliably, and for how many credits."""

from decimal import Decimal

from site_builder.charts.specs import Rank, Ranking
from site_builder.gather.models import Model
from site_builder.gather.usage import ZERO
from site_builder.gather.view import View
from site_builder.pages.elements import Card, Column, Panel, Table
from site_builder.words import formats, phrases

NAME = "models"
CHART_ROWS = 8
_COLUMNS = (
    Column("model_id", "Model id", "name", data_only=True), Column("model_name", "Model", "name"),
    Column("provider", "Provider", "name"), Column("family", "Family", "name"), Column("tier", "Tier"),
    Column("requests", "Messages", "int"), Column("errors", "Errors", "int"),
    Column("success_rate", "Success", "ratio"), Column("total_tokens", "Tokens", "int"),
    Column("credits", "Credits", "amount"), Column("credits_share", "Share", "ratio"),
    Column("credits_per_request", "Credits per message", "amount"), Column("cost_usd", "Known cost (USD)", "usd"),
    Column("uncosted_requests", "Messages without a price", "int", data_only=True),
    Column("previous_credits", "Before", "amount"), Column("change_pct", "Change", "pct"),
)  # fmt: skip
_MISSING = "No model (runs, calls)"


def build(view: View) -> Card:
    """The card of one report."""
    models, whole = view.now.models, view.now.totals.credits
    past = {model.model_id: model.credits for model in view.past.models}
    rows = []
    for model in models:
        before = past.get(model.model_id, ZERO) if view.has_past else None
        rows.append((
            *model[:7], 1 - model.errors / model.requests if model.requests else None, model.total_tokens,
            model.credits, phrases.share(model.credits, whole), phrases.per_unit(model.credits, model.requests),
            phrases.known_cost(model), model.uncosted_requests, before, phrases.change(model.credits, before, view).pct,
        ))  # fmt: skip
    return Card(
        name=NAME,
        subject="Models",
        title=_title(models, whole),
        about=phrases.about(view),
        table=Table(_COLUMNS, rows),
        definition="Tier by the model's rate when it was last used in the period: under 1 credit a message economy, "
        "under 2 standard, from 2 on premium, without a multiplier unrated. Credits per message divides all credits "
        "of the model by its messages. Known cost is what logs report, else what the contract price or the published "
        "price list gives; a dash where neither is known.",
        note=phrases.missing_cost(view.now.totals),
        panels=[Panel("Models", [_chart(view)]), Panel("Families", [_families(view)])] if models else (),
        is_empty=not models,
    )


def _chart(view: View) -> Ranking:
    whole = view.now.totals.credits
    ranks = []
    for model in view.now.models[:CHART_ROWS]:
        tier = "" if model.model_id == phrases.NONE_KEY else model.tier
        text = f"{formats.amount(model.credits)} · {phrases.share_text(model.credits, whole)}"
        ranks.append(Rank(phrases.named(model.model_name, model.model_id, _MISSING), model.credits, text, tier))
    others = view.now.models[CHART_ROWS:]
    if others:
        rest = sum((model.credits for model in others), ZERO)
        text = f"{formats.amount(rest)} · {phrases.share_text(rest, whole)}"
        ranks.append(Rank(formats.plural(len(others), "other model"), rest, text, "", "c4"))
    return Ranking("Credits by model", f"{formats.plural(len(view.now.models), 'model')}, most credits first.", ranks)


def _families(view: View) -> Ranking:
    """Families as the directory has them; models without one stand together."""
    whole, found = view.now.totals.credits, dict[str, tuple[int, Decimal]]()
    for model in view.now.models:
        family = model.family or ("No model" if model.model_id == phrases.NONE_KEY else "No family")
        number, credits = found.get(family, (0, ZERO))
        found[family] = number + 1, credits + model.credits
    ranked = sorted(found.items(), key=lambda each: (-each[1][1], each[0]))
    ranks = [
        Rank(
            formats.shown_name(family),
            credits,
            f"{formats.amount(credits)} · {phrases.share_text(credits, whole)}",
            formats.plural(number, "model"),
        )
        for family, (number, credits) in ranked[:CHART_ROWS]
    ]
    return Ranking("Credits by model family", f"{formats.plural(len(ranks), 'family', 'families')}.", ranks)


def _title(models: tuple[Model, ...], whole: Decimal) -> str:
    if not models:
        return phrases.NOTHING
    named = [model for model in models if model.model_id != phrases.NONE_KEY]
    if not named or not whole:
        return "No credits were used by any model"
    first = named[0]
    name = phrases.in_text(first.model_name)
    share = phrases.share_text(first.credits, whole)
    return f"{name} took {share} of the credits, over {formats.plural(len(named), 'model')}"
