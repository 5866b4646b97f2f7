"""The made-up world: models with their rates, channels, zones, plans, jobs. Nothing here is drawn.

Model names and list prices are those of real models, so that price lists find them; `house-legal-7b` is nobody's.
"""

from dataclasses import dataclass

MICRO = 1_000_000


@dataclass(frozen=True)
class Model:
    """A model: rate in credits (flat, per 1,000 tokens), list price in USD per million tokens, latency in ms."""

    model_id: str
    name: str
    provider: str
    family: str
    popularity: float
    multiplier: str
    per_1k_input: str
    per_1k_output: str
    usd_input: float
    usd_output: float
    first_token_ms: int
    ms_per_token: float
    error_rate: float
    released: float = -1.0  # part of the period after which the model is on offer


MODELS = (
    Model("gpt-4o", "GPT-4o", "openai", "GPT", 22, "1", "0.05", "0.2", 2.5, 10, 520, 11, 0.010),
    Model("gpt-4o-mini", "GPT-4o mini", "openai", "GPT", 20, "0.25", "0.01", "0.04", 0.15, 0.6, 380, 7, 0.008),
    Model("gpt-5", "GPT-5", "openai", "GPT", 9, "1.5", "0.06", "0.3", 1.25, 10, 1400, 14, 0.014, 0.25),
    Model(
        "claude-sonnet-4-5", "Claude Sonnet 4.5", "anthropic", "Claude", 21, "2", "0.08", "0.4", 3, 15, 780, 13, 0.009
    ),
    Model("claude-haiku-4-5", "Claude Haiku 4.5", "anthropic", "Claude", 10, "0.5", "0.02", "0.1", 1, 5, 410, 7, 0.007),
    Model("claude-opus-4-1", "Claude Opus 4.1", "anthropic", "Claude", 3, "6", "0.3", "1.5", 15, 75, 1500, 24, 0.012),
    Model("gemini-2.5-pro", "Gemini 2.5 Pro", "google", "Gemini", 8, "1.25", "0.05", "0.25", 1.25, 10, 1100, 10, 0.016),
    Model(
        "gemini-2.5-flash", "Gemini 2.5 Flash", "google", "Gemini", 9, "0.3", "0.01", "0.06", 0.3, 2.5, 350, 5, 0.011
    ),
    Model("mistral-large-latest", "Mistral Large", "mistral", "Mistral", 4, "1", "0.04", "0.15", 2, 6, 640, 12, 0.013),
    Model("deepseek-chat", "DeepSeek V3", "deepseek", "DeepSeek", 3, "0.3", "", "", 0.28, 0.42, 900, 18, 0.030),
    Model("house-legal-7b", "House Legal 7B", "in-house", "In-house", 1, "", "", "", 0, 0, 300, 20, 0.020),
)
UNRATED = "house-legal-7b"
COST_REPORTING_PROVIDERS = ("openai", "anthropic")
# (model, part of the period after which the rate holds, hour of the day in UTC, multiplier).
RATE_CHANGES = (
    ("gpt-4o", 0.36, 0, "0.75"),
    ("claude-sonnet-4-5", 0.62, 15, "1.75"),
    ("gemini-2.5-pro", 0.81, 9, "1.5"),
)
# The platform's own prices: (model, part of the period after which the price holds, hour of the day in UTC, USD per
# million input, cached input and output tokens). Models without one cost what the public list says.
CONTRACT_PRICES = (
    ("mistral-large-latest", 0.0, 0, "1.7", "", "5.1"),
    ("gemini-2.5-pro", 0.48, 0, "1.1", "0.11", "8.8"),
    ("mistral-large-latest", 0.75, 12, "1.5", "0.15", "4.5"),
)

CHANNELS = ("chat", "workflow", "agent", "app", "api", "phone")
CHANNEL_SHARE = (0.50, 0.12, 0.20, 0.08, 0.08, 0.02)
ITEM_TYPES = ("assistant", "workflow", "agent", "app", "phone_agent")
# The item type that serves each channel; -1: none.
CHANNEL_ITEM_TYPE = (0, 1, 2, 3, -1, 4)
TASKS = ("drafting", "coding", "summarising", "research", "translation", "data analysis", "support reply", "extraction")
ERROR_TYPES = ("rate_limit", "timeout", "context_length", "provider_error")

ZONES = (
    "America/New_York",
    "Europe/Berlin",
    "Asia/Kolkata",
    "Pacific/Auckland",
    "UTC",
    "America/Los_Angeles",
    "Asia/Kathmandu",
    "Australia/Adelaide",
    "America/Sao_Paulo",
    "Asia/Tokyo",
    "Europe/London",
    "America/St_Johns",
)
CURRENCIES = ("USD", "EUR", "INR", "NZD", "USD", "USD", "NPR", "AUD", "BRL", "JPY", "GBP", "CAD")
USD_PER_UNIT = {
    "USD": "1",
    "EUR": "1.16",
    "INR": "0.0118",
    "NZD": "0.598",
    "NPR": "0.0074",
    "AUD": "0.655",
    "BRL": "0.184",
    "JPY": "0.0067",
    "GBP": "1.33",
    "CAD": "0.72",
}
# plan: price of one credit in USD, monthly base fee in USD
PLANS = {"starter": ("0.030", 49), "business": ("0.024", 290), "enterprise": ("0.019", 1400)}

ROLES = ("member", "member", "member", "builder", "admin")
TRAININGS = (("basics", "Working with AI: the basics"), ("data-care", "Handling data with care"))
JOBS = (
    ("nightly-sync", "Nightly knowledge sync", "scheduler", 1),
    ("index-refresh", "Search index refresh", "asset", 2),
    ("crm-hook", "CRM webhook", "webhook", 2),
    ("usage-digest", "Usage digest mail", "notification", 1),
)
JOB_ERRORS = ("upstream returned 503", "source folder not found", "token expired", "timed out after 900 s")


def is_postpaid(tenant: int) -> bool:
    """Whether a tenant, by its number, pays for its usage afterwards; the others buy credits before."""
    return tenant % 4 == 1
