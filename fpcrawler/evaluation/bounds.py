"""How large or small a rate may be of which ``k`` of ``n`` cases were seen.

Exact one-sided 95 % bounds: Clopper and Pearson, "The use of confidence or
fiducial limits illustrated in the case of the binomial", Biometrika 26 (1934).
No case in 20,580 does not mean a rate of 0, and not one below 1 in 20,580: it
means one below 1 in 6,870.
"""

from __future__ import annotations

from math import exp, lgamma, log, log1p

CONFIDENCE = 0.95
_HALVINGS = 60
_NEGLIGIBLE = 1e-17


def upper_bound(k: int, n: int) -> float:
    """Return the largest rate of which ``k`` or fewer of ``n`` is no surprise.

    No surprise is what happens in more than 5 % of such samples. 1 if all cases
    were such, and if there was none. Raises ValueError unless 0 <= k <= n.
    """
    if not 0 <= k <= n:
        raise ValueError(f"{k} of {n} is no rate")
    if k == n:
        return 1.0
    # At k / n the tail is about a half, so the bound lies above.
    low, high = k / n, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if at_most(k, n, middle) > 1 - CONFIDENCE:
            low = middle
        else:
            high = middle
    return high


def lower_bound(k: int, n: int) -> float:
    """Return the smallest rate of which ``k`` or more of ``n`` is no surprise."""
    return 1 - upper_bound(n - k, n)


def at_most(k: int, n: int, rate: float) -> float:
    """Return the probability of ``k`` or fewer of ``n`` at a rate of k / n or more.

    0 <= k < n. The terms are added from the k-th one down, the largest at such a
    rate, so that only those near it count, however many there are; it may be 0,
    as then are all.
    """
    if rate <= 0 or rate >= 1:
        return 1.0 if rate <= 0 else 0.0
    ways = lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
    term = total = exp(ways + k * log(rate) + (n - k) * log1p(-rate))
    odds = (1 - rate) / rate
    for i in range(k, 0, -1):
        term *= i / (n - i + 1) * odds
        total += term
        if term <= total * _NEGLIGIBLE:
            break
    return total
