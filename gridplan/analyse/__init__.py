"""Measure plans and the present state."""
