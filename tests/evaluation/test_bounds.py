from __future__ import annotations

from fractions import Fraction
from math import comb, isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fpcrawler.evaluation.bounds import at_most, lower_bound, upper_bound


@st.composite
def samples(draw: st.DrawFn, most: int = 60) -> tuple[int, int]:
    n = draw(st.integers(1, most))
    return draw(st.integers(0, n)), n


def exactly_at_most(k: int, n: int, rate: Fraction) -> Fraction:
    terms = (comb(n, i) * rate**i * (1 - rate) ** (n - i) for i in range(k + 1))
    return sum(terms, Fraction())


def test_no_false_merge_of_the_seeds_images_leaves_more_than_it_says() -> None:
    # The bound is 0.0146 %, not 0.005 %.
    assert f"{upper_bound(0, 20_580):.4%}" == "0.0146%"


@pytest.mark.parametrize("n", [1, 2, 10, 59, 20_580, 10**9])
def test_without_a_case_the_bound_has_a_closed_form(n: int) -> None:
    assert isclose(upper_bound(0, n), 1 - 0.05 ** (1 / n), rel_tol=1e-6)


# S. S. Wilks, Annals of Mathematical Statistics 12 (1941), as used in nuclear safety:
# the sample size n that shows with 95 % confidence a rate below 5 %, if k = 0, 1, 2 …
# cases were seen in it.
@pytest.mark.parametrize(
    ("k", "n"), [*enumerate((59, 93, 124, 153, 181, 208, 234, 260, 286, 311))]
)
def test_the_bound_gives_wilks_sample_sizes(k: int, n: int) -> None:
    assert upper_bound(k, n) <= 0.05 < upper_bound(k, n - 1)


def test_the_lower_bound_is_scipys() -> None:
    # docs.scipy.org, scipy.stats.binomtest: binomtest(3, n=15, p=0.1,
    # alternative="greater").proportion_ci()
    assert isclose(lower_bound(3, 15), 0.05684686759024681, rel_tol=1e-12)


@given(samples(), st.fractions(0, 1, max_denominator=1_000))
def test_the_tail_is_the_sum_of_exact_fractions(
    sample: tuple[int, int], rate: Fraction
) -> None:
    k, n = sample
    if n * rate < k or k == n:
        k = min(int(n * rate), n - 1)

    expected = float(exactly_at_most(k, n, rate))
    assert isclose(at_most(k, n, float(rate)), expected, rel_tol=1e-9, abs_tol=1e-300)


@given(samples())
def test_the_upper_bound_is_where_the_exact_tail_is_a_twentieth(
    sample: tuple[int, int],
) -> None:
    k, n = sample
    bound = Fraction(upper_bound(k, n))
    little = Fraction(1, 10**9)

    if k == n:
        assert bound == 1
    else:
        assert exactly_at_most(k, n, bound - little) > Fraction(1, 20)
        assert exactly_at_most(k, n, min(bound + little, Fraction(1))) < Fraction(1, 20)


@given(samples(most=5_000))
def test_the_bounds_lie_around_what_was_seen(sample: tuple[int, int]) -> None:
    k, n = sample

    assert 0 <= lower_bound(k, n) <= k / n <= upper_bound(k, n) <= 1
    assert lower_bound(0, n) == 0
    assert upper_bound(n, n) == 1


@pytest.mark.untraced
def test_a_large_sample_takes_no_longer() -> None:
    half = 10**9 // 2

    assert 0.5 < upper_bound(half, 10**9) < 0.5001


def test_an_empty_sample_gives_no_bound() -> None:
    assert (lower_bound(0, 0), upper_bound(0, 0)) == (0.0, 1.0)


@pytest.mark.parametrize(("k", "n"), [(-1, 5), (6, 5), (0, -1)])
def test_an_impossible_count_is_refused(k: int, n: int) -> None:
    with pytest.raises(ValueError, match="is not a rate"):
        upper_bound(k, n)
