"""Which households services reach on foot, which were visited, and where a station does most."""

from gridplan.coverage.edit import read_services, services_of
from gridplan.coverage.find import Coverage, find_coverage
from gridplan.coverage.reach import Reason
from gridplan.coverage.services import OpenRule, Service, ServiceSet, Walk
from gridplan.coverage.sites import Proposal, propose_sites, site_candidates
from gridplan.coverage.siting import (
    Siting,
    best_sites,
    fewest_sites,
    greedy_sites,
    median_sites,
    near_ties,
)
from gridplan.coverage.visits import VisitRules, Visits

__all__ = [
    "Coverage",
    "OpenRule",
    "Proposal",
    "Reason",
    "Service",
    "ServiceSet",
    "Siting",
    "VisitRules",
    "Visits",
    "Walk",
    "best_sites",
    "fewest_sites",
    "find_coverage",
    "greedy_sites",
    "median_sites",
    "near_ties",
    "propose_sites",
    "read_services",
    "services_of",
    "site_candidates",
]
