"""What a person was known by, as it stands in files: found in whatever escaping, and replaced by the pseudonym."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from typing import Literal
from urllib.parse import quote, quote_plus

from markupsafe import escape

from site_builder.words import formats

_NORMAL: tuple[Literal["NFC"], Literal["NFD"]] = ("NFC", "NFD")
_LEAST, _LEAST_CUT = 2, 5
_EDGE, _END = r"(?<![^\W_])", r"(?![^\W_])"
# Thai to Burmese, Khmer, Chinese, Japanese, Korean: nothing tells where a word begins, or particles follow it at once.
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fff\u3040-\ud7ff\uf900-\ufaff"
_UNSPACED = re.compile(f"[{UNSPACED}]")
_ATTRIBUTE = re.compile(r'(=")([^"]*)(")')
_TAG = re.compile(r"(<[^>]*>)")
# What pages put around names, and around nothing else.
_NAMES = ("<bdi>",)


@dataclass(frozen=True)
class Traces:
    """A person of a tenant. texts: what is looked for within any text; `user_id` only where it stands alone."""

    tenant_id: str
    user_id: str
    texts: tuple[str, ...]
    pseudonym: str

    def text(self, text: str) -> str:
        """A text with the pseudonym in the place of the person; of the beginning of a name that was cut, too."""
        return self._pattern.sub(self.pseudonym, text) if self._pattern else text

    def whole(self, text: str) -> str:
        """The same of what stands alone, such as a cell: there the id counts as well."""
        return self.pseudonym if text == self.user_id else self.text(text)

    def names(self, text: str) -> bool:
        """Whether a text names the person."""
        return bool(self._pattern and self._pattern.search(text))

    def escaped(self, text: str) -> str:
        """The text of a file of unknown kind, with the person in none of the usual escapings."""
        for pattern in (self._pattern, self._escaped):
            text = pattern.sub(self.pseudonym, text) if pattern else text
        return text

    def html(self, page: str, *, whole: bool = True) -> str:
        """A page with the pseudonym in all its texts and attributes. whole: ids that stand alone as names count."""
        parts = _TAG.split(page)
        for place in range(0, len(parts), 2):
            is_name = whole and place > 0 and (parts[place - 1] in _NAMES or not self.user_id.isdigit())
            parts[place] = _escaped(parts[place], self.whole if is_name else self.text)
        for place in range(1, len(parts), 2):
            parts[place] = _ATTRIBUTE.sub(lambda at: at[1] + _escaped(at[2], self.text) + at[3], parts[place])
        return "".join(parts)

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        texts = sorted({form for text in self.texts for form in _forms(text)}, key=lambda text: (-len(text), text))
        wanted = [_at_edges(text) for text in texts if _is_telling(text)]
        wanted += [_at_edges(text[:size].rstrip(), "…") for text in texts if _is_telling(text)
                   for size in range(len(text) - 1, _LEAST_CUT - 1, -1)]  # fmt: skip
        return re.compile("|".join(wanted), re.IGNORECASE) if wanted else None

    @cached_property
    def _escaped(self) -> re.Pattern[str] | None:
        texts = {form for text in self.texts if _is_telling(text) for form in _escapings(text)}
        wanted = sorted(texts, key=lambda text: (-len(text), text))
        return re.compile("|".join(map(_at_edges, wanted)), re.IGNORECASE) if wanted else None


def _at_edges(text: str, after: str = "") -> str:
    """The pattern of a text that is no part of a longer word, with what follows it."""
    begin = "" if _UNSPACED.match(text) else _EDGE
    end = "" if after or _UNSPACED.match(text[-1:]) else _END
    return begin + re.escape(text) + after + end


def _forms(text: str) -> set[str]:
    """A name as it was given, as pages show it, and in both of Unicode's normal forms."""
    plain = {text, formats.shown_name(text), formats.shown_name(text, len(text) + 1)}
    return plain | {unicodedata.normalize(form, shape) for shape in plain for form in _NORMAL}


def _escapings(text: str) -> Iterator[str]:
    json = "".join(char if char.isascii() else "".join(f"\\u{unit:04x}" for unit in _units(char)) for char in text)
    forms = (json, json.replace('"', '\\"'), quote(text), quote(text, safe=""), quote_plus(text), str(escape(text)))
    yield from (form for form in forms if form != text)


def _units(char: str) -> Iterator[int]:
    content = char.encode("utf-16-be", "surrogatepass")
    yield from (int.from_bytes(content[at : at + 2], "big") for at in range(0, len(content), 2))


def _is_telling(text: str) -> bool:
    return len(text) >= _LEAST and any(char.isalpha() for char in text)


def _escaped(text: str, replaced: Callable[[str], str]) -> str:
    plain = unescape(text)
    new = replaced(plain.strip()) if plain.strip() else plain.strip()
    if new == plain.strip():
        return text
    return text[: len(text) - len(text.lstrip())] + str(escape(new)) + text[len(text.rstrip()) :]
