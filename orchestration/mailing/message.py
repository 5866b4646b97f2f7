"""A digest as a message: plain text and HTML with one picture, which reads well on a phone, light and dark."""

from __future__ import annotations

import hashlib
import io
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache
from pathlib import Path

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from orchestration.mailing.digest import Digest
from orchestration.mailing.subscriptions import Due, MailError
from site_builder.charts.draw import paint
from site_builder.charts.printed import font_folder, standalone
from site_builder.charts.specs import Bars
from site_builder.style import palette
from site_builder.style.brand import current as current_brand
from site_builder.words import formats

_TEMPLATES = Path(__file__).parent / "templates"
# As wide as a phone, so that its labels can be read there; sharp on any.
_WIDTH, _SCALE = 360, 3.0
_COLOURS = 64
_PICTURE = "trend"
# Isolates keep names apart in a page; in a subject and in plain text they are only odd characters.
_ISOLATES = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069"))


def message(due: Due, said: Digest, sender: str, at: datetime, pdf: bytes = b"") -> EmailMessage:
    """The message of a digest, from `sender` (an address), dated `at`, with the report's `pdf` attached, if any.

    Raises MailError for an unusable address.
    """
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = _plain(said.subject)
    mail["From"] = Address(current_brand().author, addr_spec=_address(sender))
    mail["To"] = Address(addr_spec=_address(due.email))
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = message_id(due, sender)
    mail["Auto-Submitted"] = "auto-generated"
    mail["List-Unsubscribe"] = f"<mailto:{_address(sender)}?subject=unsubscribe>"
    context = {"digest": said, "author": current_brand().author, "picture": _PICTURE if said.trend else ""}
    mail.set_content(_plain(_environment().get_template("mail.txt").render(context)))
    html = _environment().get_template("mail.html").render(context)
    mail.add_alternative(css_inline.inline(html, keep_style_tags=True), subtype="html")
    if said.trend is not None:
        part = mail.get_payload()[1]  # type: ignore[index]
        part.add_related(  # type: ignore[union-attr]
            picture(said.trend), "image", "png", cid=f"<{_PICTURE}>", filename="trend.png", disposition="inline"
        )
    if pdf:
        name = "-".join([due.report.scope, due.report.edition, due.report.period])
        mail.add_attachment(pdf, "application", "pdf", filename=f"{name}.pdf")
    return _with_fixed_boundaries(mail, due)


def message_id(due: Due, sender: str) -> str:
    """The same for the same report, revision and address: who gets it twice sees it once."""
    digest = hashlib.sha256(due.key.encode("utf-8")).hexdigest()[:40]
    return f"<{digest}@{sender.rpartition('@')[2]}>"


def _address(text: str) -> str:
    try:
        return Address(addr_spec=text).addr_spec
    except Exception as error:  # the parser of addresses raises half a dozen kinds
        raise MailError(f"{text!r} is not an address that mail can go to") from error


def _plain(text: str) -> str:
    return text.translate(_ISOLATES)


@lru_cache(maxsize=256)
def picture(trend: Bars) -> bytes:
    """The trend as PNG, on the light theme's ground."""
    import vl_convert

    vl_convert.register_font_directory(str(font_folder()))
    svg = standalone(paint(trend, _WIDTH), palette.light())
    ground = f'<rect width="100%" height="100%" fill="{palette.light()["surface"]}"/>'
    drawn = vl_convert.svg_to_png(svg.replace("</style>", f"</style>{ground}", 1), scale=_SCALE)
    return _in_few_colours(drawn)


def _in_few_colours(drawn: bytes) -> bytes:
    """The same picture in a tenth of the bytes: a drawing has a handful of colours and their blends at edges."""
    from PIL import Image

    out = io.BytesIO()
    with Image.open(io.BytesIO(drawn)) as picture:
        few = picture.convert("RGB").quantize(_COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        few.save(out, "PNG", optimize=True)
    return out.getvalue()


def _with_fixed_boundaries(mail: EmailMessage, due: Due) -> EmailMessage:
    # The same message has the same bytes; a hash in a boundary is no likelier to stand in the text than chance is.
    seed = hashlib.sha256(due.key.encode("utf-8")).hexdigest()
    for number, part in enumerate(part for part in mail.walk() if part.is_multipart()):
        part.set_boundary(f"=_{number}_{seed[:48]}")
    return mail


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES, encoding="utf-8"),
        autoescape=lambda name: name is not None and name.endswith(".html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["plain"] = formats.shown_name
    return environment
