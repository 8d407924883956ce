"""gridplan redraws a street's service grids (网格), with a certificate of how good the plan is."""

__version__ = "0.1.0"
