"""Compile the scan's inner loops now, so that the first look at hotspots does not wait.

Run as ``python -m gridplan.hotspots``.
"""

from __future__ import annotations

import numpy as np

from gridplan.hotspots.scan import ScanSpec, scan
from gridplan.hotspots.zones import circles


def main() -> None:
    """Scan four cells in a row, of which one stands out; compiled code is kept on disk."""
    weight = np.full(4, 10.0)
    zones = circles(np.array([[100.0 * k, 0.0] for k in range(4)]), weight)
    scan(np.array([9, 1, 1, 1]), weight, zones, ScanSpec(9), np.random.default_rng(0))


if __name__ == "__main__":
    main()
