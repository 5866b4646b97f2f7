"""The explorer's months hold what the marts hold, of their own scope alone, and are remade only where it changed."""

import base64
import gzip
import json
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from site_builder.build import build_site
from site_builder.explore import months
from site_builder.gather import cubes
from site_builder.planning import scopes

DIMS = {"team": "team_id", "user": "user_id", "item": "item_id", "model": "model_id", "channel": "channel"}
SUMS = "sum(requests), sum(errors), sum(total_tokens), sum(credits)"
COST = "sum(uncosted_requests), sum(coalesce(cost_usd, 0))"
MORE_SUMS = "sum(runs), sum(calls), sum(input_tokens), sum(input_credits), sum(rating_sum), sum(rating_count)"


def unpacked(packed: str) -> dict:
    return json.loads(gzip.decompress(base64.b64decode(packed)))


def given(script: bytes, function: str) -> list:
    """What a month's script hands over."""
    call = re.fullmatch(rf"explorer\.{function}\((.*)\);\n", script.decode("ascii"))
    assert call
    return json.loads(f"[{call[1]}]")


def month_of(site: Path, folder: str, month: str) -> dict:
    """What both scripts of a month have, and the tags by key."""
    data = site / folder / "explore" / "data"
    name, first, keys = given((data / f"{month}.js").read_bytes(), "add")
    assert name == month
    _, more, tags = given((data / f"{month}-more.js").read_bytes(), "addMore")
    assert keys == sorted(tags)
    return merged(unpacked(first), unpacked(more)) | {"tags": {key: unpacked(tag) for key, tag in tags.items()}}


def merged(first: dict, more: dict) -> dict:
    return {name: {**first[name], **more[name]} for name in first}


def amount_of(table: dict[str, list[int]], name: str) -> Decimal:
    return sum(table[f"{name}_whole"]) + Decimal(sum(table[f"{name}_millionths"])).scaleb(-6)


def sums_of(table: dict[str, list[int]]) -> tuple:
    return (*sums_for_tenants(table), sum(table["uncosted_requests"]), amount_of(table, "cost"))


def sums_for_tenants(table: dict[str, list[int]]) -> tuple:
    return (*(sum(table[name]) for name in ("requests", "errors", "total_tokens")), amount_of(table, "credits"))


def more_sums_of(table: dict[str, list[int]]) -> tuple:
    whole = [sum(table[name]) for name in ("runs", "calls", "input_tokens")]
    return (*whole, amount_of(table, "input_credits"), *(sum(table[name]) for name in ("rating_sum", "ratings")))


def test_months_add_up_to_the_marts(small_marts: Path, small_site: Path) -> None:
    with duckdb.connect(str(small_marts), read_only=True) as con:
        expected = con.execute(
            f"select strftime(usage_date, '%Y-%m'), {SUMS}, {MORE_SUMS} from marts.mart_usage_daily "
            "where tenant_id = 'acme' group by all order by all"
        ).fetchall()
    assert len(expected) == 3
    for month, *sums in expected:
        document = month_of(small_site, "acme", month)
        assert (*sums_for_tenants(document["hours"]), *more_sums_of(document["hours"])) == tuple(sums)
        dims = {"usage_date", "hour", *DIMS, *cubes.MORE_DIMS}
        assert dims <= document["hours"].keys() and "tenant" not in document["hours"]
        assert sum(document["hours"]["input_tokens"]) > 0 < sum(document["hours"]["latency_ms"])
        assert "days" not in document
        # What use cost the publisher is no tenant's.
        assert not {name for name in document["hours"] if "cost" in name}


def test_a_tenants_months_name_no_other_tenant(small_site: Path) -> None:
    words = {"acme": ("Quokka", "Wombat", "Numbat"), "x.-.41cme": ("Wombat", "Quokka", "Numbat")}
    for folder, (own, *others) in words.items():
        for path in (small_site / folder / "explore").rglob("*"):
            text = path.read_text("utf-8") if path.is_file() else ""
            if path.suffix == ".js" and not path.stem.endswith("-more"):
                text = json.dumps(month_of(small_site, folder, path.stem), ensure_ascii=False)
                assert own in text
            assert not any(word in text for word in others), path


@pytest.fixture
def february(small_marts: Path) -> Iterator[Callable[[], tuple[bytes, bytes]]]:
    """Packs everyone's February."""
    with duckdb.connect(str(small_marts), read_only=True) as con:
        everyone = scopes.read_scopes(con, None)[0]
        wanted = [cubes.ScopeMonth(everyone, "2026-02", date(2026, 2, 1), date(2026, 2, 28))]
        yield lambda: months.scripts(next(cubes.cubes(con, wanted)))


def test_what_is_too_large_goes_without_the_finest(
    february: Callable[[], tuple[bytes, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    found, sizes = [], [10**6]
    while len(sizes) < 3 or sizes[-1] < sizes[-2]:
        monkeypatch.setattr(months, "MOST_BYTES", sizes[-1] - 1)
        (_, first, _), (_, more, _) = map(given, february(), ("add", "addMore"))
        sizes.append(max(len(first), len(more)))
        found.append(merged(unpacked(first), unpacked(more)))
    kept = [
        tuple([dim for dim in cubes.DIMS if dim in document.get(table, {})] for table in ("days", "hours"))
        for document in found
    ]
    everything = ["tenant", "team", "user", "item", "channel", "model"]
    assert [dim for dim in cubes.MORE_DIMS if dim in found[0]["hours"]] == [*cubes.MORE_DIMS]
    assert all(("item" in table) == ("task" in table) == ("project" in table) for table in (found[1]["hours"],))
    assert {sums for document in found if (sums := more_sums_of(document["hours"]))} == {
        more_sums_of(found[0]["hours"])
    }
    assert kept[0] == ([], everything)
    assert kept[-1] == (["channel", "model"], ["channel"])
    assert len(kept) > 3
    assert len({sums_of(document["hours"]) for document in found}) == 1
    assert len({sums_of(document["days"]) for document in found[1:]}) == 1


def test_only_touched_months_are_made_anew(small_marts: Path, small_site: Path, tmp_path: Path) -> None:
    marts, site = Path(shutil.copy(small_marts, tmp_path)), tmp_path / "site"
    shutil.copytree(small_site, site)
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in site.glob("*/explore/data/*.js")}
    (site / "acme/explore/data/2026-01.js").unlink()
    with duckdb.connect(str(marts)) as con:
        for mart in ("usage_events", "tenant_daily", "model_daily"):
            con.execute(
                f"update marts.mart_{mart} set requests = requests + 1 "
                "where tenant_id = 'acme' and usage_date = '2026-03-03'"
            )
    build_site(marts, site, changed={"acme": date(2026, 3, 3)})
    changed = {str(path.relative_to(site)) for path, (at, content) in before.items() if path.read_bytes() != content}
    assert changed == {"acme/explore/data/2026-03.js", "all/explore/data/2026-03.js"}
    assert (site / "acme/explore/data/2026-01.js").read_bytes() == before[site / "acme/explore/data/2026-01.js"][1]


@pytest.mark.parametrize(("most_bytes", "tables"), [(10**6, {"hours"}), (10, {"days", "hours"})])
def test_columns_of_the_months_are_whole_numbers(
    february: Callable[[], tuple[bytes, bytes]], monkeypatch: pytest.MonkeyPatch, most_bytes: int, tables: set[str]
) -> None:
    monkeypatch.setattr(months, "MOST_BYTES", most_bytes)
    (_, first, _), (_, more, _) = map(given, february(), ("add", "addMore"))
    document = merged(unpacked(first), unpacked(more))
    assert document.keys() - {"names"} == tables
    for table in tables:
        for values in document[table].values():
            assert pa.array(values).type == pa.int64()


def test_each_tag_adds_up_to_the_marts(small_marts: Path, small_site: Path) -> None:
    with duckdb.connect(str(small_marts), read_only=True) as con:
        expected = con.execute(
            f"select tag_key, tag_value, {SUMS} from marts.mart_tag_daily where tenant_id = 'acme' "
            "and usage_date between '2026-02-01' and '2026-02-28' group by all order by all"
        ).fetchall()
    tags = month_of(small_site, "acme", "2026-02")["tags"]
    found = []
    for key, tag in tags.items():
        for place, value in enumerate(tag["values"]):
            rows = [row for row, at in enumerate(tag["days"]["value"]) if at == place]
            own = {name: [column[row] for row in rows] for name, column in tag["days"].items()}
            found.append((key, value, *sums_for_tenants(own)))
    assert sorted(found) == expected and len(expected) == 6


def test_values_beyond_the_most_used_are_summed_up(
    february: Callable[[], tuple[bytes, bytes]], small_marts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("site_builder.gather.cube_tags.MOST_VALUES", 2)
    tag = unpacked(given(february()[1], "addMore")[2]["cost_center"])
    assert tag["values"][0] == "(none)" and tag["values"][2] is None and len(tag["values"]) == 3
    with duckdb.connect(str(small_marts), read_only=True) as con:
        [whole] = con.execute(
            f"select {SUMS}, {COST} from marts.mart_tag_daily where tag_key = 'cost_center' and month(usage_date) = 2"
        ).fetchall()
    assert sums_of(tag["days"]) == whole


def test_tags_that_are_too_large_are_left_out(
    february: Callable[[], tuple[bytes, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(months, "TAG_BYTES", 10)
    (_, _, keys), (_, _, tags) = map(given, february(), ("add", "addMore"))
    assert keys == [] and tags == {}


def test_a_month_that_was_closed_before_does_not_say_nothing_was_there(small_marts: Path, tmp_path: Path) -> None:
    marts = Path(shutil.copy(small_marts, tmp_path))
    with duckdb.connect(str(marts)) as con:
        con.execute("update marts.mart_usage_events set runs = null, input_credits = null, project_id = null")
        everyone = scopes.read_scopes(con, None)[0]
        month = cubes.ScopeMonth(everyone, "2026-02", date(2026, 2, 1), date(2026, 2, 28))
        first, more = months.scripts(next(cubes.cubes(con, [month])))
    hours = merged(unpacked(given(first, "add")[1]), unpacked(given(more, "addMore")[1]))["hours"]
    unknown = {"runs", "input_credits_whole", "input_credits_millionths", "rating_sum", "ratings", "project"}
    assert not unknown & hours.keys() and {"calls", "input_tokens", "task", "latency_ms"} <= hours.keys()
