"""From sessions to events: times, tokens, errors, latency, ratings, credits and cost, as parallel arrays."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from orchestration.generating import catalogue
from orchestration.generating.draws import Floats, Ints, from_quantiles, whole
from orchestration.generating.rating import Rater
from orchestration.generating.sessions import AGENT, API, APP, CHAT, PHONE, WORKFLOW, Sessions
from orchestration.generating.traces import (
    AGENT_FIRST_INPUT_TOKENS,
    AGENT_GAP_SECONDS,
    AGENT_INPUT_GROWTH_PER_TURN,
    AGENT_OUTPUT_TOKENS,
    CHAT_INPUT_TOKENS,
    CHAT_OUTPUT_TOKENS,
    CODE_INPUT_TOKENS,
    CODE_OUTPUT_TOKENS,
)

DAY_MS = 86_400_000
REQUEST, RUN, CALL = range(3)
RATED_SHARE = 0.04
# Of the answers after which the reader is asked.
ASKED_SHARE = 0.7
RATING_SHARES = (0.04, 0.06, 0.15, 0.35, 0.40)
REASONING_MODELS = ("gpt-5", "gemini-2.5-pro")
CALL_MICROCREDITS_PER_SECOND = 25_000
ABSENT = -1


@dataclass(frozen=True)
class Events:
    """Parallel arrays ordered by time; `ABSENT` (-1) = the field is not in the log. Money is in millionths.

    `charge` is what the event comes to at the rates; `credits` the same where the tenant's gateway logs it.
    """

    session: Ints
    occurred_ms: Ints
    kind: Ints
    model: Ints
    input_tokens: Ints
    output_tokens: Ints
    cached_tokens: Ints
    reasoning_tokens: Ints
    charge: Ints
    credits: Ints
    cost: Ints
    latency_ms: Ints
    error: Ints
    rating: Ints
    duration_s: Ints
    direction: Ints


def expand(
    sessions: Sessions,
    midnight_ms: int,
    rater: Rater,
    logs_credits: NDArray[np.bool_],
    outage: Floats,
    rng: np.random.Generator,
) -> Events:
    """All events of a day's sessions. `outage` (model,): what the day multiplies each model's error rate by."""
    session, first, turn = _turns(sessions)
    channel = sessions.channel[session]
    at = _times(sessions, session, first, turn, channel, rng)
    runs = (turn == 0) & np.isin(channel, (WORKFLOW, AGENT, APP))
    kind = np.select([channel == PHONE, runs], [CALL, RUN], REQUEST)
    asks = kind == REQUEST
    model = np.where(asks, sessions.model[session], ABSENT)
    rate = np.array([m.error_rate for m in catalogue.MODELS]) * outage
    fails = (rng.random(len(session)) < np.where(asks, rate[model], 0.01)) & (kind != CALL)
    given, made, cached, reasoning = _tokens(channel, turn, model, session, rng)
    made, reasoning = np.where(fails, 0, made), np.where(fails, 0, reasoning)
    duration = np.where(kind == CALL, whole(rng.lognormal(4.6, 0.8, len(session))), ABSENT)
    rated = np.where(fails | ~asks, 0, rater.credits(midnight_ms + at, model, given, made))
    charge = np.where(kind == CALL, duration * CALL_MICROCREDITS_PER_SECOND, rated)
    logged = (kind == CALL) | (logs_credits[sessions.tenant[session]] & asks)
    cost = rater.cost(model, given, made, cached)
    events = Events(
        session=session,
        occurred_ms=at,
        kind=kind,
        model=model,
        input_tokens=np.where(asks, given, ABSENT),
        output_tokens=np.where(asks, made, ABSENT),
        cached_tokens=np.where(asks & (cached > 0), cached, ABSENT),
        reasoning_tokens=np.where(asks & (reasoning > 0), reasoning, ABSENT),
        charge=charge,
        credits=np.where(logged, charge, ABSENT),
        cost=np.where(fails, np.minimum(cost, 0), cost),
        latency_ms=_latency(at, model, made, fails, rng),
        error=np.where(fails, rng.integers(0, len(catalogue.ERROR_TYPES), len(session)), ABSENT),
        rating=_ratings((channel == CHAT) & asks & ~fails, sessions.asked[session], rng),
        duration_s=duration,
        direction=np.where(kind == CALL, (rng.random(len(session)) < 0.3).astype(np.int64), ABSENT),
    )
    return take(events, np.argsort(at, kind="stable"))


def take(events: Events, rows: Ints) -> Events:
    """The events at `rows`, in that order."""
    return Events(**{name: values[rows] for name, values in vars(events).items()})


def _turns(sessions: Sessions) -> tuple[Ints, Ints, Ints]:
    """Per event: its session, the place of the session's first event, and how many of the session came before it."""
    session = np.repeat(np.arange(len(sessions.length)), sessions.length)
    first = np.repeat(np.cumsum(sessions.length) - sessions.length, sessions.length)
    return session, first, np.arange(len(session)) - first


def _times(sessions: Sessions, session: Ints, first: Ints, turn: Ints, channel: Ints, rng: np.random.Generator) -> Ints:
    gaps = rng.lognormal(np.where(channel == CHAT, np.log(55.0), np.log(3.5)), 0.9)
    agents = np.flatnonzero(channel == AGENT)
    gaps[agents] = from_quantiles(AGENT_GAP_SECONDS, rng, len(agents))
    passed = np.cumsum(np.where(turn == 0, 0, whole(gaps * 1000)))
    passed -= passed[first]
    # A session that would run past midnight starts earlier: its events land on the day on which they happened.
    latest = DAY_MS - 1 - np.maximum.reduceat(passed, np.cumsum(sessions.length) - sessions.length)
    start = np.clip(sessions.start_ms, 0, np.maximum(latest, 0))
    at_ms: Ints = np.minimum(start[session] + passed, DAY_MS - 1)
    return at_ms


def _tokens(
    channel: Ints, turn: Ints, model: Ints, session: Ints, rng: np.random.Generator
) -> tuple[Ints, Ints, Ints, Ints]:
    """Input, output, cached and reasoning tokens: chat from the proxy's calls, code from Azure, agents from LMCache."""
    size = len(channel)
    code = np.isin(channel, (APP, API))
    given = np.where(code, from_quantiles(CODE_INPUT_TOKENS, rng, size), from_quantiles(CHAT_INPUT_TOKENS, rng, size))
    made = np.where(code, from_quantiles(CODE_OUTPUT_TOKENS, rng, size), from_quantiles(CHAT_OUTPUT_TOKENS, rng, size))
    agent = channel == AGENT
    base = AGENT_FIRST_INPUT_TOKENS * rng.lognormal(0, 0.4, int(session[-1]) + 1 if size else 0)
    grown = (base[session] + AGENT_INPUT_GROWTH_PER_TURN * turn) * rng.lognormal(0, 0.08, size)
    given = whole(np.where(agent, grown, given))
    made = whole(np.where(agent, from_quantiles(AGENT_OUTPUT_TOKENS, rng, size), made))
    thinks = np.isin(model, [i for i, m in enumerate(catalogue.MODELS) if m.model_id in REASONING_MODELS])
    reasoning = np.where(thinks, whole(made * rng.uniform(0.5, 2.5, size)), 0)
    follows = np.where(agent, turn > 1, (channel == CHAT) & (turn > 0) & (rng.random(size) < 0.4))
    cached = np.where(follows, (given * np.where(agent, 0.8, 0.5)).astype(np.int64) // 128 * 128, 0)
    return given, made + reasoning, cached, reasoning


def _ratings(open_to_rating: NDArray[np.bool_], asked: NDArray[np.bool_], rng: np.random.Generator) -> Ints:
    size = len(open_to_rating)
    stars = np.searchsorted(np.cumsum(RATING_SHARES)[:-1], rng.random(size), side="right") + 1
    return np.where(open_to_rating & (rng.random(size) < np.where(asked, ASKED_SHARE, RATED_SHARE)), stars, ABSENT)


def _latency(at: Ints, model: Ints, made: Ints, fails: NDArray[np.bool_], rng: np.random.Generator) -> Ints:
    first_token = np.array([m.first_token_ms for m in catalogue.MODELS])[model]
    per_token = np.array([m.ms_per_token for m in catalogue.MODELS])[model]
    busy = 1 + 0.3 * np.exp(-((((at / 3_600_000) - 15) / 4) ** 2))
    taken = whole((first_token * busy + per_token * made) * rng.lognormal(0, 0.3, len(at)))
    unknown = (model == ABSENT) | fails | (rng.random(len(at)) < 0.02)
    return np.where(unknown, ABSENT, taken)
