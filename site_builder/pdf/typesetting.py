"""A page to its PDF: tagged (PDF/UA-1), archival (PDF/A-3a), its CSVs attached, the same bytes each time."""

import json
import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

from site_builder.charts.printed import font_folder, in_one_font, in_plain_letters
from site_builder.gather.view import View
from site_builder.pages.elements import Page
from site_builder.pdf import account, forking
from site_builder.pdf.content import Content, content
from site_builder.pdf.forking import TypesettingError
from site_builder.style import brand

REPORT, STATEMENT = "report.typ", "statement.typ"
MOST_PAGES = 4
# Until the pages suffice: how many rows a table has at most, and whether optional parts stay.
_ATTEMPTS = ((40, True), (6, True), (40, False), (6, False), (3, False), (0, False))
_PAGE = re.compile(rb"/Type\s*/Page\b")


def typeset(page: Page, ends: date, csvs: Mapping[str, bytes]) -> bytes:
    """The PDF of a page, MOST_PAGES at most; `ends` is the period's last date, `csvs` each card's CSV by its name.

    Raises TypesettingError.
    """
    forking.start()
    pdf = b""
    drawn: dict[tuple[str, int], str] = {}
    for most_rows, has_optional in _ATTEMPTS:
        made = content(page, ends, most_rows, has_optional=has_optional, drawn=drawn)
        pdf = _compiled_somehow(REPORT, made, csvs, page.path)
        if pages_in(pdf) <= MOST_PAGES:
            break
    return pdf


def typeset_statement(view: View, page: Page, csv: bytes) -> bytes:
    """The one-page statement of a report's tenant and month; `csv` is the statement card's. Raises TypesettingError."""
    forking.start()
    return _compiled_somehow(STATEMENT, account.content(view, page), {"statement": csv}, page.path)


def _compiled_somehow(template: str, made: Content, csvs: Mapping[str, bytes], path: str) -> bytes:
    """As it is; where Typst cannot lead names back to text, as PDF/A wants it, with ever more marks in their place."""
    changes = (None, in_one_font, in_plain_letters)
    for change in changes:
        try:
            return _compiled(made.changed(change) if change else made, csvs, template)
        except typst.TypstError as error:
            failure = error
    raise TypesettingError(f"{path}: its PDF could not be made: {failure}") from failure


def _compiled(made: Content, csvs: Mapping[str, bytes], template: str = REPORT) -> bytes:
    # Any: Typst's own types do not know that it takes several files, by their name.
    files: Any = {"main": _template(template), "report.json": json.dumps(made.data).encode()}
    files |= {name: svg.encode() for name, svg in made.charts.items()}
    logo = brand.current().logo
    files |= {logo.file_name: logo.content} if logo else {}
    files |= {f"{name}.csv": text for name, text in csvs.items()}
    return typst.compile(files, font_paths=_fonts(), pdf_standards=["ua-1", "a-3a"])


def pages_in(pdf: bytes) -> int:
    """The number of pages of a PDF as typeset here."""
    return len(_PAGE.findall(pdf))


@lru_cache(maxsize=2)
def _template(name: str) -> bytes:
    return (Path(__file__).parent / name).read_bytes()


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(font_folder())])
