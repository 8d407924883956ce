"""Read files, folders and map extracts into checked layers of one metric CRS."""
