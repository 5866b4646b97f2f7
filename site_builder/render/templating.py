"""Pages to HTML: templates compiled once per process, everything escaped, numbers formatted for people."""

import posixpath
from dataclasses import fields
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from site_builder.files import urls
from site_builder.pages.elements import Column, Value
from site_builder.render import cells
from site_builder.style import brand
from site_builder.words import formats, phrases

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_HERE = Path(__file__).parent
_STYLE = _HERE.parent / "style"
STYLESHEET = "report.css"
TABLE_ROWS = 40


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
        cell=_cell, name=_name, parts=_parts, plain=formats.shown_name, numeric=cells.is_numeric, raw_json=Markup
    )
    environment.globals.update(
        draw=_draw,
        spark=_spark,
        table_rows=TABLE_ROWS,
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


def _cell(value: Value, column: Column) -> Markup | str:
    """A table cell; a rounded number carries its exact value."""
    text = cells.shown(value, column)
    if column.kind == "name" and isinstance(value, str) and value != phrases.NONE_KEY:
        return _name(value)
    if cells.is_rounded(value):
        exact = f"{value:f}" if isinstance(value, Decimal) else repr(value)
        return Markup(f'<data value="{exact}">{escape(text)}</data>')
    return text
