"""Which items, teams and users get a page, as tallybook.toml says it."""

from pathlib import Path

import pytest

from site_builder.configuration import own_pages
from site_builder.configuration.own_pages import EVERY, OwnPages
from site_builder.configuration.schema import DEFAULT, Configuration, ConfigurationError, read_configuration


def read(folder: Path, text: str) -> Configuration:
    path = folder / "tallybook.toml"
    path.write_text(text, encoding="utf-8")
    return read_configuration(path)


def test_what_is_not_named_is_as_usual(tmp_path: Path) -> None:
    assert read(tmp_path, "").pages == own_pages.USUAL == DEFAULT.pages
    pages = read(tmp_path, '[pages.tenant]\nusers = "all"\n[pages.all]\nitems = 3\n').pages
    assert [pages.of(kind, is_all=False) for kind in ("item", "team", "user")] == [10, 10, EVERY]
    assert [pages.of(kind, is_all=True) for kind in ("item", "team", "user")] == [3, 0, 0]


def test_numbers_every_one_and_ids(tmp_path: Path) -> None:
    found = read(tmp_path, '[pages.tenant]\nitems = ["a", "b/c"]\nteams = 0\n[pages.all]\nusers = [["t", "ana"]]\n')
    assert found.pages == OwnPages(
        {"item": ("a", "b/c"), "team": 0, "user": 10}, {"item": 0, "team": 0, "user": (("t", "ana"),)}
    )
    assert str(found) != str(DEFAULT) and "ana" not in str(found)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[pages.tenant]\nitems = -1\n", 2),
        ("[pages.tenant]\nitems = true\n", 2),
        ('[pages.tenant]\nteams = "some"\n', 2),
        ('[pages.tenant]\nusers = [["t", "ana"]]\n', 2),
        ('\n[pages.all]\nusers = ["ana"]\n', 3),
        ("[pages.tenant]\nmodels = 3\n", 2),
        ("[pages]\nitems = 3\n", 2),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    with pytest.raises(ConfigurationError, match=f"line {line}: pages"):
        read(tmp_path, text)
