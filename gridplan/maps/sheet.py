"""What a map sheet carries beside its layers: scale, north arrow, legend, date, source, labels."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

from branca.element import MacroElement
from folium.template import Template

FONTS = (
    "'Noto Sans CJK SC','Noto Sans SC','Microsoft YaHei','PingFang SC','Hiragino Sans GB',"
    "sans-serif"
)


@dataclass(frozen=True)
class Label:
    """Words on the map that are shown where there is room for them.

    Parameters
    ----------
    latitude, longitude : float
        Of the middle, in degrees WGS 84.
    head, foot : str
        A short line, and a second that is left out first.
    kind : str
        Style: ``plain``, ``wrong``, ``excused``, ``cluster``, ``one`` or ``other`` of two layers, or
        ``place``.
    estimated : bool
        Whether the second line is set in italics.
    span : tuple of float
        Half the width and half the height, in degrees, of what the label names.
    """

    latitude: float
    longitude: float
    head: str
    foot: str = ""
    kind: str = "plain"
    estimated: bool = False
    span: tuple[float, float] = (0.0, 0.0)

    def record(self) -> dict[str, Any]:
        """As the script of :class:`Sheet` takes it."""
        foot = escape(self.foot)
        foot = f"<i>{foot}</i>" if self.estimated else foot
        return {
            "at": [self.latitude, self.longitude],
            "head": escape(self.head),
            "foot": foot,
            "kind": self.kind,
            "span": list(self.span),
        }


@dataclass(frozen=True)
class Entry:
    """One line of the legend.

    Parameters
    ----------
    text : str
        What it is.
    style : str
        CSS of its swatch, 20 × 12 pixels.
    """

    text: str
    style: str


class Sheet(MacroElement):  # type: ignore[misc]  # branca carries no types
    """Scale bar, zoom buttons, north arrow, legend and labels of one map.

    Parameters
    ----------
    title : str
        Above the legend.
    legend : list of Entry
        In their order.
    imprint : list of str
        At the foot of the map, on a small one in the legend: date, data source, remark.
    labels : list of Label
        The first has the right of way where two would overlap.
    words : dict of str to str
        ``zoom_in``, ``zoom_out``, ``metre``, ``kilometre``, ``north``.
    bounds : list of list of float
        South-west and north-east corner, latitude first, of what is shown at first, with the
        legend beside or below it, whichever leaves more room.
    """

    _template = Template(
        """
{% macro header(this, kwargs) %}
<style>
.leaflet-container { background: #f6f5f1; font-family: {{ this.fonts }}; }
.gp-north { width: 26px; text-align: center; color: #1c2733; font-weight: 600; font-size: 12px;
  line-height: 1.1; text-shadow: 0 0 3px #fff, 0 0 3px #fff; }
.gp-north svg { display: block; margin: 0 auto; }
.gp-legend { background: rgba(255,255,255,.93); padding: 6px 10px 7px; border-radius: 3px;
  border: 1px solid #c9d0d8; color: #1c2733; font-size: 12px; line-height: 1.55;
  max-width: 250px; }
.gp-legend summary { font-size: 13px; font-weight: 600; cursor: pointer; }
.gp-legend span { display: inline-block; width: 20px; height: 12px; margin-right: 7px;
  vertical-align: -1px; box-sizing: border-box; }
.gp-legend small { display: none; color: #5b6672; font-size: 11px; line-height: 1.45; }
.leaflet-left .gp-imprint { margin: 0; padding: 1px 6px; background: rgba(255,255,255,.85);
  color: #5b6672; font-size: 11px; line-height: 1.45; max-width: calc(100vw - 240px); }
@media (max-width: 500px), (max-height: 480px) {
  .leaflet-left .gp-imprint { display: none; }
  .gp-legend small { display: block; }
}
.gp-label { pointer-events: none; }
.gp-label > div { position: absolute; transform: translate(-50%, -50%); white-space: nowrap;
  text-align: center; color: #1c2733; font-size: 11px; line-height: 1.25; font-weight: 600;
  text-shadow: 0 0 2px #fff, 0 0 2px #fff, 0 0 3px #fff, 0 0 4px #fff; }
.gp-label em { display: block; font-style: normal; font-weight: 400; }
.gp-label .wrong { color: #a3161b; }
.gp-label .excused { color: #8a4b00; }
.gp-label .cluster { color: #12237a; font-size: 12px; }
.gp-label .one { color: #6a1b9a; }
.gp-label .other { color: #a33f00; }
.gp-label .place { color: #3c4a58; font-size: 13px; letter-spacing: .12em; font-weight: 400; }
.leaflet-tooltip { width: max-content; font-size: 12px; color: #1c2733; box-shadow: 0 1px 4px rgba(0,0,0,.25); }
.leaflet-tooltip table { border-collapse: collapse; margin: 0; }
.leaflet-tooltip th { text-align: left; padding: 0 10px 0 0; color: #5b6672; font-weight: 400; }
.leaflet-tooltip td { padding: 0; }
.leaflet-control-scale-line { font-size: 11px; background: rgba(255,255,255,.8); }
</style>
{% endmacro %}
{% macro script(this, kwargs) %}
(function (map) {
  var words = {{ this.words|tojson }}, labels = {{ this.labels|tojson }};
  var bounds = L.latLngBounds({{ this.bounds|tojson }});
  L.control.zoom({zoomInTitle: words.zoom_in, zoomOutTitle: words.zoom_out}).addTo(map);
  place("bottomleft", "gp-imprint", {{ this.imprint|tojson }});
  var scale = L.control.scale({imperial: false, maxWidth: 140, position: "bottomleft"});
  scale._updateMetric = function (metres) {
    var round = this._getRoundNum(metres);
    var text = round < 1000 ? round + " " + words.metre : round / 1000 + " " + words.kilometre;
    this._updateScale(this._mScale, text, round / metres);
  };
  scale.addTo(map);
  function place(position, className, html) {
    var control = L.control({position: position});
    control.onAdd = function () {
      var box = L.DomUtil.create("div", className);
      box.innerHTML = html;
      var fold = box.querySelector("details");
      if (fold && (map.getSize().y < 480 || map.getSize().x < 500)) { fold.open = false; }
      L.DomEvent.disableClickPropagation(box);
      return box;
    };
    control.addTo(map);
  }
  place("topright", "gp-north", {{ this.north|tojson }});
  place("bottomright", "gp-legend", {{ this.legend|tojson }});
  var pane = map.createPane("labels");
  pane.style.zIndex = 640;
  pane.style.pointerEvents = "none";
  labels.forEach(function (label) {
    label.marker = L.marker(label.at, {pane: "labels", interactive: false, keyboard: false,
      icon: L.divIcon({className: "gp-label", iconSize: [0, 0],
        html: '<div class="' + label.kind + '">' + label.head + "<em>" + label.foot + "</em></div>"})
    }).addTo(map);
  });
  function arrange() {
    var taken = [];
    labels.forEach(function (label) {
      var box = label.marker.getElement().firstChild, foot = box.querySelector("em");
      var at = map.latLngToLayerPoint(label.at);
      var edge = map.latLngToLayerPoint([label.at[0] + label.span[1], label.at[1] + label.span[0]]);
      var room = {x: Math.abs(edge.x - at.x), y: Math.abs(edge.y - at.y)};
      function fits(shift) {
        var x = box.offsetWidth / 2, y = box.offsetHeight / 2, middle = at.y + shift;
        if (label.kind !== "place" && (x > room.x * 1.15 || y > room.y * 1.15)) { return false; }
        var mine = [at.x - x - 4, middle - y - 3, at.x + x + 4, middle + y + 3];
        if (taken.some(function (other) {
          return mine[0] < other[2] && other[0] < mine[2] && mine[1] < other[3] && other[1] < mine[3];
        })) { return false; }
        taken.push(mine);
        box.style.marginTop = shift + "px";
        return true;
      }
      var shifts = label.kind === "cluster" ? [0, -30, 30] : [0];
      box.style.visibility = "visible";
      foot.style.display = label.foot ? "block" : "none";
      if (shifts.some(fits)) { return; }
      foot.style.display = "none";
      if (!label.foot || !shifts.some(fits)) { box.style.visibility = "hidden"; }
    });
  }
  function showWhole() {
    var box = map.getContainer(), edge = L.point(20, 20);
    var legend = box.querySelector(".gp-legend"), foot = box.querySelector(".gp-imprint");
    var rooms = [L.point(legend.offsetWidth, foot.offsetHeight), L.point(0, legend.offsetHeight)];
    rooms = rooms.map(function (room) {
      return {beside: room.add(edge), zoom: map.getBoundsZoom(bounds, false, room.add(edge).add(edge))};
    });
    var room = rooms[0].zoom >= rooms[1].zoom ? rooms[0] : rooms[1];
    map.fitBounds(bounds, {paddingTopLeft: edge, paddingBottomRight: room.beside, animate: false});
  }
  showWhole();
  map.on("zoomend resize", arrange);
  map.whenReady(function () { setTimeout(arrange, 0); });
})({{ this._parent.get_name() }});
{% endmacro %}
"""
    )

    def __init__(
        self,
        title: str,
        legend: list[Entry],
        imprint: list[str],
        labels: list[Label],
        words: dict[str, str],
        bounds: list[list[float]],
    ) -> None:
        super().__init__()
        self._name = "Sheet"
        self.fonts = FONTS
        self.words = words
        self.bounds = bounds
        self.labels = [label.record() for label in labels]
        self.north = (
            '<svg width="16" height="24" viewBox="0 0 16 24"><path d="M8 1 14 22 8 17 2 22Z" '
            f'fill="#1c2733" stroke="#fff" stroke-width="1"/></svg>{escape(words["north"])}'
        )
        lines = [
            f'<div><span style="{entry.style}"></span>{escape(entry.text)}</div>'
            for entry in legend
        ]
        self.legend = (
            f"<details open><summary>{escape(title)}</summary>{''.join(lines)}"
            + "".join(f"<small>{escape(line)}</small>" for line in imprint)
            + "</details>"
        )
        self.imprint = escape(" · ".join(imprint))
