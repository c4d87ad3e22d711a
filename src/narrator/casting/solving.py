"""An assignment that costs little: people choose one by one, then they move and swap while it helps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]
    Places = NDArray[np.intp]

STARTS: Final = 8
"""Orders in which people choose; each is improved until nothing helps, and the cheapest result is kept."""

_GAIN: Final = 1e-5
"""Less is rounding, not gain: costs go up to 1e10."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Who (rows) gets which voice (columns).

    fit[c, v]: what voice v costs character c by itself. talk[a, b]: how much two characters talk, times
    alike[v, w], how alike two voices sound. forbidden[a, b], where both have the same voice. All square ones
    are symmetric; talk and forbidden have zeros on their diagonals. fixed[c]: the voice that c has and keeps,
    or -1. order: who chooses first.
    """

    fit: Matrix
    talk: Matrix
    alike: Matrix
    forbidden: Matrix
    fixed: Places
    order: tuple[int, ...]

    def costs(self, chosen: Places) -> Matrix:
        """What every voice would cost every character while all others keep theirs; who has none yet (-1)
        costs nobody anything."""
        import numpy as np

        there = chosen >= 0
        held = np.zeros((len(chosen), self.fit.shape[1]))
        held[np.flatnonzero(there), chosen[there]] = 1.0
        shared: Matrix = self.fit + self.talk @ (held @ self.alike) + self.forbidden @ held
        return shared


def solve(problem: Problem, *, seed: int = 0) -> Places:
    """A column for each row; the same for the same arguments. Not always the best there is, but no single
    move and no swap of two makes it better."""
    import numpy as np

    rng = np.random.default_rng(seed)
    people = len(problem.order)
    tried: list[Places] = []
    for start in range(STARTS):
        # The first start is who says most first; later ones shuffle that a little.
        places = np.arange(people) + rng.uniform(0, people / 2 if start else 0, people)
        order = [problem.order[place] for place in np.argsort(places, kind="stable")]
        tried.append(_improved(problem, _greedy(problem, order)))
    return min(tried, key=lambda chosen: _total(problem, chosen))


def _greedy(problem: Problem, order: list[int]) -> Places:
    import numpy as np

    chosen = problem.fixed.copy()
    for row in order:
        if problem.fixed[row] < 0:
            chosen[row] = int(np.argmin(problem.costs(chosen)[row]))
    return chosen


def _improved(problem: Problem, chosen: Places) -> Places:
    """Move or swap while that helps, the greatest gain first."""
    import numpy as np

    rows = np.arange(len(chosen))
    free = problem.fixed < 0
    while True:
        costs = problem.costs(chosen)
        gain = costs - costs[rows, chosen][:, None]
        gain[~free] = 0
        row, column = np.unravel_index(np.argmin(gain), gain.shape)
        swaps = _swaps(problem, chosen, costs)
        swaps[~free] = swaps[:, ~free] = 0
        one, other = np.unravel_index(np.argmin(swaps), swaps.shape)
        if min(gain[row, column], swaps[one, other]) > -_GAIN:
            return chosen
        if gain[row, column] <= swaps[one, other]:
            chosen[row] = column
        else:
            chosen[one], chosen[other] = chosen[other], chosen[one]


def _swaps(problem: Problem, chosen: Places, costs: Matrix) -> Matrix:
    """What is gained (below zero) where two exchange their voices."""
    rows = range(len(chosen))
    taken = costs[:, chosen]  # taken[a, b]: what b's voice costs a
    own = costs[rows, chosen]
    same = problem.alike[chosen, chosen]
    # The pair's own term stands in both rows, and with the other's voice still where it was.
    between = problem.talk * (2 * problem.alike[chosen][:, chosen] - same[:, None] - same[None, :])
    apart = chosen[:, None] != chosen[None, :]
    swaps: Matrix = taken + taken.T - own[:, None] - own[None, :] + between - 2 * problem.forbidden * apart
    return swaps


def _total(problem: Problem, chosen: Places) -> float:
    """Everything once: what is between two stands in both of their rows."""
    rows = range(len(chosen))
    alone = problem.fit[rows, chosen]
    return float((problem.costs(chosen)[rows, chosen] + alone).sum() / 2)
