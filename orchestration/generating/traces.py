"""Figures taken from recorded traffic: the only numbers of the generator that nobody chose.

Sources (all public, none of them shipped with the project):

* Azure LLM inference trace 2023, code assistant, one hour, 8,819 requests (CC-BY-4.0).
* ServeGen, `reason/deepseek-r1`: request rate of 73 real anonymous clients in 600 s windows of one day (Apache-2.0).
* LMCache agent traces: 1,619 requests of 69 agent sessions over six days (Apache-2.0).
* LiteLLM proxy run replaying recorded token counts: 480 calls with counts (`client_calls.json`).

Quantile tables hold the value at each probability of `PROBABILITIES`; between them values are interpolated on a log
scale.
The tests compute every figure again from the traces where those are at hand.
"""

PROBABILITIES = (0.0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1.0)

# Azure: ContextTokens and GeneratedTokens of all requests. Used for `app` and `api` traffic.
CODE_INPUT_TOKENS = (3, 17, 75, 147, 578, 1469, 2744, 5188, 7303, 7436, 7437)
CODE_OUTPUT_TOKENS = (6, 6, 6, 7, 9, 13, 24, 55, 90, 251, 1899)

# Azure: standard deviation / mean of the requests per minute of the trace's hour (59 minutes).
MINUTE_BURST_CV = 1.03

# LiteLLM: prompt (`p`) and completion (`c`) tokens of the calls that have them. Used for `chat` and `workflow` traffic.
CHAT_INPUT_TOKENS = (12, 19, 156, 200, 398, 1048, 1638, 4073, 4117, 6150, 7436)
CHAT_OUTPUT_TOKENS = (6, 6, 8, 11, 26, 88, 217, 409, 435, 605, 1000)

# LMCache: requests per session, over all three agents.
AGENT_TURNS = (3, 4, 4, 5, 12, 29, 33, 39, 42, 43, 44)
# LMCache: seconds between consecutive requests of a session, over all three agents.
AGENT_GAP_SECONDS = (0.17, 0.21, 0.25, 0.29, 0.44, 1.32, 5.32, 10.26, 11.73, 89.84, 139.43)
# LMCache, `miniswe` (whose context grows): median input tokens of turn 0, median over sessions of the slope
# of input tokens on the turn, and output tokens per request.
AGENT_FIRST_INPUT_TOKENS = 1390
AGENT_INPUT_GROWTH_PER_TURN = 153
AGENT_OUTPUT_TOKENS = (38, 43, 53, 61, 76, 94, 124, 177, 224, 289, 357)

# ServeGen: standard deviation of the natural logarithm of the requests per client and day (population formula).
CLIENT_LOG_SD = 1.83
# ServeGen: each client's day cut into 24 hours and scaled to sum 1, averaged over clients; busiest and quietest hour
# as a multiple of the mean hour. The trace does not say where its clients live, so only this depth is used.
HOUR_PEAK_TO_MEAN = 2.0
HOUR_TROUGH_TO_MEAN = 0.19
