"""Signs on a map: small drawings at points, without the pictures that a marker asks for first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from branca.element import MacroElement
from folium.template import Template


@dataclass(frozen=True)
class Sign:
    """One drawing.

    Parameters
    ----------
    latitude, longitude : float
        In degrees WGS 84.
    svg : str
        Inside of an SVG element of 22 × 22 pixels.
    told : str
        HTML under the pointer.
    """

    latitude: float
    longitude: float
    svg: str
    told: str


class Signs(MacroElement):  # type: ignore[misc]  # branca carries no types
    """Signs of one map.

    Parameters
    ----------
    signs : sequence of Sign
        In any order.
    """

    _template = Template(
        """
{% macro script(this, kwargs) %}
(function (map) {
  {{ this.signs|tojson }}.forEach(function (sign) {
    L.marker([sign.latitude, sign.longitude], {
      keyboard: false,
      icon: L.divIcon({className: "gp-sign", iconSize: [22, 22],
        html: '<svg width="22" height="22" viewBox="0 0 22 22">' + sign.svg + "</svg>"})
    }).bindTooltip(sign.told).addTo(map);
  });
})({{ this._parent.get_name() }});
{% endmacro %}
"""
    )

    def __init__(self, signs: Sequence[Sign]) -> None:
        super().__init__()
        self._name = "Signs"
        self.signs = [asdict(sign) for sign in signs]
