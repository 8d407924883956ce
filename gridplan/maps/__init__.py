"""Maps that ask nothing of any network: grids, cases, hotspots, coverage."""
