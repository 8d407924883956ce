// The hands of the planner on the editing map: tools, strokes and keys.

const SAMPLE_PX = 3;

function mayMove(unit) {
  const units = bench.canvas.units, grid = bench.now[unit], row = bench.rows.get(grid);
  if (grid === bench.active) return false;
  if (row?.[10]) return hint(bench.words.locked), false;
  const goal = bench.rows.get(bench.active);
  if (goal?.[10]) return hint(bench.words.locked), false;
  const home = bench.stroke?.community ?? (goal ? goal[12] : null);
  if (home !== null && bench.active && units.community[unit] !== home) return hint(bench.words.other_community), false;
  return true;
}

function take(unit) {
  if (unit < 0 || bench.stroke.units.has(unit) || !mayMove(unit)) return;
  if (bench.active === "+") bench.stroke.community ??= bench.canvas.units.community[unit];
  bench.stroke.units.add(unit);
  const row = bench.rows.get(bench.active);
  bench.cells[unit].look = "stroke";
  bench.cells[unit].setStyle(style(bench.active, row, true, false));
}

function give(units) {
  if (!units.length) return redraw();
  if (bench.active === "+") ask({ do: "new", units, batch: bench.batch });
  else ask({ do: "move", units, grid: bench.active });
}

function pick(grid, more = false) {
  if (!more) bench.chosen = new Set();
  else if (!bench.chosen.size && bench.rows.has(bench.active)) bench.chosen.add(bench.active);
  if (more && bench.chosen.has(grid)) bench.chosen.delete(grid);
  else if (bench.rows.has(grid)) bench.chosen.add(grid);
  bench.active = grid;
  redraw();
}
bench.pick = pick;

function choose(tool) {
  bench.tool = tool;
  bench.map.dragging[tool === "browse" ? "enable" : "disable"]();
  bench.box.querySelector(".gpw-map").dataset.tool = tool;
  if (["paint", "lasso"].includes(tool) && bench.active == null) hint(bench.words.pick_first);
  else hint(bench.words.how[tool]);
  toolbar();
}

function pressed(event) {
  const unit = unitAt(event.latlng);
  if (event.originalEvent.button !== 0 || bench.panning) return;
  if (bench.tool === "browse" || event.originalEvent.altKey) {
    bench.clicked = { unit, at: event.containerPoint };
    return;
  }
  if (bench.tool === "merge") return unit >= 0 && merge(bench.now[unit]);
  if (bench.tool !== "line" && bench.active == null) return hint(bench.words.pick_first, true);
  if (bench.tool === "line" && !bench.rows.has(bench.active)) return hint(bench.words.pick_first, true);
  bench.stroke = { units: new Set(), line: [event.latlng], at: event.containerPoint };
  if (bench.tool === "paint") take(unit);
  else bench.trace = L.polyline([event.latlng], { color: CHOSEN, weight: 2.5, dashArray: "5 4", interactive: false, pane: "lines" }).addTo(bench.map);
}

function moved(event) {
  tell(unitAt(event.latlng));
  if (!bench.stroke) return;
  if (bench.tool === "paint") {
    const from = bench.stroke.at, to = event.containerPoint;
    const steps = Math.max(1, Math.ceil(from.distanceTo(to) / SAMPLE_PX));
    for (let k = 1; k <= steps; k++) {
      take(unitAt(bench.map.containerPointToLatLng(from.add(to.subtract(from).multiplyBy(k / steps)))));
    }
  } else bench.trace.addLatLng(event.latlng);
  bench.stroke.line.push(event.latlng);
  bench.stroke.at = event.containerPoint;
}

function released(event) {
  const { stroke, clicked } = bench;
  bench.stroke = bench.clicked = null;
  bench.trace?.remove();
  if (clicked) {
    const stood = !event.clientX || Math.hypot(...(p => [p.x - clicked.at.x, p.y - clicked.at.y])(bench.map.mouseEventToContainerPoint(event))) < 4;
    if (stood && clicked.unit >= 0) pick(bench.now[clicked.unit] || null, event.ctrlKey || event.shiftKey);
    return;
  }
  if (!stroke) return;
  if (bench.tool === "paint") return give([...stroke.units]);
  const line = stroke.line.map(spot => [Math.round(spot.lng * bench.unit), Math.round(spot.lat * bench.unit)]);
  if (line.length < 2) return;
  if (bench.tool === "line") return void ask({ do: "split", grid: bench.active, line });
  const ring = [line.map(([x, y]) => [y, x])], units = bench.canvas.units;
  bench.stroke = { units: new Set() };
  units.x.forEach((x, k) => { if (inside(ring, x, units.y[k])) take(k); });
  const caught = [...bench.stroke.units];
  bench.stroke = null;
  give(caught);
}

function merge(grid) {
  if (!grid || grid === bench.active || !bench.rows.has(bench.active)) return hint(bench.words.how.merge);
  ask({ do: "merge", grids: [grid], into: bench.active });
}

function tell(unit) {
  const line = bench.box.querySelector(".gpw-tell");
  if (unit < 0) return void (line.textContent = "");
  const { name, households, estimated } = bench.canvas.units;
  const row = bench.rows?.get(bench.now[unit]);
  const held = `${estimated[unit] ? "≈" : ""}${households[unit].toLocaleString()} ${bench.words.households}`;
  line.textContent = `${name[unit]} · ${held} · ${row ? `${bench.words.grid} ${row[1]}` : bench.words.no_grid}`;
}

function switchMark(mark) {
  const row = bench.rows.get(bench.active);
  if (!row) return hint(bench.words.pick_first, true);
  ask({ do: "mark", grid: bench.active, mark, on: !row[mark === "locked" ? 10 : 11] });
}

bench.zoomTo = function (grid) {
  const corners = [];
  bench.now.forEach((label, k) => { if (label === grid) corners.push(bench.cells[k].getBounds()); });
  if (!corners.length) return;
  const all = corners.reduce((sum, each) => sum.extend(each), L.latLngBounds(corners[0]));
  bench.map.flyToBounds(all.pad(0.6), { duration: 0.4 });
};

bench.go = function (what) {
  if (what === "again" || what === "leave") {
    const refused = bench.refused;
    bench.refused = [];
    if (what === "again") refused.forEach(({ id, seen, ...message }) => ask(message));
    return redraw();
  }
  if (what === "undo" || what === "redo") ask({ do: what });
  else if (what === "fit") bench.map.fitBounds(bench.whole);
  else if (what === "new") { bench.active = "+"; bench.batch = Date.now(); choose("paint"); redraw(); hint(bench.words.how.new); }
  else if (what === "none") { bench.active = ""; choose("paint"); redraw(); hint(bench.words.how.none); }
  else if (what === "locked" || what === "exclusive") switchMark(what);
  else if (what === "keys") bench.box.querySelector(".gpw-keys").toggleAttribute("hidden");
  else choose(what);
};

function toolbar() {
  const { box, state } = bench, row = bench.rows?.get(bench.active);
  box.querySelectorAll("[data-go]").forEach(button => {
    const go = button.dataset.go;
    button.classList.toggle("on", go === bench.tool || (go === "locked" && !!row?.[10]) || (go === "exclusive" && !!row?.[11]));
    button.disabled = (go === "undo" && !state?.undo) || (go === "redo" && !state?.redo) || (["locked", "exclusive", "merge", "line"].includes(go) && !row);
  });
  const chip = box.querySelector(".gpw-active");
  const names = { "+": bench.words.new_grid, "": bench.words.no_grid };
  chip.querySelector("i").style.background = row ? bench.fills[row[2]] : "#fff";
  chip.querySelector("b").textContent = row ? row[1] : names[bench.active] ?? bench.words.nothing_active;
}

const KEYS = { v: "browse", b: "paint", l: "lasso", s: "line", m: "merge", n: "new", k: "locked", e: "exclusive", 0: "none", f: "fit", "?": "keys" };

function keyed(event) {
  if (!bench.box?.isConnected || /^(input|textarea|select)$/i.test(event.target.tagName) || event.target.isContentEditable) return;
  if (/^(Enter| |Escape)$/.test(event.key) && event.target.closest("button, a, [role]")) return;  // they are the button's
  const key = event.key.toLowerCase(), strong = event.ctrlKey || event.metaKey;
  let go = null;
  if (strong && key === "z") go = event.shiftKey ? "redo" : "undo";
  else if (strong && key === "y") go = "redo";
  else if (!strong && !event.altKey) go = KEYS[key];
  if (go) bench.go(go);
  else if (!strong && (key === "[" || key === "]")) step(key === "]" ? 1 : -1);
  else if (!strong && key === "z" && bench.active) bench.zoomTo(bench.active);
  else if (key === "escape") { bench.stroke = null; bench.trace?.remove(); choose("browse"); redraw(); }
  else if (key === " " && bench.tool !== "browse") { bench.panning = true; bench.map.dragging.enable(); }
  else if (key === "j" && !strong) jump();
  else if (key === "r" && !strong) askHelp("repair");
  else if (key === "enter" && bench.state?.help?.moved) askHelp("take");
  else return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

function step(by) {
  if (!bench.rows?.size) return;
  const grids = [...bench.rows.keys()];
  const at = grids.indexOf(bench.active);
  pick(grids[(at + by + grids.length) % grids.length]);
}

function jump() {
  if (!bench.rows?.size) return;
  const broken = [...bench.rows.values()].filter(faulty).map(row => row[0]);
  if (!broken.length) return hint(bench.words.all_kept);
  const next = broken[(broken.indexOf(bench.active) + 1) % broken.length];
  pick(next);
  bench.zoomTo(next);
}

