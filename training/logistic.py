"""Logistic regression by Newton's method, in numpy alone."""

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
STEPS = 50
CLOSE = 1e-9


def logistic_weights(x: Numbers, y: Numbers, weight: Numbers, ridge: float) -> Numbers:
    """One weight a column of `x` that makes `y` (0 or 1) likeliest, less `ridge` times their squares. No bias: add a
    column of ones for one."""
    share = weight / weight.sum()
    found = np.zeros(x.shape[1])
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-x @ found))
        slope = x.T @ (share * (y - chance)) - 2 * ridge * found
        bend = (x * (share * chance * (1 - chance))[:, None]).T @ x + 2 * ridge * np.eye(len(found))
        step = np.linalg.solve(bend, slope)
        found += step
        if np.abs(step).max() < CLOSE:
            break
    return found
