"""``services.toml``: the preset of services edited by the office, every fault told at once."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from rapidfuzz import process

from gridplan.coverage.hours import read_moment
from gridplan.coverage.services import OpenRule, Service, ServiceSet, Walk, preset
from gridplan.coverage.visits import VisitRules
from gridplan.load.gate import Gate

FILE_NAME = "services.toml"


class _Key(NamedTuple):
    """What may stand behind a key, and the fault where something else does."""

    fits: Callable[[Any], bool]
    wants: str


def _is_number(value: Any) -> bool:
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    return plain and 0 < value < float("inf")


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and _is_number(value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value.strip() != ""


_TEXT = _Key(_is_text, "load.wants.text")
_NUMBER = _Key(_is_number, "load.wants.number")
_WHOLE = _Key(_is_whole, "load.wants.row")
_OR_OFF = _Key(lambda value: value is False or _is_whole(value), "coverage.wants.whole_or_off")
_TEXTS = _Key(
    lambda value: isinstance(value, list) and all(map(_is_text, value)), "coverage.wants.texts"
)
_FLAG = _Key(lambda value: isinstance(value, bool), "coverage.wants.flag")
_MOMENT = _Key(lambda value: _is_text(value) and read_moment(value) is not None,
               "coverage.wants.moment")  # fmt: skip
_DAYS = _Key(lambda value: _is_whole(value) and value <= 7, "coverage.wants.days")
_TABLE = _Key(lambda value: isinstance(value, dict), "load.not_a_table")

_OPEN = {"at": _MOMENT, "days": _DAYS, "count_unknown": _FLAG}
_TOP = {
    "version": _Key(lambda value: value == 1, "coverage.wants.version"),
    "open": _TABLE, "services": _TABLE, "visits": _TABLE,
}  # fmt: skip
_SERVICE = {
    "metres": _NUMBER, "source": _TEXT, "kinds": _TEXTS, "names": _TEXTS, "excludes": _TEXTS,
    "places_per_household": _NUMBER, "capacity": _NUMBER, "open": _TABLE, "use": _FLAG,
}  # fmt: skip
_VISITS = {
    "patrol_days": _OR_OFF, "patrol_each_building": _FLAG, "special_months": _OR_OFF,
    "ordinary_days": _OR_OFF, "major_days": _OR_OFF, "follow_up_days": _WHOLE,
    "disputes": _TEXTS,
}  # fmt: skip


def read_services(path: Path) -> ServiceSet:
    """Read ``services.toml``; see ``docs/coverage.md``.

    A table ``[services."医疗"]`` edits what the preset says of that service, one with a new name
    adds a service.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    ServiceSet

    Raises
    ------
    InputError
        With every fault found.
    """
    gate = Gate()
    raw = _parsed(Path(path), gate)
    gate.close()
    reader = _Reader(Path(path).name, gate)
    top = reader.checked(raw, _TOP, "")
    services = reader.services(top.get("services", {}))
    rule = reader.open_rule(top.get("open"), "open")
    visits = reader.checked(top.get("visits", {}), _VISITS, "visits")
    if not services and not gate.blames((reader.file,), ""):
        gate.fault("coverage.fault.no_service", file=reader.file, column="services")
    gate.close()
    rules: dict[str, Any] = {}
    for key, value in visits.items():
        plain = tuple(value) if isinstance(value, list) else value
        rules[key] = None if _VISITS[key] is _OR_OFF and value is False else plain
    return ServiceSet(tuple(services), rule or OpenRule(), VisitRules(**rules))


def services_of(folder: Path) -> ServiceSet:
    """The services of an area's folder: its ``services.toml``, else the preset."""
    path = Path(folder) / FILE_NAME
    return read_services(path) if path.is_file() else ServiceSet()


def _parsed(path: Path, gate: Gate) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        reason = error.strerror or str(error)
        gate.fault("coverage.fault.unreadable", file=path.name, reason=reason)
    except UnicodeDecodeError:
        gate.fault("load.area_not_utf8", file=path.name)
    except tomllib.TOMLDecodeError as error:
        gate.fault("load.area_syntax", file=path.name, detail=str(error))
    return {}


class _Reader:
    """Tables of one file, checked key by key."""

    def __init__(self, file: str, gate: Gate) -> None:
        self.file, self.gate = file, gate

    def checked(self, raw: Mapping[str, Any], keys: Mapping[str, _Key], at: str) -> dict[str, Any]:
        """The keys that are known and hold what they should; the rest goes to the gate."""
        good = {}
        for name, value in raw.items():
            place = f"{at}.{name}" if at else name
            key = keys.get(name)
            if key is None:
                self._unknown(place, name, list(keys))
            elif not key.fits(value):
                told: dict[str, Any] = {"value": str(value), "table": place}
                self.gate.fault(key.wants, file=self.file, column=place, **told)
            else:
                good[name] = value
        return good

    def services(self, raw: Mapping[str, Any]) -> list[Service]:
        """The preset with what the file says of it, then what the file adds."""
        known = {name: service for service in preset() for name in (service.title(), service.key)}
        edits: dict[str, dict[str, Any]] = {}
        added = []
        for name, table in raw.items():
            place = f"services.{name}"
            if not isinstance(table, dict):
                self.gate.fault("load.not_a_table", file=self.file, column=place, table=place)
                continue
            values = self.checked(table, _SERVICE, place)
            if name in known:
                edits.setdefault(known[name].key, {}).update(self._values(values, place))
            else:
                added += self._new(name, values, place)
        kept = [(service, edits.get(service.key, {})) for service in preset()]
        edited = [_edited(service, values) for service, values in kept if values.get("use", True)]
        return [*edited, *added]

    def open_rule(self, raw: Mapping[str, Any] | None, place: str) -> OpenRule | None:
        """A rule of opening hours, where the file has one."""
        if raw is None:
            return None
        values = self.checked(raw, _OPEN, place)
        at = read_moment(values["at"]) if "at" in values else None
        return OpenRule(at, values.get("days"), values.get("count_unknown", False))

    def _values(self, values: dict[str, Any], place: str) -> dict[str, Any]:
        if "open" in values:
            values["open"] = self.open_rule(values["open"], f"{place}.open")
        return values

    def _new(self, name: str, values: dict[str, Any], place: str) -> list[Service]:
        if not values.get("use", True):
            return []
        lacks = [key for key in ("metres",) if key not in values]
        if not (values.get("kinds") or values.get("names")):
            lacks.append("kinds")
        for key in lacks:
            told: dict[str, Any] = {"name": name, "needed": key}
            self.gate.fault("coverage.fault.key_needed", file=self.file, column=place, **told)
        if lacks:
            return []
        start = Service(name, Walk(values["metres"]), name=name)
        return [_edited(start, self._values(values, place))]

    def _unknown(self, place: str, name: str, known: list[str]) -> None:
        found = process.extractOne(name, known, score_cutoff=60)
        nearest = str(found[0]) if found else ""
        key = "load.unknown_key" if nearest else "load.unknown_key_far"
        told: dict[str, Any] = {"name": name, "nearest": nearest, "known": ", ".join(known)}
        self.gate.fault(key, file=self.file, column=place, **told)


def _edited(service: Service, values: Mapping[str, Any]) -> Service:
    """A service with the file's values in place of its own."""
    plain: dict[str, Any] = {key: values[key] for key in ("places_per_household", "capacity", "open")
             if key in values}  # fmt: skip
    lists: dict[str, Any] = {
        key: tuple(values[key]) for key in ("kinds", "names", "excludes") if key in values
    }
    walk = service.walk
    if "metres" in values:
        walk = Walk(float(values["metres"]), note=values.get("source", ""))
    elif "source" in values:
        walk = replace(walk, note=values["source"])
    return replace(service, walk=walk, **plain, **lists)
