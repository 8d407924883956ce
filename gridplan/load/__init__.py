"""Read files, folders and map extracts into checked layers of one metric CRS."""

from gridplan.load.area import read_area
from gridplan.load.layers import Households, Layers, Note
from gridplan.load.osm import fetch_place

__all__ = ["Households", "Layers", "Note", "fetch_place", "read_area"]
