"""Every figure the generator takes from recorded traffic, computed again from the traces."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from orchestration.generating import traces


@pytest.fixture(scope="module")
def data_dir(shared_dir: Path) -> Path:
    folder = shared_dir / "data"
    if not folder.is_dir():
        pytest.skip("no recorded traces: data/ is not in the shared folder")
    return folder


@pytest.fixture(scope="module")
def azure(data_dir: Path) -> list[dict[str, str]]:
    with (data_dir / "azure_llm_2023/AzureLLMInferenceTrace_code.csv").open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def agents(data_dir: Path) -> list[dict[str, str]]:
    with (data_dir / "lmcache_agents/requests.csv").open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def clients(data_dir: Path) -> np.ndarray:
    """Shape (client, window): requests per second in each 600 s window of the day."""
    files = sorted((data_dir / "servegen/reason/deepseek-r1").glob("*.csv"))
    return np.array([np.nan_to_num(np.genfromtxt(path, delimiter=",")[:, 1]) for path in files])


def same_table(values: list[float], table: tuple[float, ...]) -> None:
    np.testing.assert_allclose(np.quantile(values, traces.PROBABILITIES), table, rtol=0.02, atol=0.6)


def sessions_of(rows: list[dict[str, str]]) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        found.setdefault(row["session_id"], []).append(row)
    return found


def test_code_tokens(azure: list[dict[str, str]]) -> None:
    same_table([int(row["ContextTokens"]) for row in azure], traces.CODE_INPUT_TOKENS)
    same_table([int(row["GeneratedTokens"]) for row in azure], traces.CODE_OUTPUT_TOKENS)


def test_bursts_from_minute_to_minute(azure: list[dict[str, str]]) -> None:
    at = np.array([row["TIMESTAMP"].replace(" ", "T")[:26] for row in azure], dtype="datetime64[us]")
    per_minute = np.bincount(((at - at[0]) / np.timedelta64(60, "s")).astype(int))
    assert per_minute.std() / per_minute.mean() == pytest.approx(traces.MINUTE_BURST_CV, abs=0.02)


def test_chat_tokens(data_dir: Path) -> None:
    calls = json.loads((data_dir / "litellm/dev/client_calls.json").read_text(encoding="utf-8"))
    same_table([call["p"] for call in calls if call.get("p") is not None], traces.CHAT_INPUT_TOKENS)
    same_table([call["c"] for call in calls if call.get("c") is not None], traces.CHAT_OUTPUT_TOKENS)


def test_agent_sessions(agents: list[dict[str, str]]) -> None:
    sessions = sessions_of(agents)
    same_table([len(rows) for rows in sessions.values()], traces.AGENT_TURNS)
    gaps = [np.diff(np.sort([int(row["timestamp_us"]) for row in rows])) / 1e6 for rows in sessions.values()]
    measured = np.quantile(np.concatenate(gaps), traces.PROBABILITIES)
    np.testing.assert_allclose(measured, traces.AGENT_GAP_SECONDS, rtol=0.02, atol=0.01)


def test_agent_context_grows(agents: list[dict[str, str]]) -> None:
    growing = [row for row in agents if row["agent"] == "miniswe"]
    same_table([int(row["output_tokens_o200k"]) for row in growing], traces.AGENT_OUTPUT_TOKENS)
    firsts = [int(row["input_tokens_o200k"]) for row in growing if row["turn"] == "0"]
    assert np.median(firsts) == pytest.approx(traces.AGENT_FIRST_INPUT_TOKENS, rel=0.02)
    slopes = [
        np.polyfit([int(row["turn"]) for row in rows], [int(row["input_tokens_o200k"]) for row in rows], 1)[0]
        for rows in sessions_of(growing).values()
    ]
    assert np.median(slopes) == pytest.approx(traces.AGENT_INPUT_GROWTH_PER_TURN, rel=0.02)


def test_spread_between_clients(clients: np.ndarray) -> None:
    assert np.log(clients.sum(axis=1)).std() == pytest.approx(traces.CLIENT_LOG_SD, abs=0.02)


def test_depth_of_the_daily_rhythm(clients: np.ndarray) -> None:
    hours = clients.reshape(len(clients), 24, 6).sum(axis=2)
    mean_day = (hours / hours.sum(axis=1, keepdims=True)).mean(axis=0) * 24
    assert mean_day.max() == pytest.approx(traces.HOUR_PEAK_TO_MEAN, abs=0.02)
    assert mean_day.min() == pytest.approx(traces.HOUR_TROUGH_TO_MEAN, abs=0.02)
