"""The names of layers, columns and kinds, defined once and spoken everywhere."""

from __future__ import annotations

from enum import StrEnum

# columns that several layers share
NAME = "name"
KIND = "kind"
GEOMETRY = "geometry"
ESTIMATED = "estimated"

# buildings
BUILDING_ID = "building_id"
ADDRESS = "address"
FLOORS = "floors"
USE = "use"
DWELLING_SHARE = "dwelling_share"
HOUSEHOLDS = "households"
PEOPLE = "people"
SPECIAL_HOUSEHOLDS = "special_households"

# compounds and communities
COMPOUND_ID = "compound_id"
COMMUNITY_CODE = "community_code"
RESIDENCE_CLASS = "residence_class"
DIFFICULTY = "difficulty"

# units, grids
UNIT_ID = "unit_id"
GRID_ID = "grid_id"
GRID_CODE = "grid_code"
WORKER = "worker"
CODE = "code"
COMMUNITY = "community"

# roster of grid workers, counts only
POSTS = "posts"
VACANCIES = "vacancies"

# totals that estimated households are calibrated to
POPULATION = "population"

# cases, facilities, visits
CASE_ID = "case_id"
CATEGORY = "category"
OPENED = "opened"
CLOSED = "closed"
DEADLINE = "deadline"
STATUS = "status"
SUBCATEGORY = "subcategory"
CHANNEL = "channel"
DISPATCH = "dispatch"
TIME_LIMIT = "time_limit"
TIME_LIMIT_UNIT = "time_limit_unit"
REPEAT = "repeat"
SATISFACTION = "satisfaction"
PLACE_KIND = "place_kind"
GRADE = "grade"
HOME = "home"
FACILITY_ID = "facility_id"
OPENING_HOURS = "opening_hours"
CAPACITY = "capacity"
VISIT_ID = "visit_id"
VISITED = "visited"


class ResidenceClass(StrEnum):
    """城乡分类: which household limits a community takes."""

    URBAN = "urban"
    RURAL = "rural"


class HouseholdKind(StrEnum):
    """What a household count counts."""

    REGISTERED = "registered"
    RESIDENT = "resident"


class UnitKind(StrEnum):
    """What is assigned whole to one grid."""

    BUILDING = "building"
    COMPOUND = "compound"
    VILLAGE = "village"


class BarrierKind(StrEnum):
    """What cuts the neighbourhood of two units unless a crossing restores it."""

    WATER = "water"
    RAILWAY = "railway"
    EXPRESSWAY = "expressway"
    WALL = "wall"


class TimeUnit(StrEnum):
    """What a case's time limit counts, in the words of the service lines."""

    URGENT_WORKING_HOUR = "紧急工作时"
    WORKING_HOUR = "工作时"
    WORKING_DAY = "工作日"
    DAY = "自然日"
    HOUR = "小时"


class Dispatch(StrEnum):
    """派遣方式: how pressing a case was when it was sent out."""

    URGENT = "应急单"
    KEY = "重点单"
    ROUTINE = "常规单"


class Grade(StrEnum):
    """事项等级: whether an open case may escalate; "" where nobody graded it."""

    MAJOR = "major"
    ORDINARY = "ordinary"
