"""How far chances can be relied on."""

import numpy as np
from numpy.typing import NDArray


def calibration_error(scores: NDArray[np.float64], labels: NDArray[np.bool_], bins: int = 10) -> float:
    """The expected calibration error: how far chances and frequencies lie apart, weighed by bin."""
    place = np.minimum((scores * bins).astype(int), bins - 1)
    return float(
        sum(
            abs(scores[place == b].mean() - labels[place == b].mean()) * (place == b).mean()
            for b in range(bins)
            if (place == b).any()
        )
    )
