"""Marts to pages.

Decimals are computed with all the digits that two of the marts' largest amounts have together: Python's own 28 would
round the sums of monstrous ones, and refuse to cut them.
"""

import decimal

DIGITS = 80
# A thread takes over the default when it first computes, but this one may have done so.
decimal.DefaultContext.prec = decimal.getcontext().prec = DIGITS
