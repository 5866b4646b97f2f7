"""The headline figures of a report: what a reader takes from it, and what is watched for changes once published."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from site_builder.cards import kpis
from site_builder.files.manifest import Changed, Figure
from site_builder.gather.usage import ZERO
from site_builder.gather.view import Slice

# Not among them: what the directory alone says, such as seats, which is only ever known as of now.
LABELS = {
    "credits": "Credits", "requests": "Messages", "errors": "Failed messages", "active_users": "Active users",
    "total_tokens": "Tokens", "success_rate": "Success rate", "workflow_runs": "Workflow runs",
    "time_spent_s": "Time spent (s)", "call_seconds": "Phone time (s)", "cost_usd": "Cost known (USD)",
    "uncosted_requests": "Messages of unknown cost", "credits_in": "Credits in", "credits_out": "Credits out",
}  # fmt: skip


def figures_of(part: Slice, *, shows_cost: bool = True) -> Mapping[str, Figure]:
    """The headline figures of a span, exact, by name; `shows_cost`: what it cost the publisher, too."""
    known = kpis.figures(part)
    sides = {"credits_in": ZERO, "credits_out": ZERO}
    for flow in part.flows:
        sides[f"credits_{flow.direction}"] += flow.credits
    hidden = () if shows_cost else kpis.COSTS
    return {name: sides[name] if name in sides else known[name] for name in LABELS if name not in hidden}


def changes(before: Mapping[str, Figure], after: Mapping[str, Figure]) -> Sequence[Changed]:
    """Which figures differ; one that was not published before is none."""
    return tuple(
        Changed(name, before[name], value) for name, value in after.items() if name in before and before[name] != value
    )


def text(value: Figure) -> str:
    """A figure with every digit."""
    return "" if value is None else f"{value:f}" if isinstance(value, Decimal) else repr(value)
