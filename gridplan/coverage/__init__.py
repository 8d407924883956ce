"""Which households services reach on foot, which were visited, and where a station does most."""
