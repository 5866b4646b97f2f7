"""The models there are, with what a message costs as the period ends."""

from site_builder.gather.catalogue import Offer
from site_builder.gather.view import View
from site_builder.pages.elements import Card, Column, Fact, Table, Value
from site_builder.planning import periods
from site_builder.words import formats

NAME = "catalogue"
_COLUMNS = (
    Column("model_id", "Model id", "name", data_only=True), Column("model_name", "Model", "name"),
    Column("credits_per_request", "Per message", "exact"), Column("credits_per_1k_input", "Per 1k input", "exact"),
    Column("credits_per_1k_output", "Per 1k output", "exact"), Column("tier", "Tier"), Column("rate_since", "Since"),
    Column("first_used_on", "First used"), Column("provider", "Provider", "name"), Column("family", "Family", "name"),
)  # fmt: skip


def build(view: View) -> Card:
    """The card of one report."""
    offers = view.now.offers
    whose = "Every model of the directory, and those that usage names" if view.scope.is_all else "Models used so far"
    zone = "UTC" if view.scope.is_all else view.scope.zone
    return Card(
        name=NAME,
        subject="Models catalogue",
        title=_title(offers),
        about=f"As of {periods.short_date(view.period.covered.last)} · {zone}",
        table=Table(_COLUMNS, [_row(offer) for offer in offers]),
        definition=f"{whose}, dearest first, with the rate in force as the period's last date ends. A message costs "
        "the credits per message and those of its tokens, unless the log gives its credits. Without a rate it costs "
        "nothing and is counted as unrated.",
        facts=_facts(offers),
        is_empty=not offers,
        is_wide=True,
        shows_table=True,
    )


def _row(offer: Offer) -> tuple[Value, ...]:
    """The rate first: it is what a narrow screen shows."""
    return (
        offer.model_id, offer.model_name, offer.credits_per_request, offer.credits_per_1k_input,
        offer.credits_per_1k_output, offer.tier, offer.since, offer.first_used_on, offer.provider, offer.family,
    )  # fmt: skip


def _facts(offers: tuple[Offer, ...]) -> list[Fact]:
    never = sum(offer.first_used_on is None for offer in offers)
    return [Fact("Never used", formats.plural(never, "model"))] if never else []


def _title(offers: tuple[Offer, ...]) -> str:
    if not offers:
        return "No model has been used yet"
    rated = [offer.credits_per_request for offer in offers if offer.credits_per_request is not None]
    models = formats.plural(len(offers), "model")
    if not rated:
        return f"{models}, none with a rate"
    least, most = min(rated), max(rated)
    if least == most:
        return f"{models}, {formats.exact(most)} credits a message"
    return f"{models}, from {formats.exact(least)} to {formats.exact(most)} credits a message"
