"""A bar on a map that steps through time, by a script of its own that asks nothing of a network."""

from __future__ import annotations

from branca.element import MacroElement
from folium.features import GeoJson
from folium.template import Template


class TimeBar(MacroElement):  # type: ignore[misc]  # branca carries no types
    """Steps through the fills of one layer.

    Parameters
    ----------
    layer : GeoJson
        Its features have the properties ``fills`` (a colour a step), ``told`` (words a step) and
        ``now``, which the bar sets to the words of the step in view.
    steps : list of str
        What each step is called; the last is shown first.
    words : dict of str to str
        ``play``, ``pause``, ``step``.
    """

    _template = Template(
        """
{% macro header(this, kwargs) %}
<style>
.gp-time { display: flex; align-items: center; gap: 8px; padding: 4px 10px; border-radius: 3px;
  background: rgba(255,255,255,.94); border: 1px solid #c9d0d8; color: #1c2733; font-size: 13px; }
.gp-time button { border: 1px solid #9aa5b1; background: #fff; border-radius: 3px; cursor: pointer;
  font: inherit; padding: 1px 9px; color: #1c2733; white-space: nowrap; }
.gp-time input { width: min(24vw, 170px); accent-color: #1f4e79; }
.gp-time output { min-width: 12.5em; font-variant-numeric: tabular-nums; }
@media (max-width: 500px) { .leaflet-left .gp-time { flex-wrap: wrap; max-width: 82vw;
  gap: 2px 8px; margin-bottom: 46px; } }
</style>
{% endmacro %}
{% macro script(this, kwargs) %}
(function (map, layer) {
  var steps = {{ this.steps|tojson }}, words = {{ this.words|tojson }}, timer = null;
  var bar = L.control({position: "bottomleft"});
  bar.onAdd = function () {
    var box = L.DomUtil.create("div", "gp-time leaflet-control");
    var play = L.DomUtil.create("button", "", box);
    var range = L.DomUtil.create("input", "", box), told = L.DomUtil.create("output", "", box);
    play.type = "button";
    play.textContent = words.play;
    range.type = "range";
    range.min = 0;
    range.max = steps.length - 1;
    range.value = steps.length - 1;
    range.setAttribute("aria-label", words.step);
    function show() {
      var step = Number(range.value);
      told.textContent = steps[step];
      layer.eachLayer(function (shape) {
        var own = shape.feature.properties;
        own.now = own.told[step];
        shape.setStyle({fillColor: own.fills[step]});
      });
    }
    function stop() {
      clearInterval(timer);
      timer = null;
      play.textContent = words.play;
    }
    range.addEventListener("input", function () { stop(); show(); });
    play.addEventListener("click", function () {
      if (timer) { stop(); return; }
      if (Number(range.value) === steps.length - 1) { range.value = 0; show(); }
      play.textContent = words.pause;
      timer = setInterval(function () {
        if (Number(range.value) >= steps.length - 1) { stop(); return; }
        range.value = Number(range.value) + 1;
        show();
      }, 900);
    });
    L.DomEvent.disableClickPropagation(box);
    show();
    return box;
  };
  bar.addTo(map);
})({{ this._parent.get_name() }}, {{ this.layer.get_name() }});
{% endmacro %}
"""
    )

    def __init__(self, layer: GeoJson, steps: list[str], words: dict[str, str]) -> None:
        super().__init__()
        self._name = "TimeBar"
        self.layer = layer
        self.steps = steps
        self.words = words
