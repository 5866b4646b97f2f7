"""Whose pages they are: a name, a logo and colours, laid over the usual look."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from xml.etree import ElementTree

from site_builder.configuration.settings_file import SettingsFile

NAME = "Tallybook"
# What a colour of the configuration is called in the stylesheet, whether in its dark theme, and how far it must stand
# out from the grounds it is seen on (WCAG 2.2: 4.5 for text, 3 for parts of charts).
COLOURS: Mapping[str, tuple[str, bool, float]] = {
    "accent": ("accent", False, 4.5),
    "accent_dark": ("accent", True, 4.5),
    "chart": ("c1", False, 3.0),
    "chart_dark": ("c1", True, 3.0),
}
_GROUNDS = {False: ("#f5f6f8", "#ffffff"), True: ("#0f151b", "#18212a")}
_COLOUR = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
_TEXT = re.compile(r"[^\x00-\x1f\x7f-\x9f]{1,60}")
_PATH = re.compile(r"[^\x00]+\.(svg|png)", re.IGNORECASE)
_PNG = b"\x89PNG\r\n\x1a\n"
_MOST_BYTES = 100_000
_DARK = re.compile(r"(?=@media screen and \(prefers-color-scheme: dark\))")


@dataclass(frozen=True)
class Logo:
    """A picture: its `ending`, `svg` or `png`, and its bytes."""

    ending: str
    content: bytes

    @property
    def file_name(self) -> str:
        """Its name as an asset of the site, before the hash comes in."""
        return f"logo.{self.ending}"


@dataclass(frozen=True)
class Brand:
    """The `name` ("": none of one's own), the `logo`, and `colours` as `#rrggbb` by the names of COLOURS."""

    name: str = ""
    logo: Logo | None = None
    colours: tuple[tuple[str, str], ...] = ()

    @property
    def author(self) -> str:
        """Who signs the PDFs."""
        return self.name or NAME

    def over(self, css: str) -> str:
        """A stylesheet with this brand's colours in its light and its dark theme."""
        light, dark = _DARK.split(css, maxsplit=1)
        for key, value in self.colours:
            name, is_dark, _ = COLOURS[key]
            found = re.compile(rf"(--{name}: )#[0-9a-f]+", re.IGNORECASE)
            if is_dark:
                dark = found.sub(rf"\g<1>{value}", dark, count=1)
            else:
                light = found.sub(rf"\g<1>{value}", light, count=1)
        return light + dark

    def __str__(self) -> str:
        """The same text for the same brand."""
        logo = hashlib.sha256(self.logo.content).hexdigest() if self.logo else ""
        return repr((self.name, logo, self.colours))


def read_brand(file: SettingsFile) -> Brand:
    """What [brand] says. Raises ConfigurationError."""
    file.only(("brand",), ("name", "logo", *COLOURS))
    name = file.text("brand", "name", pattern=_TEXT, wanted="a name of at most 60 characters is wanted").strip()
    given = {key: _colour(file, key) for key in COLOURS if key in file.table("brand")}
    return Brand(name, _logo(file, name), tuple(sorted(given.items())))


def _colour(file: SettingsFile, key: str) -> str:
    value = file.text("brand", key, pattern=_COLOUR, wanted="a colour is wanted, as in '#0b5f8a'").lower()
    _, is_dark, wanted = COLOURS[key]
    reached = min(contrast(value, ground) for ground in _GROUNDS[is_dark])
    if reached < wanted:
        theme = "dark" if is_dark else "light"
        file.fail(("brand", key), f"its contrast on the {theme} page is {reached:.1f}, at least {wanted:g} is wanted")
    return value


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21, by WCAG 2.2."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _logo(file: SettingsFile, name: str) -> Logo | None:
    at = ("brand", "logo")
    named = file.text(*at, pattern=_PATH, wanted="the path of an .svg or .png file is wanted")
    if not named:
        return None
    if not name:
        file.fail(at, "a logo needs a name, for those who cannot see it")
    path = file.path.parent / named
    try:
        content = path.read_bytes()
    except OSError as error:
        file.fail(at, f"{path} cannot be read: {error.strerror}")
    logo = Logo(path.suffix[1:].lower(), content)
    if len(content) > _MOST_BYTES:
        file.fail(at, f"{path} has {len(content)} bytes; every reader loads it, at most {_MOST_BYTES} are wanted")
    if not _is_picture(logo):
        file.fail(at, f"{path} is not the {logo.ending} that its name says")
    return logo


def _is_picture(logo: Logo) -> bool:
    if logo.ending == "png":
        return logo.content.startswith(_PNG)
    # Entities are how XML is made to grow; no drawing program writes them.
    if b"<!ENTITY" in logo.content:
        return False
    try:
        return ElementTree.fromstring(logo.content).tag == "{http://www.w3.org/2000/svg}svg"
    except ElementTree.ParseError:
        return False


NO_BRAND = Brand()
_in_use: ContextVar[Brand] = ContextVar("brand", default=NO_BRAND)


def current() -> Brand:
    """The brand in use."""
    return _in_use.get()


@contextmanager
def using(brand: Brand) -> Iterator[None]:
    """Make pages of a brand until the end of the block."""
    token = _in_use.set(brand)
    try:
        yield
    finally:
        _in_use.reset(token)
