"""What marks a mention, and what it leads to."""

import pytest

from site_builder.files import urls
from site_builder.pages import mentions
from site_builder.pages.elements import Column
from site_builder.render import templating

PAGE = "acme/daily/2026-02-04/index.html"


def test_marks_tell_kinds_tenants_and_ids_apart_and_say_none_of_them() -> None:
    things = [("user", "a", "b"), ("team", "a", "b"), ("user", "b", "a"), ("user", "ab", ""), ("user", "a", '"b')]
    assert len({mentions.mark(*thing) for thing in things}) == len(things)
    assert mentions.mark("user", "acme", "ana") == mentions.mark("user", "acme", "ana")


def test_links_come_and_go_and_the_rest_stays_to_the_byte() -> None:
    mark = mentions.mark("user", "acme", "ana")
    plain = f'<p><a href="x.html">x</a> <bdi data-m="{mark}">Ana &lt;b&gt;</bdi> <bdi>Ben</bdi></p>\n'.encode()
    linked = mentions.linked(plain, PAGE, {mark: "acme/users/ana/index.html"})
    assert f'<a href="../../users/ana/index.html"><bdi data-m="{mark}">Ana &lt;b&gt;</bdi></a>'.encode() in linked
    assert mentions.linked(linked, PAGE, {mark: "acme/users/ana/index.html"}) == linked
    assert mentions.linked(linked, PAGE, {}) == plain
    assert mentions.linked(plain, "acme/users/ana/index.html", {mark: "acme/users/ana/index.html"}) == plain
    assert mentions.unmarked(linked.decode(), mark) == plain.decode().replace(f' data-m="{mark}"', "")
    assert mentions.unmarked(linked.decode(), "another") == linked.decode()


@pytest.mark.parametrize(
    ("names", "row", "thing"),
    [
        (("tenant_id", "user_id", "user_name"), ("t", "u", "Ana"), ("user", "t", "u")),
        (("tenant_id", "subject_type", "subject_id", "subject_name"), ("t", "item", "i", "Bot"), ("item", "t", "i")),
        (("tenant_id", "scope", "scope_id", "scope_name"), ("t", "team", "x", "Sales"), ("team", "t", "x")),
        (("tenant_id", "subject_type", "subject_id", "subject_name"), ("t", "tenant", "t", "Acme"), None),
        (("tenant_id", "user_id", "user_name"), ("t", "(none)", "(none)"), None),
        (("user_id", "user_name"), ("u", "Ana"), None),
        (("tenant_id", "model_id", "model_name"), ("t", "m", "GPT"), None),
    ],
)
def test_a_cell_names_what_its_row_says(
    names: tuple[str, ...], row: tuple[str, ...], thing: tuple[str, str, str] | None
) -> None:
    columns = [Column(name, name, "name") for name in names]
    wanted = mentions.mark(*thing) if thing else ""
    assert mentions.mark_of_cell(columns[-1], row, columns) == wanted
    assert (f'data-m="{wanted}"' in str(templating._cell(row[-1], columns[-1], row, columns))) is bool(wanted)


def test_a_sentence_leads_to_the_name_in_it() -> None:
    said = str(templating._about("\u2068<i>Bot\u2069 ran away", "abc"))
    assert said == '<bdi data-m="abc">&lt;i&gt;Bot</bdi> ran away'
    assert str(templating._about("no < name", "abc")) == "no &lt; name"


def test_folders_of_things_are_apart_on_any_file_system() -> None:
    keys = ["data", "all", "con", "", ".", "-", "A", "a", "a/b", "a.b", "x" * 300, "x" * 301]
    folders = [urls.entity_folder("acme", "user", "acme", key) for key in keys]
    pairs = [("a", "b"), ("a.-b", ""), ("", "a"), ("p", "a"), ("a", ""), ("x" * 300, "y"), ("x" * 299, "xy")]
    folders += [urls.entity_folder("all", "user", *pair) for pair in pairs]
    assert len(set(folders)) == len(folders)
    assert all(len(folder.split("/")) == 3 and len(folder.split("/")[2]) <= urls.MAX_FOLDER for folder in folders)
    assert all(set(folder) <= set("abcdefghijklmnopqrstuvwxyz0123456789.-/") for folder in folders)
    assert "index.html" not in [folder.split("/")[2] for folder in folders]
