"""The made-up street that everything is tried and shown on, seeded."""

from gridplan.demo.write import make_demo

__all__ = ["make_demo"]
