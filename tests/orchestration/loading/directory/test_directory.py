"""The reference data: how cells are read, which faults stop a run, and which events a change touches."""

from __future__ import annotations

import os
from datetime import date, datetime
from decimal import Decimal

import duckdb
import pytest

from orchestration.loading.directory.directory import FAULTS_SHOWN, DirectoryError
from orchestration.loading.directory.mutes import ALERT_KINDS
from orchestration.loading.directory.tables import DIRECTORY_TABLES
from tests.conftest import PROJECT
from tests.orchestration.loading.zones import ZoneFolder, day, usage

TENANTS = "tenant_id,tenant_name,timezone\nt1,One,America/New_York\nt2,Two,\n"


def faults(zone: ZoneFolder) -> list[tuple[str, int, str]]:
    with pytest.raises(DirectoryError) as caught:
        zone.load()
    assert "\n" not in str(caught.value)
    return [(fault.file.removeprefix("directory/"), fault.line, fault.reason) for fault in caught.value.faults]


def test_a_pipe_in_the_place_of_the_tenants_is_said_to_be_one(zone: ZoneFolder) -> None:
    zone.remove("directory/tenants.csv")
    os.mkfifo(zone.raw / "directory" / "tenants.csv")
    assert faults(zone) == [
        ("tenants.csv", 0, "is a named pipe (FIFO): create it with the columns tenant_id and tenant_name")
    ]


def test_every_table_exists_and_is_typed_even_without_its_file(zone: ZoneFolder) -> None:
    zone.load()
    for table in DIRECTORY_TABLES:
        assert zone.query(f"select count(*) from {table.table}") == [(2 if table.name == "tenants" else 0,)]
    assert zone.query("select timezone, currency, plan, seats from lake.directory_tenants where tenant_id = 't1'") == [
        ("UTC", "USD", None, None)
    ]


def test_cells_are_typed_and_empty_ones_are_null(zone: ZoneFolder) -> None:
    zone.directory(
        "tenants",
        "tenant_id,tenant_name,timezone,currency,credit_price,seats,item_slots,created_at,"
        "next_billing_date,plan\n"
        't1,"One, ""1""\nLtd",Asia/Kolkata,INR,0.0175,12,5.0,2026-01-01,2026-02-28,\n',
    )
    zone.directory("models", "\ufeffmodel_id,family\r\nm1,\r\n\r\nm2, f \r\n")
    zone.directory(
        "rates",
        "model_id,valid_from,multiplier,credits_per_1k_input\n"
        "m1,2026-01-01,1.0000005,\nm1,2026-01-01T00:00:00+01:00,,.25\n",
    )
    zone.directory("prices", "model_id,valid_from,usd_per_m_input\nm1,2026-01-01 10:00:00.1234567Z,1e1\n")
    zone.directory("fx_rates", "date,currency,usd_per_unit\n2026-01-01,WST,0.012345678901\n")
    zone.directory("credit_prices", "tenant_id,valid_from,credit_price,currency\nt1,2026-03-01,0.02,\n")
    zone.directory("budgets", "tenant_id,scope,scope_id,month,credits\nt1,tenant,,*,5\nt1,team,x,2026-01,1\n")
    zone.directory("subscriptions", "email,scope,tenant_id,cadence\na@b.c,all,,daily\na@b.c,tenant,t1,daily\n")
    zone.load()
    assert zone.query("from lake.directory_tenants") == [
        (
            "t1",
            'One, "1"\nLtd',
            "Asia/Kolkata",
            "INR",
            None,
            Decimal("0.0175"),
            "prepaid",
            12,
            5,
            datetime.fromisoformat("2025-12-31T18:30:00"),
            None,
            date(2026, 2, 28),
            None,
        )
    ]
    assert zone.query("from lake.directory_credit_prices") == [("t1", date(2026, 3, 1), Decimal("0.02"), None)]
    assert zone.query("select model_id, model_name, family from lake.directory_models") == [
        ("m1", None, None),
        ("m2", None, " f "),
    ]
    assert zone.query("select valid_from::varchar, multiplier, credits_per_1k_input from lake.directory_rates") == [
        ("2026-01-01 00:00:00", Decimal("1.000001"), None),
        ("2025-12-31 23:00:00", None, Decimal("0.25")),
    ]
    assert zone.query("select valid_from::varchar, usd_per_m_input from lake.directory_prices") == [
        ("2026-01-01 10:00:00.123456", Decimal(10))
    ]
    assert zone.query("select usd_per_unit from lake.directory_fx_rates") == [(Decimal("0.012345678901"),)]
    assert zone.query("select scope, scope_id, month from lake.directory_budgets") == [
        ("tenant", "t1", "*"),
        ("team", "x", "2026-01"),
    ]


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-01-15", "2026-01-15 05:00:00"),
        ("2026-07-15T12:00:00", "2026-07-15 16:00:00"),
        ("2026-07-15 12:00:00.5Z", "2026-07-15 12:00:00.5"),
        ("2026-03-08T02:30:00", "2026-03-08 07:30:00"),  # skipped: read as 03:30 by the new offset
        ("2026-11-01T01:30:00", "2026-11-01 05:30:00"),  # twice: the first of the two
    ],
)
def test_times_without_offset_are_in_the_tenants_zone(zone: ZoneFolder, text: str, utc: str) -> None:
    zone.directory("tenants", TENANTS)
    zone.directory("users", f"tenant_id,user_id,signed_up_at\nt1,u1,{text}\n")
    zone.load()
    assert zone.query("select signed_up_at::varchar from lake.directory_users") == [(utc,)]


@pytest.mark.parametrize(("name", "reason"), [
    ("europe/berlin", "'europe/berlin' is not a time zone (Europe/Berlin is: letters count as they are)"),
    *((name, f"{name!r} is not a time zone") for name in (
        "posixrules", "localtime", "Factory", "../x", "right/UTC", "/etc/localtime", "PST", "SystemV/PST8", "UTC+1")),
])  # fmt: skip
def test_what_no_zone_of_the_package_is_called_is_told(zone: ZoneFolder, name: str, reason: str) -> None:
    zone.directory("tenants", f"tenant_id,tenant_name,timezone\nt1,One,{name}\n")
    assert faults(zone) == [("tenants.csv", 2, f"timezone: {reason}")]


def test_old_and_new_names_of_a_zone_mean_the_same_on_every_machine(zone: ZoneFolder) -> None:
    names = ["Asia/Calcutta", "Asia/Kolkata", "Europe/Kyiv", "Europe/Kiev", "America/Coyhaique", "US/Pacific"]
    tenants = "".join(f"{number},T,{name}\n" for number, name in enumerate(names))
    zone.directory("tenants", f"tenant_id,tenant_name,timezone\n{tenants}")
    zone.load()
    assert zone.query("select timezone from lake.directory_tenants order by tenant_id") == [(name,) for name in names]
    rules = "select utc_from, utc_to, offset_seconds from lake.zone_offsets where timezone = '{}' order by all"
    for old, new in (names[:2], names[2:4]):
        assert zone.query(rules.format(old)) == zone.query(rules.format(new)) != []
    for name in (*names, "UTC"):
        assert zone.query(
            f"select count(distinct utc_from) = count(*), min(utc_from)::varchar, max(utc_to)::varchar "
            f"from lake.zone_offsets where timezone = '{name}'"
        ) == [(True, "0001-01-01 00:00:00", "2500-01-01 00:00:00")]


def test_all_faults_of_all_files_are_told_together(zone: ZoneFolder) -> None:
    zone.directory(
        "tenants",
        "tenant_id,tenant_name,timezone,currency,seats\nt1,One,Mars/Base,usd,x\n"
        't1,"Again\nand again",UTC,USD,-1\n,None,,,1.5\n',
    )
    zone.directory(
        "users", "tenant_id,user_id,signed_up_at\nt1,u1,2026-02-30\nt9,u2,yesterday\nt1,u1,2026-01-01T10:00\n"
    )
    zone.directory("items", "tenant_id,item_id,item_type,item_name\nt1,i1,robot,R\nt1,i2,app\n")
    zone.directory("teams", "tenant_id,team_id\nt1,x\n")
    zone.directory("rates", "model_id,valid_from,multiplier,multiplier\nm,2026-01-01,1,2\n")
    zone.directory("budgets", "tenant_id,scope,scope_id,month,credits\nt1,tenant,other,2026-13,0\nt1,user,,*,1\n")
    zone.directory("fx_rates", "date,currency,usd_per_unit\n2026-01-01,EUR,1e12\n")
    (zone.raw / "directory/models.csv").write_bytes(b"model_id\nm1\n\xff\n")
    (zone.raw / "directory/prices.csv").write_bytes(b'model_id,valid_from\nm1,2026-01-01\n"m2,2026\n')
    found = faults(zone)
    assert found == [
        ("budgets.csv", 2, "credits: 0 is not above 0"),
        ("budgets.csv", 2, "month: '2026-13' is neither a month YYYY-MM nor *"),
        ("budgets.csv", 2, "scope_id: scope tenant, but 'other' is not the tenant"),
        ("budgets.csv", 3, "scope_id: empty, but needed with scope user"),
        ("fx_rates.csv", 2, "usd_per_unit: 1e12 is 10^12 or more"),
        ("items.csv", 2, "item_type: 'robot' is none of assistant, agent, workflow, app, phone_agent"),
        ("items.csv", 3, "3 columns where the header has 4"),
        ("models.csv", 3, "not UTF-8"),
        ("prices.csv", 3, "not CSV: unexpected end of data"),
        ("rates.csv", 1, "column multiplier stands there twice"),
        ("teams.csv", 1, "column team_name is missing"),
        ("tenants.csv", 2, "currency: 'usd' is not a currency code of three capital letters"),
        ("tenants.csv", 2, "seats: 'x' is not a number"),
        ("tenants.csv", 2, "timezone: 'Mars/Base' is not a time zone"),
        ("tenants.csv", 3, "duplicate of line 2: tenant_id 't1'"),
        ("tenants.csv", 3, "seats: -1 is not between 0 and 2^53 - 1"),
        ("tenants.csv", 5, "seats: 1.5 is not a whole number"),
        ("tenants.csv", 5, "tenant_id: empty"),
        ("users.csv", 2, "signed_up_at: 2026-02-30 is no time of the calendar"),
        ("users.csv", 3, "signed_up_at: 'yesterday' is not a date, nor a time with seconds"),
        ("users.csv", 3, "tenant_id: tenants.csv has no tenant 't9'"),
        ("users.csv", 4, "duplicate of line 2: tenant_id 't1', user_id 'u1'"),
        ("users.csv", 4, "signed_up_at: '2026-01-01T10:00' is not a date, nor a time with seconds"),
    ]
    with pytest.raises(DirectoryError, match=f"and {len(found) - FAULTS_SHOWN} more faults"):
        zone.load()


MUTES = "tenant_id,kind,subject_type,subject_id,muted_from,muted_until,muted_by,note\n"


def test_a_mute_says_who_why_from_when_and_of_what(zone: ZoneFolder) -> None:
    zone.directory("alert_mutes", f"{MUTES}t1,*,,,2026-11-01,,Ann,known\n"
                   "t1,budget_over,team,a,2026-11-01,2026-11-30,Ann,known\n")  # fmt: skip
    zone.load()
    assert zone.query("select kind, subject_id, muted_until::varchar, muted_by from lake.directory_alert_mutes") == [
        ("*", None, None, "Ann"), ("budget_over", "a", "2026-11-30", "Ann")
    ]  # fmt: skip


def test_a_mute_of_nothing_known_or_by_nobody_stops_the_run(zone: ZoneFolder) -> None:
    zone.directory("alert_mutes", MUTES + "".join([
        "t1,budget_110,,,2026-11-01,,Ann,x\n", "t9,*,,,2026-11-01,,Ann,x\n", "t1,*,team,,2026-11-01,,Ann,x\n",
        "t1,*,,a,2026-11-01,,Ann,x\n", "t1,*,,,2026-11-02,2026-11-01,Ann,x\n", "t1,*,,,,,,\n",
        "t1,overdraft,,,2026-11-01,,Ann,x\n", "t1,overdraft,,,2026-11-01,2026-12-01,Ann,x\n",
        "t1,*,robot,a,soon,,Ann,x\n",
    ]))  # fmt: skip
    found = [(line, reason) for _, line, reason in faults(zone)]
    both = "subject_id: needed with subject_type, and the other way round"
    assert found[0][0] == 2 and found[0][1].startswith("kind: 'budget_110' is none of *, budget_75, ")
    assert found[1:] == [
        (3, "tenant_id: tenants.csv has no tenant 't9'"), (4, both), (5, both),
        (6, "muted_until: 2026-11-01 is before muted_from"), (7, "muted_by: empty"), (7, "muted_from: empty"),
        (7, "note: empty"),
        (9, "duplicate of line 8: tenant_id 't1', kind 'overdraft', subject_type None, subject_id None, "
            "muted_from 2026-11-01"),
        (10, "muted_from: 'soon' is not a date YYYY-MM-DD"),
        (10, "subject_type: 'robot' is none of tenant, team, user, project, item, pool, lot, invoice, currency"),
    ]  # fmt: skip


def test_every_kind_of_alert_can_be_muted() -> None:
    sql = (PROJECT / "dbt_project/models/dims/dim_alert_kinds.sql").read_text(encoding="utf-8")
    assert [kind for (kind,) in duckdb.sql(f"select kind from ({sql})").fetchall()] == list(ALERT_KINDS)


def test_a_rate_is_a_duplicate_by_the_instant_it_starts(zone: ZoneFolder) -> None:
    zone.directory("rates", "model_id,valid_from\nm1,2026-01-01\nm1,2026-01-01T01:00:00+01:00\n")
    assert faults(zone) == [("rates.csv", 3, "duplicate of line 2: model_id 'm1', valid_from 2026-01-01T00:00:00")]


def test_ids_compare_byte_for_byte(zone: ZoneFolder) -> None:
    zone.directory("users", "tenant_id,user_id\nt1,jos\u00e9\nt1,jose\u0301\nt1,JOS\u00c9\nt1,jos\u00e9 \n")
    zone.load()
    assert zone.query("select count(*) from lake.directory_users") == [(4,)]


def test_a_name_may_be_of_any_length(zone: ZoneFolder) -> None:
    zone.directory("users", f"tenant_id,user_id,user_name\nt1,u1,{'x' * 200_000}\n")
    zone.load()
    assert zone.query("select length(user_name) from lake.directory_users") == [(200_000,)]


def test_without_tenants_nothing_is_loaded(zone: ZoneFolder) -> None:
    zone.lines("usage/2026-03-01/a.jsonl", usage("e1"))
    zone.remove("directory/tenants.csv")
    assert faults(zone) == [("tenants.csv", 0, "missing: create it with the columns tenant_id and tenant_name")]
    assert zone.query("select count(*) from lake.loads") == [(0,)]
    zone.directory("tenants", TENANTS)
    zone.load()
    zone.remove("directory/tenants.csv")
    assert faults(zone)[0][0] == "tenants.csv"


def test_a_bad_directory_publishes_nothing(zone: ZoneFolder) -> None:
    zone.lines("usage/2026-03-01/a.jsonl", usage("e1"))
    zone.load()
    before = zone.state()
    zone.lines("usage/2026-03-02/a.jsonl", usage("e2"))
    zone.directory("tenants", "tenant_id,tenant_name\nt1,\n")
    faults(zone)
    assert zone.state() == before


def test_a_vanished_table_stays_until_a_full_refresh(zone: ZoneFolder) -> None:
    zone.directory("users", "tenant_id,user_id\nt1,u1\n")
    zone.load()
    zone.remove("directory/users.csv")
    summary = zone.load()
    assert (summary.files_vanished, summary.changed) == (["directory/users.csv"], False)
    zone.directory("tenants", TENANTS)
    assert zone.load().files_vanished == ["directory/users.csv"]
    assert zone.query("select user_id from lake.directory_users") == [("u1",)]
    zone.load(full_refresh=True)
    assert zone.query("select user_id from lake.directory_users") == []


USERS = "tenant_id,user_id,team_id\nt1,u1,a\nt1,u2,a\n"
ITEMS = "tenant_id,item_id,item_type,item_name,created_at\nt1,i1,app,I,2026-02-01T00:30:00Z\n"
PRICES = "model_id,valid_from,usd_per_m_input\nm1,2026-01-01,1\nm2,2026-01-01,1\n"
RATES = "model_id,valid_from,multiplier\nm1,2026-01-01,1\nm2,2026-01-01,1\n"


@pytest.mark.parametrize(
    ("name", "text", "hours"),
    [
        ("users", USERS.replace("u1,a", "u1,b"), ["2026-03-02 10"]),
        ("users", USERS.replace("u1,a", "u1,") + "t1,u9,a\n", ["2026-03-02 10"]),
        ("items", ITEMS.replace("app", "agent"), ["2026-02-01 00", "2026-03-03 10"]),
        ("items", ITEMS.replace("02-01T00", "02-02T05"), ["2026-02-01 00", "2026-02-02 05"]),
        ("items", ITEMS.replace(",I,", ",Renamed,"), []),
        ("rates", RATES + "m1,2026-03-03T12:00:00Z,2\n", ["2026-03-02 10", "2026-03-03 10"]),
        ("rates", RATES.replace("m2,2026-01-01,1", "m2,2026-01-01,2"), ["2026-03-04 10"]),
        ("prices", PRICES + "m1,2026-03-03T10:00:00Z,2\n", ["2026-03-03 10"]),
        ("prices", PRICES.replace("m2,2026-01-01,1", "m2,2026-01-01,2"), []),  # the only event of m2 reports its cost
        ("teams", "tenant_id,team_id,team_name\nt1,a,A\n", []),
    ],
)
def test_a_change_touches_the_hours_of_the_events_it_shows_in_another_light(
    zone: ZoneFolder, name: str, text: str, hours: list[str]
) -> None:
    zone.directory("users", USERS)
    zone.directory("items", ITEMS)
    zone.directory("rates", RATES)
    zone.directory("prices", PRICES)
    zone.lines(
        "usage/2026-03-04/a.jsonl",
        usage("e1", user_id="u1", team_id="own"),
        usage("e2", user_id="u2"),
        usage("e3", user_id="u1", occurred_at="2026-03-02T10:59:00Z"),
        usage("e4", item_id="i1", occurred_at="2026-03-03T10:00:00Z"),
        usage("e5", model_id="m2", occurred_at="2026-03-04T10:00:00Z", cost_usd=0.5),
    )
    zone.load()
    zone.directory(name, text)
    summary = zone.load()
    assert (summary.changed, summary.needs_full_refresh) == (True, False)
    assert [
        row[0]
        for row in zone.query(
            f"select strftime(event_hour, '%Y-%m-%d %H') from lake.changes where load_id = {summary.load_id} order by 1"
        )
    ] == hours


def test_a_zone_that_moves_under_loaded_rows_asks_for_a_full_refresh(zone: ZoneFolder) -> None:
    zone.lines("usage/2026-03-01/a.jsonl", usage("e1"), usage("e2", tenant_id="unlisted"))
    zone.load()
    zone.directory("tenants", "tenant_id,tenant_name,timezone\nt1,One,\nt2,Two,Asia/Tokyo\nt3,Three,Asia/Tokyo\n")
    zone.lines("usage/2026-03-01/b.jsonl", usage("e1", tenant_id="t3"))
    assert zone.load().needs_full_refresh is False
    zone.directory(
        "tenants", "tenant_id,tenant_name,timezone\nt1,One,UTC\nt3,Three,Asia/Tokyo\nunlisted,Now,Asia/Tokyo\n"
    )
    assert zone.load().needs_full_refresh is True
    zone.directory("tenants", "tenant_id,tenant_name,timezone\nt3,Three,Asia/Tokyo\nunlisted,Now,Asia/Tokyo\n")
    assert zone.load().needs_full_refresh is False
    assert zone.query("select max(last_landing_date) from lake.loads") == [(day("2026-03-01"),)]


def test_tables_of_an_earlier_version_get_the_columns_that_they_lack(zone: ZoneFolder) -> None:
    zone.directory("tenants", "tenant_id,tenant_name\nt1,One\n")
    zone.load()
    with duckdb.connect(str(zone.warehouse)) as con:
        con.execute(
            "alter table lake.directory_tenants drop column billing_mode; drop table lake.directory_credit_prices"
        )
    zone.directory("tenants", "tenant_id,tenant_name,billing_mode,burn_order\nt1,One,postpaid,age\n")
    zone.load()
    assert zone.query("select tenant_id, billing_mode, burn_order, seats from lake.directory_tenants") == [
        ("t1", "postpaid", "age", None)
    ]
    assert zone.query("from lake.directory_credit_prices") == []
