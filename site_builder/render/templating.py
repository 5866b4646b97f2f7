"""Pages to HTML: templates compiled once per process, everything escaped, numbers formatted for people."""

import posixpath
from collections.abc import Sequence
from dataclasses import fields
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from site_builder.files import urls
from site_builder.pages import mentions
from site_builder.pages.elements import Column, Value
from site_builder.render import cells, columns
from site_builder.style import brand
from site_builder.words import formats, phrases

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_HERE = Path(__file__).parent
_STYLE = _HERE.parent / "style"
STYLESHEET = "report.css"
# Of a table that stands open; of one that is folded behind a chart, which shows the same; of that on a daily.
TABLE_ROWS, FOLDED_ROWS, DAILY_ROWS = 40, 20, 8
# The others fold.
FIRST_TILES = 5


def html(template: str, page: "DataclassInstance") -> bytes:
    """The page, from a dataclass whose fields are the template's variables."""
    context = {field.name: getattr(page, field.name) for field in fields(page)}
    return _environment().get_template(template).render(context).encode("utf-8")


def stylesheet() -> bytes:
    """The one stylesheet of all pages, in the colours of the brand in use."""
    return brand.current().over((_STYLE / STYLESHEET).read_text(encoding="utf-8")).encode()


def assets(folder: str) -> dict[str, bytes]:
    """What every page of a scope's folder ("": the front page) loads, by path: stylesheet, and logo if there is one."""
    logo = brand.current().logo
    contents = {STYLESHEET: stylesheet()} | ({logo.file_name: logo.content} if logo else {})
    return {urls.asset(folder, name, content): content for name, content in contents.items()}


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates", encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters.update(
        body=_body,
        name=_name,
        mention=_mention,
        about=_about,
        parts=_parts,
        plain=formats.shown_name,
        numeric=cells.is_numeric,
        on_page=columns.on_page,
        number_classes=_number_classes,
        raw_json=Markup,
    )
    environment.globals.update(
        draw=_draw,
        spark=_spark,
        table_rows=TABLE_ROWS,
        folded_table_rows=FOLDED_ROWS,
        daily_table_rows=DAILY_ROWS,
        first_tiles=FIRST_TILES,
        plural=formats.plural,
        count=formats.count,
        size=formats.file_size,
        brand_name=lambda: brand.current().name,
        logo=_logo,
    )
    return environment


def _draw(chart: Any, ident: str, is_wide: bool) -> Markup:
    # Deferred: a run in which no report changed never needs matplotlib, whose import takes a second.
    from site_builder.charts.draw import draw

    return Markup(draw(chart, ident, is_wide=is_wide))


def _logo(stylesheet_href: str) -> str:
    """Where the logo is, seen from a page: beside its stylesheet. "" without one."""
    logo = brand.current().logo
    if logo is None:
        return ""
    name = posixpath.basename(urls.asset("", logo.file_name, logo.content))
    return posixpath.join(posixpath.dirname(stylesheet_href), name)


def _spark(values: Any) -> Markup:
    from site_builder.charts.draw import spark

    return Markup(spark(values))


def _name(text: str) -> Markup:
    """A name from outside: made fit to show, and kept from reordering the text around it."""
    return Markup(f"<bdi>{escape(formats.shown_name(text))}</bdi>")


def _parts(identifier: str) -> Markup:
    """A table's or column's own name, which breaks between its words and nowhere else, where it must."""
    return Markup(escape(identifier).replace("_", Markup("_<wbr>")))


def _number_classes(shown: Sequence[tuple[int, Column]]) -> Markup:
    """Which columns of a table are numbers, said once for all of their cells."""
    names = [f"n{place}" for place, (_, column) in enumerate(shown, 1) if cells.is_numeric(column)]
    return Markup(f' class="{" ".join(names)}"' if names else "")


def _mention(text: str, mark: str) -> Markup:
    """The name of what has the mark: where it has a page, that is what the name leads to. Without a mark, a name."""
    if not mark:
        return _name(text)
    return Markup(f'<bdi data-m="{mark}">{escape(formats.shown_name(text))}</bdi>')


def _about(sentence: str, mark: str) -> Markup:
    """A sentence whose first name is that of what has the mark."""
    before, opening, rest = sentence.partition("\u2068")
    name, closing, after = rest.partition("\u2069")
    if not (mark and opening and closing):
        return escape(sentence)
    return escape(before) + Markup(f'<bdi data-m="{mark}">{escape(name)}</bdi>') + escape(after)


def _body(rows: Sequence[Sequence[Value]], shown: Sequence[tuple[int, Column]], columns: Sequence[Column]) -> Markup:
    """Rows of a table, of which the columns `shown`, with their places, are on the page; a row's first cell heads it.

    Here rather than in the template: a page has thousands of cells, and most of its time went to them.
    """
    lines = []
    for row in rows:
        (heading, *others) = [_cell(row[place], column, row, columns) for place, column in shown]
        cells_of_row = "".join([f"<td>{cell}</td>" for cell in others])
        lines.append(f'<tr><th scope="row">{heading}</th>{cells_of_row}</tr>')
    return Markup("\n".join(lines))


def _cell(value: Value, column: Column, row: Sequence[Value], columns: Sequence[Column]) -> str:
    """A cell's HTML; a rounded number carries its exact value, a name what it names, if the row says it."""
    if isinstance(value, str):
        if value in column.links:
            link = column.links[value]
            return f'<a href="{escape(link.href)}">{_name(link.text)}</a>'
        if column.kind == "name" and value != phrases.NONE_KEY:
            return _mention(value, mentions.mark_of_cell(column, row, columns))
    text = str(escape(cells.shown(value, column)))
    if cells.is_rounded(value, column):
        exact = f"{value:f}" if isinstance(value, Decimal) else repr(value)
        return f'<data value="{exact}">{text}</data>'
    return text
