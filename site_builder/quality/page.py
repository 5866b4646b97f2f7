"""The quality page of the scope of all tenants: the audit as cards, each with its CSV."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from site_builder.files import urls
from site_builder.files.manifest import Manifest
from site_builder.files.write import Draft
from site_builder.gather.audit import Audit
from site_builder.pages.elements import Card, Glossary
from site_builder.quality import arrivals, figures, reading
from site_builder.quality.closings import blockers, closings
from site_builder.quality.refused import refused_money
from site_builder.render import templating
from site_builder.reports import outputs

CARDS: tuple[Callable[[Audit], Card], ...] = (
    reading.findings, reading.odd_rows, figures.reconciliation, reading.files, reading.quarantine,
    refused_money, figures.unknown_prices, figures.backtest, blockers, closings,
)  # fmt: skip


@dataclass(frozen=True)
class QualityPage:
    """Context of templates/quality.html."""

    path: str
    stylesheet: str
    home: str
    glossary: Glossary
    headline: str
    period_text: str
    cards: Sequence[Card]


def quality_page(
    audit: Audit, after: Manifest, freshness: Mapping[str, int], css: bytes, explained: Sequence[str]
) -> QualityPage:
    """The page of an audit, of what is published, and of how old each source may be in days."""
    path = urls.quality_page()
    broken = any(identity.difference for identity in audit.sums)
    held = sum(finding.kind in ("held_back", "unreadable_file") for finding in audit.findings)
    headline = "The sums do not agree" if broken else "Every row read is accounted for, and all sums agree"
    return QualityPage(
        path=path,
        stylesheet=urls.relative(path, urls.asset(urls.ALL_FOLDER, templating.STYLESHEET, css)),
        home=urls.relative(path, urls.scope_index(urls.ALL_FOLDER)),
        glossary=Glossary(urls.relative(path, urls.glossary_page(urls.ALL_FOLDER)), explained),
        headline=headline + (f"; {held} to look at" if held else ""),
        period_text=" · ".join(filter(None, (reading.about(audit), reading.zone_rules(audit)))),
        cards=[
            *(build(audit) for build in CARDS),
            arrivals.freshness(audit, freshness),
            arrivals.restatements(after),
        ],
    )


def put_quality(
    draft: Draft, sound: Manifest, after: Manifest, audit: Audit, freshness: Mapping[str, int], css: bytes,
    explained: Sequence[str],
) -> None:  # fmt: skip
    """Write the page and its CSVs, unless they are as published by the same code; note them in the manifest to be.

    `sound`: what is published without what was damaged.
    """
    page = quality_page(audit, after, freshness, css, explained)
    quality = hashlib.sha256(repr((page, after.builder)).encode("utf-8", "surrogatepass")).hexdigest()
    records = [file for path, file in sound.files.items() if path.startswith(urls.quality_folder())]
    if sound.quality != quality or not records:
        records = [draft.put(path, content) for path, content in _contents(page).items()]
    else:
        draft.forget(urls.quality_folder().removesuffix("/"))
    after.quality = quality
    after.files.update({file.path: file for file in records})


def _contents(page: QualityPage) -> dict[str, bytes]:
    """The CSVs and the page."""
    data = {f"{urls.quality_folder()}data/{card.name}.csv": outputs.csv_bytes(card.table) for card in page.cards}
    return {**data, page.path: templating.html("quality.html", page)}
