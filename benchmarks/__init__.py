"""Long trials and comparisons, run by hand."""
