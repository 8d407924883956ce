"""Codes of an area, and what is in force there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from operator import attrgetter
from typing import Any

import shapely
from sqlalchemy import Connection, insert, or_, select, update

from gridplan.errors import GridplanError
from gridplan.store.engine import Database, alone
from gridplan.store.numbering import Descent, NewGrid, codes_of, descents
from gridplan.store.path import StageKind
from gridplan.store.replay import Divisions
from gridplan.store.rows import as_version, now, version_row
from gridplan.store.steps import go, last_standing, standing_alone
from gridplan.store.tables import code, descent, grid, submission, version
from gridplan.store.way import CodedGrid, InForce, PassageKind, Standing, Term, UsedCode


class Codes:
    """Codes that were given, and the versions in force; every method is one transaction.

    Parameters
    ----------
    database : Database
        Where they are kept.
    divisions : Divisions
        What the edits come to.
    """

    def __init__(self, database: Database, divisions: Divisions) -> None:
        self._database = database
        self._divisions = divisions

    def register(self, area: str, codes: Iterable[str], *, author: str) -> list[str]:
        """Write down legacy codes as used, before the first ones are issued.

        Parameters
        ----------
        area : str
            Name of the street.
        codes : iterable of str
            Of every legacy layer, the given-up ones included; those that are known stay as they
            are.
        author : str
            Who.

        Returns
        -------
        list of str
            The ones that were not known, sorted.
        """
        with self._database.write() as link:
            alone(link, area)
            return _add_legacy(link, area, codes, author)

    def used(self, area: str) -> list[UsedCode]:
        """Every code that was ever used in an area, in order."""
        with self._database.read() as link:
            rows = link.execute(select(code).where(code.c.area == area))
            found = [UsedCode(row.code, row.submission_id is None, row.retired_on) for row in rows]
        return sorted(found, key=attrgetter("code"))  # databases sort letters each in its own way

    def issue(
        self,
        plan_id: int,
        number: int,
        revision: int,
        grids: Sequence[NewGrid],
        before: Mapping[str, int],
        *,
        crs: str,
        author: str,
        used_before: Iterable[str] = (),
    ) -> tuple[CodedGrid, ...]:
        """Give every grid of an approved version its code, once.

        No number of a community is given twice, whatever its area was called when it was given.

        Parameters
        ----------
        plan_id, number : int
            Which version of which plan.
        revision : int
            That the step is made from.
        grids : sequence of NewGrid
            Every grid of the version.
        before : mapping of str to int
            Households of each grid in force, by code, counted on the same data as `grids`; of
            each legacy grid where no version was ever in force.
        crs : str
            Of the geometries: metric, as EPSG code or WKT.
        author : str
            Who.
        used_before : iterable of str
            Legacy codes to be written down as by :meth:`register`, unless the issue is refused.

        Returns
        -------
        tuple of CodedGrid
            By code.

        Raises
        ------
        StaleVersionError
            Where the version has gone on since; nothing is changed.
        GridplanError
            Where the version does not stand at its approval, has its codes or other grids than
            these; where a code of before is neither in force nor a registered legacy code;
            otherwise as for :func:`gridplan.store.numbering.codes_of`.
        """
        with self._database.write() as link:
            standing = standing_alone(link, plan_id, number, revision)
            if standing.stage.kind is not StageKind.APPROVAL or standing.coded:
                raise GridplanError("store.codes.not_now", number=number)
            self._refuse_other_grids(link, standing, grids)
            _add_legacy(link, standing.area, used_before, author)
            if strange := sorted(before.keys() - _live(link, standing.area).keys()):
                raise GridplanError("store.codes.unknown_old", code=strange[0])
            ids = _ids(link, standing.area)
            elsewhere = _of_communities(link, {new.community for new in grids})
            given = codes_of(grids, before, ids.keys() | elsewhere)
            fresh = sorted(set(given.values()) - ids.keys())
            _add_codes(link, standing.area, fresh, standing.submission_id, author)
            ids = _ids(link, standing.area)
            _add_grids(
                link, standing, grids, {name: ids[text] for name, text in given.items()}, crs
            )
            _add_descents(link, standing, descents(grids, before, given), ids)
            go(link, standing, PassageKind.ISSUE, "", author, coded=True)
            return _grids(link, standing.submission_id)

    def of_version(self, plan_id: int, number: int) -> tuple[CodedGrid, ...]:
        """The grids of a version under their codes, of its last attempt; none before approval."""
        with self._database.read() as link:
            standing = last_standing(link, version_row(link, plan_id, number)["id"])
            return () if standing is None else _grids(link, standing.submission_id)

    def lineage(self, plan_id: int, number: int) -> tuple[Descent, ...]:
        """From the codes of before to those of a version; none before approval."""
        with self._database.read() as link:
            standing = last_standing(link, version_row(link, plan_id, number)["id"])
            return () if standing is None else _lineage(link, standing.submission_id)

    def in_force(self, area: str, on: date) -> InForce | None:
        """What is in force in an area on a day, None where nothing is."""
        with self._database.read() as link:
            for row, term in reversed(_terms(link, area)):
                if term.effective_on <= on:
                    return InForce(term, _grids(link, row), _lineage(link, row))
        return None

    def history(self, area: str) -> list[Term]:
        """Every version that is, was or will be in force, the first first."""
        with self._database.read() as link:
            return [term for _, term in _terms(link, area)]

    def _refuse_other_grids(
        self, link: Connection, standing: Standing, grids: Sequence[NewGrid]
    ) -> None:
        row = version_row(link, standing.plan_id, standing.number)
        asked = self._divisions.after(link, standing.plan_id, row["edit_id"]).units_of.keys()
        told = [new.grid_id for new in grids]
        if odd := sorted(asked ^ set(told)) or sorted(
            name for name in told if told.count(name) > 1
        ):
            raise GridplanError("store.codes.other_grids", name=odd[0], count=len(odd))


def retire(link: Connection, standing: Standing, on: date) -> None:
    """Retire the codes in use so far that a version which takes effect does not continue."""
    kept = select(grid.c.code_id).where(grid.c.submission_id == standing.submission_id)
    in_use = {**_legacy(link, standing.area), **_live(link, standing.area)}
    gone = set(in_use.values()) - set(link.execute(kept).scalars())
    still = code.c.id.in_(gone), code.c.retired_on.is_(None)
    link.execute(update(code).where(*still).values(retired_on=on))


def _live(link: Connection, area: str) -> dict[str, int]:
    """Id by code of what may be continued: the last version's, or else the legacy ones."""
    last = (
        select(submission.c.id)
        .where(submission.c.area == area, submission.c.effective_on.is_not(None))
        .order_by(submission.c.effective_on.desc())
        .limit(1)
    )
    found = link.execute(last).scalar()
    if found is None:
        return _legacy(link, area)
    query = select(code.c.code, code.c.id).join(grid, grid.c.code_id == code.c.id)
    return {row.code: row.id for row in link.execute(query.where(grid.c.submission_id == found))}


def _legacy(link: Connection, area: str) -> dict[str, int]:
    """Id by code of those that are older than the plans in the store."""
    query = select(code.c.code, code.c.id)
    mine = code.c.area == area, code.c.submission_id.is_(None)
    return {row.code: row.id for row in link.execute(query.where(*mine))}


def _ids(link: Connection, area: str) -> dict[str, int]:
    """Id by code of all that was ever used."""
    query = select(code.c.code, code.c.id).where(code.c.area == area)
    return {row.code: row.id for row in link.execute(query)}


def _of_communities(link: Connection, communities: Iterable[str]) -> set[str]:
    """Every code of some communities, of whatever area, while nobody else gives any."""
    for community in sorted(communities):
        alone(link, community)
    begun = (code.c.code.startswith(community, autoescape=True) for community in communities)
    return set(link.execute(select(code.c.code).where(or_(False, *begun))).scalars())


def _add_legacy(link: Connection, area: str, codes: Iterable[str], author: str) -> list[str]:
    """Write down legacy codes; the ones that were not known, sorted."""
    fresh = sorted({text for text in codes if text} - _ids(link, area).keys())
    _add_codes(link, area, fresh, None, author)
    return fresh


def _add_codes(
    link: Connection, area: str, texts: Sequence[str], submission_id: int | None, author: str
) -> None:
    made = {"area": area, "submission_id": submission_id, "made_by": author, "made_at": now()}
    if texts:
        link.execute(insert(code), [{**made, "code": text} for text in texts])


def _add_grids(
    link: Connection,
    standing: Standing,
    grids: Sequence[NewGrid],
    code_of: Mapping[str, int],
    crs: str,
) -> None:
    rows: list[dict[str, Any]] = [
        {"submission_id": standing.submission_id, "grid_id": new.grid_id,
         "code_id": code_of[new.grid_id], "community": new.community,
         "households": new.households, "people": new.people,
         "wkb": shapely.to_wkb(new.geometry), "crs": crs}
        for new in grids
    ]  # fmt: skip
    if rows:
        link.execute(insert(grid), rows)


def _add_descents(
    link: Connection, standing: Standing, found: Sequence[Descent], ids: Mapping[str, int]
) -> None:
    rows = [
        {"submission_id": standing.submission_id, "old_id": ids[one.old], "new_id": ids[one.new],
         "households": one.households, "share_of_old": one.share_of_old,
         "share_of_new": one.share_of_new}
        for one in found
    ]  # fmt: skip
    if rows:
        link.execute(insert(descent), rows)


def _grids(link: Connection, submission_id: int) -> tuple[CodedGrid, ...]:
    query = select(grid, code.c.code).join(code, code.c.id == grid.c.code_id)
    found = [
        CodedGrid(row.code, row.grid_id, row.community, row.households, row.people,
                  shapely.from_wkb(row.wkb), row.crs)
        for row in link.execute(query.where(grid.c.submission_id == submission_id))
    ]  # fmt: skip
    return tuple(sorted(found, key=attrgetter("code")))


def _lineage(link: Connection, submission_id: int) -> tuple[Descent, ...]:
    old, new = code.alias("old"), code.alias("new")
    query = (
        select(old.c.code.label("old"), new.c.code.label("new"), descent)
        .join(old, old.c.id == descent.c.old_id)
        .join(new, new.c.id == descent.c.new_id)
        .where(descent.c.submission_id == submission_id)
    )
    found = [
        Descent(row.old, row.new, row.households, row.share_of_old, row.share_of_new)
        for row in link.execute(query)
    ]
    return tuple(sorted(found, key=attrgetter("old", "new")))


def _terms(link: Connection, area: str) -> list[tuple[int, Term]]:
    """Submission and term of every version that took effect; the next one ends each."""
    query = (
        select(version, submission.c.id.label("submission_id"), submission.c.effective_on)
        .join(submission, submission.c.version_id == version.c.id)
        .where(submission.c.area == area, submission.c.effective_on.is_not(None))
        .order_by(submission.c.effective_on)
    )
    rows = link.execute(query).mappings().all()
    ends = [*(row["effective_on"] for row in rows[1:]), None]
    return [
        (row["submission_id"],
         Term(row["plan_id"], as_version(row), row["effective_on"], end))
        for row, end in zip(rows, ends, strict=False)
    ]  # fmt: skip
