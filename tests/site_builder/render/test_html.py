"""Pages as HTML: valid, strict, accessible in structure, and harmless whatever the names."""

import gzip
import re
from dataclasses import fields
from pathlib import Path

import html5lib
import pytest
from jinja2 import Environment, FileSystemLoader, meta

from site_builder.jobs.compose import JobsPage
from site_builder.pages import elements, indexes
from site_builder.render import templating

SOME_PAGES = (
    "index.html",
    "all/index.html",
    "acme/latest/daily/index.html",
    "all/monthly/2026-02/index.html",
    "acme/daily/2026-02-19/index.html",
    "x.-.41cme/weekly/2026-W07/index.html",
    "acme/jobs/index.html",
)
PAGE_KINDS = {
    "report.html": elements.Page, "scope.html": indexes.ScopeIndex, "front.html": indexes.FrontPage,
    "latest.html": indexes.Latest, "jobs.html": JobsPage,
}  # fmt: skip


@pytest.mark.parametrize("name", SOME_PAGES)
def test_pages_are_valid_html(small_site: Path, name: str) -> None:
    html5lib.HTMLParser(strict=True).parse((small_site / name).read_text("utf-8"))


@pytest.mark.parametrize("name", SOME_PAGES)
def test_pages_keep_to_a_strict_policy(small_site: Path, name: str) -> None:
    text = (small_site / name).read_text("utf-8")
    assert "default-src 'none'" in text and 'content="no-referrer"' in text and "noindex" in text
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|<script|javascript:|https?://", text)
    assert len(gzip.compress(text.encode())) < 150_000


@pytest.mark.parametrize("name", SOME_PAGES)
def test_pages_have_an_outline_and_unique_ids(small_site: Path, name: str) -> None:
    text = (small_site / name).read_text("utf-8")
    assert '<html lang="en">' in text and 'name="viewport"' in text
    levels = [int(level) for level in re.findall(r"<h([1-6])\b", text)]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))
    idents = re.findall(r'\sid="([^"]*)"', text)
    assert len(idents) == len(set(idents))
    assert set(re.findall(r'aria-labelledby="([^" ]*)', text)) <= set(idents)
    assert set(re.findall(r'<label for="([^"]*)"', text)) <= set(idents)
    for table in re.findall(r"<table.*?</table>", text, re.DOTALL):
        assert all("scope=" in cell for cell in re.findall(r"<th[^>]*>", table) if not cell.startswith("<thead"))


def test_hostile_names_come_out_as_text(small_site: Path) -> None:
    text = (small_site / "x.-.41cme/monthly/2026-02/index.html").read_text("utf-8")
    assert "&lt;script&gt;alert(" in text and "<script>" not in text
    assert not set("\u202a\u202b\u202c\u202d\u202e") & set(text)


@pytest.mark.parametrize("template", PAGE_KINDS)
def test_templates_use_exactly_the_fields_of_their_page(template: str) -> None:
    folder = Path(templating.__file__).parent / "templates"
    environment = Environment(loader=FileSystemLoader(folder), autoescape=True)
    environment.filters.update(templating._environment().filters)
    used: set[str] = set()
    for name in (template, "base.html"):
        used |= meta.find_undeclared_variables(environment.parse((folder / name).read_text("utf-8")))
    own = {field.name for field in fields(PAGE_KINDS[template])}
    assert used - set(templating._environment().globals) - {"render_card"} <= own
    assert own - used <= {"path"}
