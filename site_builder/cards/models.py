"""Models with their multiplier, tier and family: who answers, how reliably, and for how many credits."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from site_builder.cards import cache_savings, money
from site_builder.charts.specs import Number, Rank, Ranking
from site_builder.gather.models import CacheSaving, Model
from site_builder.gather.spend import MODEL
from site_builder.gather.usage import ZERO
from site_builder.gather.view import View
from site_builder.pages.elements import Card, Column, Fact, Panel, Table, Value
from site_builder.words import formats, phrases

NAME = "models"
CHART_ROWS = 8
NESTED_ROWS = 3
_COLUMNS = (
    Column("model_id", "Model id", "name", data_only=True), Column("model_name", "Model", "name"),
    Column("provider", "Provider", "name"), Column("family", "Family", "name"), Column("tier", "Tier"),
    Column("multiplier", "Multiplier", "exact"),
    Column("requests", "Messages", "int"), Column("errors", "Errors", "int"),
    Column("success_rate", "Success", "ratio"), Column("total_tokens", "Tokens", "int"),
    Column("credits", "Credits", "amount"), Column("credits_share", "Share", "ratio"),
    Column("credits_per_request", "Credits per message", "amount"),
    Column("previous_credits", "Before", "amount"), Column("change_pct", "Change", "pct"),
)  # fmt: skip
# What use cost the publisher, where readers may see it.
_COST_COLUMNS = (
    Column("cost_usd", "Known cost (USD)", "usd"),
    Column("uncosted_requests", "Messages without a price", "int", data_only=True),
    *cache_savings.COLUMNS,
)
_COST = (
    " Known cost is what logs report, else what the contract price or the published price list gives; a dash where "
    f"neither is known. {cache_savings.DEFINITION}"
)
_MISSING = "No model (runs, calls)"
# Blanks of a width that no browser takes for one.
_INDENT = "\u2003"


def build(view: View) -> Card:
    """The card of one report."""
    models, whole = view.now.models, view.now.totals.credits
    past = {model.model_id: model.credits for model in view.past.models}
    spent, cached = money.spent(view, MODEL), cache_savings.by_model(view.now)
    rows = []
    for model in models:
        before = past.get(model.model_id, ZERO) if view.has_past else None
        rows.append((
            *model[:5], model.multiplier, model.requests, model.errors,
            1 - model.errors / model.requests if model.requests else None, model.total_tokens, model.credits,
            phrases.share(model.credits, whole), phrases.per_unit(model.credits, model.requests),
            before, phrases.change(model.credits, before, view).pct, *money.cells(view, spent, ("", model.model_id)),
            *_cost(view, model, cached),
        ))  # fmt: skip
    return Card(
        name=NAME,
        subject="Models",
        title=_title(models, whole),
        about=phrases.about(view),
        table=Table((*_COLUMNS, *money.columns(view), *(_COST_COLUMNS if view.shows_cost else ())), rows),
        definition="Multiplier (2× after a name) and tier are of the model's rate when it was last used in the "
        "period: the credits of a message before those of its tokens; under 1 economy, under 2 standard, from 2 on "
        "premium, without a multiplier unrated. Credits per message divides all credits of the model by its messages. "
        f"{money.DEFINITION}{_COST if view.shows_cost else ''}",
        note=_note(view) if view.shows_cost else "",
        facts=_facts(view),
        panels=_panels(view) if models else (),
        is_empty=not models,
    )


def _cost(view: View, model: Model, cached: Mapping[str, CacheSaving]) -> tuple[Value, ...]:
    if not view.shows_cost:
        return ()
    return phrases.known_cost(model), model.uncosted_requests, *cache_savings.cells(cached, model)


def _note(view: View) -> str:
    return " ".join(filter(None, [phrases.missing_cost(view.now.totals), cache_savings.note(view.now)]))


def _facts(view: View) -> list[Fact]:
    now, past = (phrases.per_unit(totals.credits, totals.requests) for totals in (view.now.totals, view.past.totals))
    if now is None:
        return []
    before = f", {formats.amount(past)} {phrases.past_name(view.period)}" if past is not None and view.has_past else ""
    return [Fact("Average", f"{formats.amount(now)} credits a message{before}")]


def _panels(view: View) -> list[Panel]:
    by_credits = _chart(
        view.now.models, "credits", lambda model: model.credits, lambda value: formats.amount(Decimal(value))
    )
    asked = sorted(
        (model for model in view.now.models if model.requests),
        key=lambda model: (-model.requests, -model.credits, model.model_id),
    )
    by_requests = _chart(asked, "messages", lambda model: model.requests, lambda value: formats.count(int(value)))
    panels = [Panel("Credits", [by_credits]), Panel("Messages", [by_requests]), Panel("Families", [_families(view)])]
    return panels if asked else [panels[0], panels[2]]


def _chart(
    models: Sequence[Model], unit: str, value_of: Callable[[Model], Number], shown: Callable[[Number], str]
) -> Ranking:
    whole = sum(value_of(model) for model in models)

    def rank(label: str, value: Number, note: str, tone: str) -> Rank:
        return Rank(label, value, f"{shown(value)} · {phrases.share_text(value, whole)}", note, tone)

    ranks = []
    for model in models[:CHART_ROWS]:
        tier = "" if model.model_id == phrases.NONE_KEY else model.tier
        ranks.append(rank(_named(model), value_of(model), tier, "c1"))
    others = models[CHART_ROWS:]
    if others:
        rest = sum(value_of(model) for model in others)
        ranks.append(rank(formats.plural(len(others), "other model"), rest, "", "c4"))
    return Ranking(
        f"{unit.capitalize()} by model", f"{formats.plural(len(models), 'model')}, most {unit} first.", ranks
    )


def _named(model: Model) -> str:
    """`GPT-4o (2×)`; without the multiplier where there is none."""
    name = phrases.named(model.model_name, model.model_id, _MISSING)
    return name if model.multiplier is None else f"{name} ({formats.as_given(model.multiplier.normalize())}×)"


def _families(view: View) -> Ranking:
    """Families as the directory has them, each with its models below it; models without one stand together."""
    found: dict[str, list[Model]] = {}
    for model in view.now.models:
        family = model.family or ("No model" if model.model_id == phrases.NONE_KEY else "No family")
        found.setdefault(family, []).append(model)
    ranked = sorted(found.items(), key=lambda entry: (-_credits(entry[1]), entry[0]))
    ranks = []
    for family, models in ranked[:CHART_ROWS]:
        ranks.append(_family_rank(view, formats.shown_name(family), models, "c1"))
        if len(models) > 1:
            ranks += [_nested(view, model) for model in models[:NESTED_ROWS]]
            ranks += _nested_rest(view, models[NESTED_ROWS:])
    rest = [model for _, models in ranked[CHART_ROWS:] for model in models]
    if rest:
        ranks.append(_family_rank(view, "All others", rest, "c4"))
    return Ranking("Credits by model family", f"{formats.plural(len(found), 'family', 'families')}.", ranks)


def _credits(models: Sequence[Model]) -> Decimal:
    return sum((model.credits for model in models), ZERO)


def _family_rank(view: View, label: str, models: Sequence[Model], tone: str) -> Rank:
    credits = _credits(models)
    text = f"{formats.amount(credits)} · {phrases.share_text(credits, view.now.totals.credits)}"
    return Rank(label, credits, text, formats.plural(len(models), "model"), tone)


def _nested(view: View, model: Model) -> Rank:
    share = phrases.share_text(model.credits, view.now.totals.credits)
    return Rank(f"{_INDENT}{_named(model)}", model.credits, f"{formats.amount(model.credits)} · {share}", "", "h3")


def _nested_rest(view: View, models: Sequence[Model]) -> list[Rank]:
    """What a family has beyond the models shown."""
    if not models:
        return []
    if len(models) == 1:
        return [_nested(view, models[0])]
    return [_family_rank(view, f"{_INDENT}All others of it", models, "h3")]


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
