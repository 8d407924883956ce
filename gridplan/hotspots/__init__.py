"""Where there are more cases than households explain, and what deserves a second look first."""
