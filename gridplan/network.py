"""The walking network: streets cut at barriers, places that step onto them, shortest ways."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from gridplan.barriers import Barriers
from gridplan.tiling import Geometries

FLOAT = NDArray[np.float64]
INT = NDArray[np.int64]
BOOL = NDArray[np.bool_]

ACCESS_M = 300.0
"""A place steps onto a street no farther away than this; our default."""

_ORIGINS_AT_ONCE = 64
_TILE_M = 200.0


class Places(NamedTuple):
    """Places on a network.

    Parameters
    ----------
    edge : int array, shape (n,)
        The edge that each steps onto; −1 where none can be reached.
    along_m : float array, shape (n,)
        From the first node of the edge.
    access_m : float array, shape (n,)
        Straight from the place to the edge; ``inf`` where there is none.
    """

    edge: INT
    along_m: FLOAT
    access_m: FLOAT

    def take(self, rows: INT) -> Places:
        """Some of the places."""
        return Places(self.edge[rows], self.along_m[rows], self.access_m[rows])


class Nearest(NamedTuple):
    """The nearest of many targets.

    Parameters
    ----------
    metres : float array, shape (n,)
        Along the network with the steps at both ends; ``inf`` where no way is known.
    which : int array, shape (n,)
        Position of the target; −1 where there is none.
    """

    metres: FLOAT
    which: INT


@dataclass(frozen=True, eq=False)
class Network:
    """Straight edges between nodes, walked both ways.

    Parameters
    ----------
    xy_m : float array, shape (k, 2)
        Nodes, in a metric CRS.
    edges : int array, shape (m, 2)
        Nodes that each edge joins. Of parallel edges the shortest stays; loops drop out.
    length_m : float array, shape (m,)
        Finite, not negative.
    steps : bool array, shape (m,), optional
        Edges that one can step onto from beside: not those on bridges and in tunnels. All of
        them where left out.
    barriers : Barriers, optional
        What the line from a place to its street may not cross.

    Raises
    ------
    ValueError
        Where the arrays do not fit each other.
    """

    xy_m: FLOAT
    edges: INT
    length_m: FLOAT
    steps: BOOL | None = None
    barriers: Barriers | None = None
    _tree: shapely.STRtree = field(init=False, repr=False)
    _open: INT = field(init=False, repr=False)

    def __post_init__(self) -> None:
        edges, length_m = np.asarray(self.edges, np.int64), np.asarray(self.length_m, float)
        steps = np.ones(len(edges), bool) if self.steps is None else np.asarray(self.steps, bool)
        if edges.shape != (len(length_m), 2) or len(steps) != len(edges):
            raise ValueError(f"{len(edges)} edges have {len(length_m)} lengths")
        if not (np.isfinite(length_m) & (length_m >= 0)).all():
            raise ValueError("an edge's length is a finite number of metres")
        # a sparse matrix ADDS parallel edges: only the shortest may reach it
        pair = np.sort(edges, axis=1)
        order = np.lexsort((~steps, length_m, pair[:, 1], pair[:, 0]))
        order = order[pair[order, 0] != pair[order, 1]]
        first = np.ones(len(order), bool)
        first[1:] = (np.diff(pair[order], axis=0) != 0).any(axis=1)
        keep = order[first]
        for name, value in (("edges", pair), ("length_m", length_m), ("steps", steps)):
            object.__setattr__(self, name, value[keep])
        object.__setattr__(self, "_open", np.flatnonzero(steps[keep]))
        lines = shapely.linestrings(np.asarray(self.xy_m)[self.edges[self._open]])
        object.__setattr__(self, "_tree", shapely.STRtree(lines))

    def pieces(self) -> INT:
        """Number of the connected piece of each node, shape (k,)."""
        return np.asarray(connected_components(self.matrix(), directed=False)[1], dtype=np.int64)

    def matrix(self) -> csr_array:
        """Lengths in metres between nodes, each edge once, shape (k, k)."""
        shape = (len(self.xy_m), len(self.xy_m))
        return coo_array((self.length_m, tuple(self.edges.T)), shape=shape).tocsr()

    def snap(self, xy_m: FLOAT, reach_m: float = ACCESS_M) -> Places:
        """Step onto the nearest point of an edge that no barrier cuts off.

        Parameters
        ----------
        xy_m : float array, shape (n, 2)
        reach_m : float
            A place without an open way to an edge within this has none.
        """
        points = shapely.points(np.asarray(xy_m, dtype=float).reshape(-1, 2))
        found = nearest_open(points, self._tree, self.barriers, reach_m)
        edge = np.where(found >= 0, self._open[found] if len(self._open) else -1, -1)
        along_m, access_m = np.zeros(len(edge)), np.full(len(edge), np.inf)
        on = np.flatnonzero(edge >= 0)
        lines = self._tree.geometries[found[on]]
        # an edge may be longer than its straight line: places keep their share of it
        share = shapely.line_locate_point(lines, points[on], normalized=True)
        along_m[on] = share * self.length_m[edge[on]]
        access_m[on] = shapely.distance(lines, points[on])
        return Places(edge.astype(np.int64), along_m, access_m)

    def nearest(self, places: Places, targets: Places) -> Nearest:
        """The nearest target of each place: one search from all targets at once.

        Parameters
        ----------
        places, targets : Places
            From :meth:`snap`, shapes (n,) and (t,).
        """
        graph, starts, rows = self._with_sources(targets)
        count = len(places.edge)
        metres, which = np.full(count, np.inf), np.full(count, -1, dtype=np.int64)
        if not len(rows) or not count:
            return Nearest(metres, which)
        node_m, _, source = dijkstra(
            graph, directed=True, indices=starts, min_only=True, return_predecessors=True
        )
        metres, nearer = self._from_ends(places, node_m[None, :])
        metres, nearer = metres[0], nearer[0]
        reached = np.isfinite(metres)
        which[reached] = rows[source[nearer[reached]] - len(self.xy_m)]
        place, target, direct_m = _on_one_edge(places, targets)
        order = np.lexsort((-target, -direct_m))  # the nearest is written last
        order = order[direct_m[order] < metres[place[order]]]
        metres[place[order]], which[place[order]] = direct_m[order], target[order]
        return Nearest(metres, which)

    def metres(self, origins: Places, targets: Places, limit_m: float = np.inf) -> FLOAT:
        """Shortest way from each origin to each target, with the steps at both ends.

        Parameters
        ----------
        origins, targets : Places
            From :meth:`snap`, shapes (o,) and (t,).
        limit_m : float
            What is farther may be told as ``inf``, which is quicker.

        Returns
        -------
        float array, shape (o, t)
            ``inf`` where no way is known.
        """
        graph, starts, rows = self._with_sources(origins)
        metres = np.full((len(origins.edge), len(targets.edge)), np.inf)
        for begin in range(0, len(rows), _ORIGINS_AT_ONCE):
            some = slice(begin, begin + _ORIGINS_AT_ONCE)
            node_m = dijkstra(graph, directed=True, indices=starts[some], limit=limit_m)
            metres[rows[some]] = self._from_ends(targets, node_m)[0]
        origin, target, direct_m = _on_one_edge(origins, targets)
        np.minimum.at(metres, (origin, target), direct_m)
        return metres

    def _with_sources(self, targets: Places) -> tuple[csr_array, INT, INT]:
        """The graph with a node for each target, these nodes, and the targets' positions.

        From a target's node arcs lead to both ends of its edge, none leads back: no way runs
        through a target's door.
        """
        rows = np.flatnonzero(targets.edge >= 0)
        count = len(self.xy_m)
        starts = count + np.arange(len(rows))
        ends, to_m = self._to_ends(targets.take(rows))
        tail = np.concatenate([self.edges[:, 0], self.edges[:, 1], starts, starts])
        head = np.concatenate([self.edges[:, 1], self.edges[:, 0], ends[:, 0], ends[:, 1]])
        length = np.concatenate([self.length_m, self.length_m, to_m[:, 0], to_m[:, 1]])
        shape = (count + len(rows),) * 2
        return coo_array((length, (tail, head)), shape=shape).tocsr(), starts, rows

    def _to_ends(self, places: Places) -> tuple[INT, FLOAT]:
        """Ends of each place's edge and metres to them with the step, shapes (n, 2)."""
        ends = self.edges[places.edge]
        back_m = self.length_m[places.edge] - places.along_m
        return ends, places.access_m[:, None] + np.column_stack([places.along_m, back_m])

    def _from_ends(self, places: Places, node_m: FLOAT) -> tuple[FLOAT, INT]:
        """Metres of places by way of the ends of their edges, and the end taken, (s, n)."""
        on = np.flatnonzero(places.edge >= 0)
        ends, to_m = self._to_ends(places.take(on))
        one, other = node_m[:, ends[:, 0]] + to_m[:, 0], node_m[:, ends[:, 1]] + to_m[:, 1]
        metres = np.full((len(node_m), len(places.edge)), np.inf)
        nearer = np.full(metres.shape, -1, dtype=np.int64)
        metres[:, on] = np.minimum(one, other)
        nearer[:, on] = np.where(one <= other, ends[:, 0], ends[:, 1])
        return metres, nearer


def nearest_open(
    points: Geometries, tree: shapely.STRtree, barriers: Barriers | None, reach_m: float
) -> INT:
    """The nearest line of each point whose straight access no barrier cuts.

    Parameters
    ----------
    points : array of Point, shape (n,)
    tree : STRtree
        Of the lines.
    barriers : Barriers or None
    reach_m : float

    Returns
    -------
    int array, shape (n,)
        Position in the tree; −1 where there is none within reach.
    """
    found = np.full(len(points), -1, dtype=np.int64)
    if not len(points) or not len(tree.geometries):
        return found
    # neighbours after each other: measured, a third of the time
    order = np.lexsort(np.floor(shapely.get_coordinates(points).T / _TILE_M))
    asked, line = tree.query_nearest(points[order], all_matches=False)
    near = shapely.distance(points[order[asked]], tree.geometries[line]) <= reach_m
    point, line = order[asked[near]], line[near]
    found[point] = line
    if barriers is None:
        return found
    cut = point[barriers.stop(shapely.shortest_line(points[point], tree.geometries[line]))]
    found[cut] = -1
    for within_m in (reach_m / 4, reach_m):  # few lines are near, so most need no more
        cut = cut[found[cut] < 0]
        point, line = tree.query(points[cut], "dwithin", distance=within_m)
        ways = shapely.shortest_line(points[cut[point]], tree.geometries[line])
        free = ~barriers.stop(ways)
        point, line, away_m = point[free], line[free], shapely.length(ways[free])
        order = np.lexsort((-line, -away_m))  # the nearest is written last
        found[cut[point[order]]] = line[order]
    return found


def _on_one_edge(places: Places, targets: Places) -> tuple[INT, INT, FLOAT]:
    """Pairs of a place and a target that step onto the same edge, and the metres between."""
    order = np.argsort(targets.edge, kind="stable")
    order = order[targets.edge[order] >= 0]
    edge = targets.edge[order]
    first = np.searchsorted(edge, places.edge, "left")
    count = np.searchsorted(edge, places.edge, "right") - first
    place = np.repeat(np.arange(len(places.edge)), count)
    within = np.arange(len(place)) - np.repeat(np.cumsum(count) - count, count)
    target = order[np.repeat(first, count) + within]
    between_m = np.abs(places.along_m[place] - targets.along_m[target])
    return place, target, between_m + places.access_m[place] + targets.access_m[target]
