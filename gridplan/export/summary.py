"""``plan.json``: what a plan amounts to, in strict JSON that any program reads."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from gridplan.errors import Fault, InputError
from gridplan.partition.outcome import Stage, Status
from gridplan.plan import Finding, Plan, Provenance
from gridplan.rules import Rule, RuleSet

FORMAT = "gridplan.plan"
VERSION = "1.0"
"""``major.minor``: a reader takes any minor of its own major; see ``docs/formats.md``."""

PLAN_JSON = "plan.json"

_KEYS: dict[str, type | tuple[type, ...]] = {
    "name": str, "status": str, "stages": list, "groups": int, "seconds": (int, float),
    "seed": int, "households": int, "estimated": bool, "violations": list, "exceptions": list,
    "rules": dict, "solver": str, "fingerprint": str, "time_limit_s": (int, float),
    "gridplan_version": str,
}  # fmt: skip


def summarise(plan: Plan, today: date, prepared_s: float | None = None) -> dict[str, Any]:
    """The content of ``plan.json``.

    Parameters
    ----------
    plan : Plan
        The plan.
    today : date
        Written as ``created``.
    prepared_s : float, optional
        Seconds that preparing the area took.

    Returns
    -------
    dict
        Of plain values; a number that is not finite is None.
    """
    last = plan.stages[-1] if plan.stages else None
    made = plan.provenance
    told = {
        "format": FORMAT,
        "version": VERSION,
        "name": plan.name,
        "created": today.isoformat(),
        "status": plan.status,
        "stages": [_stage(stage) for stage in plan.stages],
        "objective": last and last.objective,
        "bound": last and last.bound,
        "gap": last and last.gap,
        "groups": len(plan.grids),
        "seconds": round(plan.seconds, 3),
        "prepared_seconds": None if prepared_s is None else round(prepared_s, 3),
        "seed": made.seed,
        "households": plan.households,
        "estimated": plan.estimated,
        "violations": [_finding(finding) for finding in plan.violations],
        "exceptions": [_finding(finding) for finding in plan.exceptions],
        "rules": _rules(made.rules),
        "solver": made.solver,
        "fingerprint": made.fingerprint,
        "time_limit_s": made.time_limit_s,
        "gridplan_version": made.version,
        "crs": plan.grids.crs.to_string(),
    }
    return {key: plain(value) for key, value in told.items()}


def to_json(told: Mapping[str, Any]) -> str:
    """Strict JSON, readable by people."""
    return json.dumps(told, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def plain(value: Any) -> Any:
    """A value of JSON's own types: numbers of numpy become Python's, what is not finite None."""
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return str(value) if isinstance(value, str) else value


@dataclasses.dataclass(frozen=True)
class Summary:
    """``plan.json`` as values; see `Plan` for what each is."""

    name: str
    status: Status
    stages: tuple[Stage, ...]
    groups: int
    households: int
    violations: tuple[Finding, ...]
    exceptions: tuple[Finding, ...]
    seconds: float
    provenance: Provenance


def parse_summary(text: str, file: str = PLAN_JSON) -> Summary:
    """Read ``plan.json``.

    Parameters
    ----------
    text : str
        Its content.
    file : str
        The name that faults give.

    Raises
    ------
    InputError
        With every fault found.
    """
    try:
        told = json.loads(text, parse_constant=_refuse_constant)
    except ValueError as error:
        raise InputError([Fault("export.fault.no_json", file, values={"reason": error})]) from error
    faults = _faults(told, file)
    if faults:
        raise InputError(faults)
    try:
        return _summary(told)
    except (LookupError, TypeError, ValueError) as error:
        fault = Fault("export.fault.bad_value", file, values={"reason": error})
        raise InputError([fault]) from error


def holds_format(folder: Path, *, file: str = PLAN_JSON, name: str = FORMAT) -> bool:
    """Whether a folder's summary says that it is of a format, in any version."""
    try:
        told = json.loads((folder / file).read_text("utf-8", errors="replace"))
    except (OSError, ValueError):
        return False
    return isinstance(told, dict) and told.get("format") == name


def _faults(told: Any, file: str) -> list[Fault]:
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        return [Fault("export.fault.format", file, column="format", values={"format": FORMAT})]
    version = str(told.get("version"))
    if version.split(".", maxsplit=1)[0] != VERSION.split(".", maxsplit=1)[0]:
        values = {"version": version, "known": VERSION}
        return [Fault("export.fault.version", file, column="version", values=values)]
    missing = [
        Fault("export.fault.key_missing", file, column=key) for key in _KEYS if key not in told
    ]
    wrong = [
        Fault("export.fault.key_type", file, column=key, values={"value": told[key]})
        for key, kind in _KEYS.items()
        if key in told
        and (not isinstance(told[key], kind) or (isinstance(told[key], bool) and kind is not bool))
    ]
    return missing + wrong


def _summary(told: dict[str, Any]) -> Summary:
    return Summary(
        name=told["name"],
        status=Status(told["status"]),
        stages=tuple(
            Stage(stage["name"], _number(stage["objective"]), _number(stage["bound"], -math.inf))
            for stage in told["stages"]
        ),
        groups=told["groups"],
        households=told["households"],
        violations=tuple(_finding_from(finding, proved=False) for finding in told["violations"]),
        exceptions=tuple(_finding_from(finding, proved=True) for finding in told["exceptions"]),
        seconds=float(told["seconds"]),
        provenance=Provenance(
            rules=RuleSet.of_record(told["rules"]),
            seed=told["seed"],
            solver=told["solver"],
            fingerprint=told["fingerprint"],
            version=told["gridplan_version"],
            time_limit_s=float(told["time_limit_s"]),
        ),
    )


def _stage(stage: Stage) -> dict[str, Any]:
    return {
        "name": stage.name,
        "objective": stage.objective,
        "bound": stage.bound,
        "gap": stage.gap,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "grid": finding.grid,
        "value": finding.value,
        "limit": finding.limit,
        "reason": finding.reason("zh"),
        "reason_en": finding.reason("en"),
        "key": finding.key,
        "values": finding.values,
    }


def _finding_from(told: dict[str, Any], *, proved: bool) -> Finding:
    value, limit, values = told["value"], told["limit"], told["values"]
    finding = Finding(Rule(told["rule"]), told["grid"], value, limit, told["key"], values, proved)
    finding.reason()  # raises where the catalogue cannot word it
    return finding


def _rules(rules: RuleSet) -> dict[str, Any]:
    told = rules.record()
    for side, limits in (("urban", rules.urban), ("rural", rules.rural)):
        for name in told[side]:
            told[side][name]["sentence"] = getattr(limits, name).sentence("zh")
    return told


def _number(value: float | None, unknown: float = math.nan) -> float:
    return unknown if value is None else float(value)


def _refuse_constant(name: str) -> float:
    raise ValueError(name)
