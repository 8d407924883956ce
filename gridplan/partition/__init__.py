"""Integer programming over units: construct, improve, bound, solve, check."""
