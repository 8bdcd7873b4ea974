"""Confidence bounds of a rate that was seen in ``k`` of ``n`` cases.

Exact one-sided 95 % bounds: Clopper and Pearson, "The use of confidence or
fiducial limits illustrated in the case of the binomial", Biometrika 26 (1934).
No case in 20,580 does not mean a rate of 0, nor a rate below 1 in 20,580. It means
a rate below 1 in 6,870.
"""

from __future__ import annotations

from math import exp, lgamma, log, log1p

CONFIDENCE = 0.95
_HALVINGS = 60
_NEGLIGIBLE = 1e-17


def upper_bound(k: int, n: int) -> float:
    """Return the largest rate at which ``k`` or fewer of ``n`` cases are plausible.

    Plausible: it happens in more than 5 % of such samples. Returns 1 if k == n, so
    also without any case. Raises ValueError unless 0 <= k <= n.
    """
    if not 0 <= k <= n:
        raise ValueError(f"{k} of {n} is not a rate")
    if k == n:
        return 1.0
    # At k / n the tail is about one half, so the bound is larger.
    low, high = k / n, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if at_most(k, n, middle) > 1 - CONFIDENCE:
            low = middle
        else:
            high = middle
    return high


def lower_bound(k: int, n: int) -> float:
    """Return the smallest rate at which ``k`` or more of ``n`` cases are plausible."""
    return 1 - upper_bound(n - k, n)


def at_most(k: int, n: int, rate: float) -> float:
    """Return the probability of ``k`` or fewer of ``n`` cases, for a rate >= k / n.

    Requires 0 <= k < n. Adds the terms from the k-th one down. At such a rate the
    k-th is the largest, so only the terms near it matter, even for a large ``n``.
    If it underflows to 0, so do all others.
    """
    if rate <= 0 or rate >= 1:
        return 1.0 if rate <= 0 else 0.0
    combinations = lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
    term = total = exp(combinations + k * log(rate) + (n - k) * log1p(-rate))
    odds = (1 - rate) / rate
    for i in range(k, 0, -1):
        term *= i / (n - i + 1) * odds
        total += term
        if term <= total * _NEGLIGIBLE:
            break
    return total
