"""Typesets hard names in every place that a PDF has for them, without falling back on marks for whole scripts.

Run as a process of its own: one that has typeset cannot fork. Prints how many names went well, and each that did not.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date

import typst

from site_builder.charts.printed import in_one_font, in_plain_letters
from site_builder.charts.specs import Rank, Ranking
from site_builder.pages.elements import Card, Column, Fact, Page, Panel, Table
from site_builder.pdf.content import content
from site_builder.pdf.typesetting import _compiled
from site_builder.words import formats, phrases

SEQUENCES = (
    "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\u2764\ufe0f\u200d\U0001f525", "\u261d\U0001f3fd\u200d\u2642\ufe0f",
    "1\ufe0f\u20e3", "\U0001f1e9\U0001f1ea", "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e007f", "\u2764\ufe0f",
    "a\u200d\U0001f389", "\u200d", "\u200c\u200b", "co\u00adop", "a\u2060b\u034fc", "\ufffd\U0001e01c", "\u0301a",
    "q\u0301" * 9, "\u100b\ub377", "\u1112\u1161\u11ab", "\u115f\u1160\u3164\uffa0", "\uac00\u11a8", "葛\U000e0100",
    "\u0639\u0631\u0628\u064a \ufdfa \u0644\u0627", "\u0600123", "\u05e2\u05d1\u05e8\u05d9\u05ea",
    "\u0915\u094d\u0937\u0924\u094d\u0930\u093f\u092f", "\u0e01\u0e33", "\u0ba4\u0bae\u0bbf\u0bb4\u0bcd",
    "日本語\u0301",
    "\u1000\u103c\u1014\u103a", "\u1820\u180b\u1821", "\ufb01\ufb02ffi", "\U0001d4d0\U0001d54f", "\ufffc\ufff9x\ufffb",
    "\ue000\U000f0000", "\ufdd0\U0001fffe\u0378", "\x00\x1b[31m\x85", "\u202eabc\u2066\u200f", "日" * 5000,
    "日本ไทยกำ\u100b\ub377हि\U0001f389عربي",
)  # fmt: skip


CSVS = dict.fromkeys(("kpis", "models", "alerts", "power_users"), b"a\r\n")


def names() -> list[str]:
    """The sequences, and every 17th code point between letters, after one, and before an accent."""
    codes = [chr(code) for code in (*range(0xA0, 0x20000, 17), *range(0xE0000, 0xE0200, 17))]
    kept = [code for code in codes if unicodedata.category(code) not in ("Cn", "Cs")]
    mixed = [" ".join(f"a{one}b {one}\u0301" for one in kept[start : start + 12]) for start in range(0, len(kept), 12)]
    return [*SEQUENCES, *mixed]


def page(group: Sequence[str]) -> Page:
    """A page with each name in its headline, titles, facts, tables and a chart."""
    shown = [formats.shown_name(name) for name in group]
    title = " ".join(phrases.in_text(name) for name in group)
    chart = Ranking("Models", title, [Rank(name, 5, "5", name) for name in shown])
    columns = (Column("user_name", "User", "name"), Column("what", "What", "words"))
    table = Table(columns, [(name, f"{phrases.in_text(name)} ran away") for name in group])
    cards = [
        Card("kpis", "Key figures", title, "", table, "", note=title),
        Card("models", "Models", title, title, table, title, [Fact("Names", title)], [Panel("Models", [chart])]),
        Card("alerts", "Alerts", title, "", table, ""), Card("power_users", "Users", title, "", table, ""),
    ]  # fmt: skip
    said = ("weekly", "W", "period", "none", "UTC", "final", "Final", title)
    return Page("x", "", "", shown[0], *said, cards, "", "", "", "")


def failing(group: Sequence[str]) -> Iterator[str]:
    """The names of a group that cannot be typeset as they are."""
    try:
        _compiled(content(page(group), date(2026, 2, 1), 40, has_optional=True), CSVS)
    except typst.TypstError as error:
        if len(group) == 1:
            yield f"{group[0]!a}: {error}"
        else:
            for part in (group[: len(group) // 2], group[len(group) // 2 :]):
                yield from failing(part)


def main() -> None:
    """See above."""
    every = names()
    groups = [every[start : start + 6] for start in range(0, len(every), 6)]
    faults = [fault for group in groups for fault in failing(group)]
    made = content(page(SEQUENCES), date(2026, 2, 1), 40, has_optional=True)
    for change in (in_one_font, in_plain_letters):
        _compiled(made.changed(change), CSVS)
    once, again = (_compiled(made, CSVS) for _ in range(2))
    print("\n".join([f"{len(every) - len(faults)} of {len(every)}", *faults, "same" if once == again else "differ"]))


if __name__ == "__main__":
    main()
