"""Random ledgers: what the SQL computes, all of them at once, is what a simulation of each, lot by lot, comes to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from ledger_cases import BillingEvent, Ledger, ledgers
from ledger_in_sql import CHECKS, CompiledLedger, balances, statements
from ledger_simulator import simulate

RANDOM_LEDGERS = 2_600
SEEDS = (1, 2)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> CompiledLedger:
    return CompiledLedger(tmp_path_factory.mktemp("ledger"))


def examples(number: int, count: int, test: Callable[[Ledger], None], *phases: Phase) -> None:
    """Call `test` with random ledgers, the same ones in the same order for the same seed `number`."""
    settle = settings(
        max_examples=count, deadline=None, database=None, phases=phases, suppress_health_check=list(HealthCheck)
    )
    seed(number)(settle(given(ledgers())(lambda ledger: test(ledger))))()


def judged(compiled: CompiledLedger, cases: Sequence[Ledger]) -> list[str]:
    """What is wrong with each ledger, all run in one database; empty where nothing is."""
    with compiled.run(cases) as con:
        computed_balances, computed_lines = balances(con), statements(con)
        footing = [(name, con.execute(compiled.checks[name]).fetchall()) for name in CHECKS]
    verdicts = []
    for number, ledger in enumerate(cases):
        book = simulate(ledger)
        faults = [f"{name}: {row}" for name, rows in footing for row in rows if str(number) in row]
        if computed_balances[number] != book.balance:
            expected, found = set(book.balance.items()), set(computed_balances[number].items())
            faults.append(f"balance: expected {sorted(expected - found)}, found {sorted(found - expected)}")
        if computed_lines[number] != book.lines:
            faults.append(f"statement: expected {book.lines}, found {computed_lines[number]}")
        verdicts.append("\n".join(faults))
    return verdicts


@pytest.mark.parametrize("number", SEEDS)
def test_random_ledgers_are_what_a_lot_by_lot_simulation_comes_to(number: int, compiled: CompiledLedger) -> None:
    # All examples are judged at once; where one is wrong, hypothesis runs through them again and makes it smaller.
    drawn: list[Ledger] = []
    count = RANDOM_LEDGERS // len(SEEDS)
    examples(number, count, drawn.append, Phase.generate)
    assert len(set(drawn)) >= 0.8 * RANDOM_LEDGERS / len(SEEDS)
    verdicts = dict(zip(drawn, judged(compiled, drawn), strict=True))
    if not any(verdicts.values()):
        return

    def check(ledger: Ledger) -> None:
        if ledger not in verdicts:
            verdicts[ledger] = judged(compiled, [ledger])[0]
        assert not verdicts[ledger], verdicts[ledger]

    examples(number, count, check, Phase.generate, Phase.shrink)


def test_a_lot_that_arrives_expired_pays_nothing_off(compiled: CompiledLedger) -> None:
    def came(name: str, day: int, kind: str, credits: str, expires_on: date | None = None) -> BillingEvent:
        at = datetime(2026, 11, day, 12, tzinfo=UTC)
        return BillingEvent(name, at, kind, Decimal(credits), None, Decimal(0), expires_on, None)

    events = (
        came("overdrawn", 3, "adjustment", "-100"),
        came("too-late", 4, "topup", "150", date(2026, 11, 3)),
        came("in-time", 4, "topup", "30"),
    )
    with compiled.run([Ledger("UTC", None, date(2026, 11, 4), events, (), ())]) as con:
        [book] = balances(con).values()
    topup, overdraft = (book[date(2026, 11, 4), pool] for pool in ("topup", "overdraft"))
    assert (topup.granted, topup.expired, topup.closing) == (150, 150, 0)
    assert (overdraft.granted, overdraft.closing) == (30, -70)


TAMPERED = (
    ("update marts.mart_credit_balance_daily set closing = closing + 0.000001 where pool = 'topup'", 0),
    ("update marts.mart_credit_balance_daily set opening = opening - 1, closing = closing - 1", 0),
    ("delete from marts.mart_credit_balance_daily where pool = 'promo'", 0),
    ("delete from intermediate.int_ledger_lot_consumption where lot_id <> '(overdraft)'", 1),
    ("update intermediate.int_ledger_lot_expiries set credits = credits - 0.000001", 1),
    ("update intermediate.int_model_daily set credits = credits + 0.000001", 2),
    ("update staging.stg_native__billing_events set credits = credits - 1 where credits between -200 and -1", 2),
    ("delete from marts.mart_credit_statement where entry_type = 'spend'", 3),
    ("update marts.mart_credit_statement set balance_after = balance_after + 0.000001", 3),
    ("update marts.mart_credit_statement set amount = amount + 0.01 where entry_type = 'payment'", 3),
    ("update marts.mart_credit_statement set entry_no = entry_no + 1", 3),
)  # fmt: skip


@pytest.mark.parametrize(("tampering", "check"), TAMPERED)
def test_a_ledger_that_was_tampered_with_is_caught(tampering: str, check: int, compiled: CompiledLedger) -> None:
    drawn: list[Ledger] = []
    examples(3, 60, drawn.append, Phase.generate)
    with compiled.run(drawn) as con:
        sql = compiled.checks[CHECKS[check]]
        assert con.execute(sql).fetchall() == []
        con.execute(tampering)
        assert con.execute(sql).fetchall() != []
