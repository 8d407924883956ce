"""Where there are more cases than households explain, and what deserves a second look first."""

from gridplan.hotspots.find import find_hotspots
from gridplan.hotspots.spec import Hotspots, HotspotSpec

__all__ = ["HotspotSpec", "Hotspots", "find_hotspots"]
