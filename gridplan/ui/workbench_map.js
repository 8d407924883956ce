// The editing map: the ground is drawn once; every answer of the server only recolours it.
// What it shows is `labels` (the server's word), with `pending` edits on top that are not yet kept.

const LEAFLET = "./app/static/vendor/leaflet/dist/leaflet";
const CHOSEN = "#0b3d91", INK = "#1c2733", MOVED = "#c2185b";
const RETRY_MS = 8000, HINT_MS = 4000, BUCKET = 600, SAMPLE_PX = 3;
const TOOLS = { browse: "v", paint: "b", lasso: "l", line: "s", merge: "m" };

const bench = (window.gridplanBench ??= {});
Object.assign(bench, { labels: [], pending: [], seen: -1 });

function leaflet() {
  bench.loading ??= new Promise((done, failed) => {
    const style = document.createElement("link");
    style.rel = "stylesheet";
    style.href = LEAFLET + ".css";
    document.head.append(style);
    if (window.L) return done();
    const script = document.createElement("script");
    script.src = LEAFLET + ".js";
    script.onload = done;
    script.onerror = failed;
    document.head.append(script);
  });
  return bench.loading;
}

// ---- from flat steps to points; north is up, so latitude is y ----

function points(line) {
  const found = [];
  let x = 0, y = 0;
  for (let k = 0; k < line.length; k += 2) found.push([(y += line[k + 1]), (x += line[k])]);
  return found;
}

const latlngs = (lines, unit) => lines.map(points).map(line => line.map(([y, x]) => [y / unit, x / unit]));

// ---- what the server says ----

bench.receive = function (state, set) {
  Object.assign(bench, { set, last: [state, set] });
  if (!bench.box?.isConnected) return;  // the map is drawn first
  if (state.plan !== bench.plan) Object.assign(bench, { plan: state.plan, seen: -1, pending: [], refused: null, state: null });
  if (state.since !== -1 && state.since !== bench.seen) {
    if (!bench.pending.length) ask({ do: "look" });
    return;  // an answer to what was asked before: the next one fits
  }
  const fresh = state.since === -1;
  const labels = fresh ? new Array(bench.canvas.units.id.length).fill("") : bench.base.labels.slice();
  const rows = new Map(fresh ? [] : bench.base.rows);
  state.moved[0].forEach((unit, k) => { labels[unit] = state.names[state.moved[1][k]]; });
  state.gone.forEach(grid => rows.delete(grid));
  state.grids.forEach(row => rows.set(row[0], row));
  bench.rows = new Map([...rows].sort(([, a], [, b]) => a[12] - b[12] || a[1].localeCompare(b[1], "zh", { numeric: true })));
  Object.assign(bench, { state, labels });
  if (fresh) settle();
  if (bench.pending.length && bench.pending[0].id === state.id) answered(bench.pending.shift());
  if (bench.active && bench.active !== "+" && !bench.rows.has(bench.active)) bench.active = null;
  send();
  redraw();
};

// What later answers are laid over: they speak of what changed since the revision `seen`.
function settle() {
  bench.base = { labels: bench.labels, rows: bench.rows };
  bench.seen = bench.state.revision;
}

function answered(done) {
  clearTimeout(bench.retry);
  bench.sending = null;
  if (bench.state.error) {
    bench.pending = [];  // what was built upon it has lost its ground
    if (bench.state.theirs.length) bench.refused = done;
    else hint(bench.state.error, true);
  } else if (done.do === "new") bench.active = bench.labels[done.units[0]];
}

// One at a time: a second message before the answer would push the first out of the server's hands.
function send() {
  if (bench.sending || !bench.pending.length) return;
  const message = bench.pending[0];
  bench.sending = message.id;
  if (bench.state) settle();
  bench.set("edit", { ...message, seen: bench.seen });
  bench.retry = setTimeout(() => { bench.sending = null; send(); }, RETRY_MS);
}

function ask(message) {
  const id = Date.now().toString(36) + Math.random().toString(36).slice(2, 8);
  bench.pending.push({ id, ...message });
  redraw();
  send();
  return id;
}
bench.ask = ask;

// ---- what is shown ----

function shown() {
  const labels = bench.labels.slice(), waiting = new Set();
  const { help } = bench.state, over = help?.moved ? help.moved[0].map((unit, k) => [unit, help.names[help.moved[1][k]]]) : [];
  over.forEach(([unit, grid]) => { labels[unit] = grid; });
  for (const message of bench.pending) {
    if (message.do !== "move" && message.do !== "new") continue;
    for (const unit of message.units) {
      labels[unit] = message.do === "new" ? "+" : message.grid;
      waiting.add(unit);
    }
  }
  bench.refused?.units?.forEach(unit => waiting.add(unit));
  const theirs = bench.refused ? bench.state.theirs : [];
  return { labels, waiting, moved: new Set([...over.map(each => each[0]), ...theirs]) };
}

function redraw() {
  if (!bench.map || !bench.state) return;
  const { labels, waiting, moved } = shown();
  bench.chosen = new Set([...(bench.chosen ?? [])].filter(grid => bench.rows.has(grid)));
  bench.now = labels;
  const cells = bench.cells;
  for (let k = 0; k < cells.length; k++) {
    const row = bench.rows.get(labels[k]);
    const look = labels[k] + "|" + (row ? `${row[2]}${row[10]}` : "") + (waiting.has(k) ? "w" : "") + (moved.has(k) ? "m" : "");
    if (cells[k].look === look) continue;
    cells[k].look = look;
    cells[k].setStyle(style(labels[k], row, waiting.has(k), moved.has(k)));
    if (waiting.has(k) || moved.has(k)) cells[k].bringToFront();
  }
  edges(labels);
  names(labels);
  toolbar();
  clash();
  panel(bench.panel);
}

// Somebody was faster: both sides are on the map, and the planner says what becomes of the second.
function clash() {
  const box = bench.box.querySelector(".gpw-clash");
  box.hidden = !bench.refused;
  if (!bench.refused || box.dataset.of === bench.refused.id) return;
  box.dataset.of = bench.refused.id;
  box.innerHTML = `<p><b>${escaped(bench.state.error)}</b></p><p>${escaped(bench.words.clash)}</p>`
    + `<button data-go="again">${escaped(bench.words.again)}</button> <button data-go="leave">${escaped(bench.words.leave)}</button>`;
}

function style(grid, row, waiting, moved) {
  const fill = grid === "+" ? "#ffffff" : grid && !row ? "#f7c6d9" : row ? (row[10] ? hatch(row[2]) : bench.fills[row[2]]) : "#ffffff";
  if (waiting) return { fillColor: fill, fillOpacity: 0.9, color: INK, weight: 1.5, dashArray: "3 3", opacity: 1 };
  if (moved) return { fillColor: fill, fillOpacity: 0.9, color: MOVED, weight: 2.5, dashArray: null, opacity: 1 };
  return { fillColor: fill, fillOpacity: grid ? 0.72 : 0.5, color: "#ffffff", weight: 0.6, dashArray: null, opacity: 0.7 };
}

function hatch(number) {
  bench.hatches ??= {};
  if (bench.hatches[number]) return bench.hatches[number];
  const tile = Object.assign(document.createElement("canvas"), { width: 12, height: 12 });
  const pen = tile.getContext("2d");
  pen.fillStyle = bench.fills[number];
  pen.fillRect(0, 0, 12, 12);
  pen.strokeStyle = "rgba(28,39,51,.55)";
  pen.lineWidth = 1.5;
  for (const at of [-12, 0, 12]) { pen.moveTo(at, 12); pen.lineTo(at + 12, 0); }
  pen.stroke();
  return (bench.hatches[number] = pen.createPattern(tile, "repeat"));
}

function edges(labels) {
  for (const border of bench.borders) {
    const [a, b] = [labels[border.a], labels[border.b]];
    const look = a === b ? 0 : (a === bench.active || b === bench.active || bench.chosen.has(a) || bench.chosen.has(b)) ? 2 : 1;
    if (look === border.look) continue;
    border.look = look;
    if (look === 0) { border.line.remove(); continue; }
    border.line.setStyle({ color: look === 2 ? CHOSEN : INK, weight: look === 2 ? 4 : 2 });
    if (!bench.map.hasLayer(border.line)) border.line.addTo(bench.map);
  }
}

function names(labels) {
  const units = bench.canvas.units, found = new Map();
  labels.forEach((grid, k) => {
    if (!grid || grid === "+") return;
    const sum = found.get(grid) ?? [0, 0, 0, []];
    const weight = units.households[k] + 0.1;
    sum[0] += weight * units.x[k]; sum[1] += weight * units.y[k]; sum[2] += weight; sum[3].push(k);
    found.set(grid, sum);
  });
  for (const [grid, mark] of bench.marks) if (!found.has(grid)) { mark.remove(); bench.marks.delete(grid); }
  for (const [grid, [sx, sy, weight, members]] of found) {
    const row = bench.rows.get(grid);
    if (!row) continue;
    const [mx, my] = [sx / weight, sy / weight];
    const near = members.reduce((best, k) => {
      const away = (units.x[k] - mx) ** 2 + (units.y[k] - my) ** 2;
      return away < best[0] ? [away, k] : best;
    }, [Infinity, -1])[1];
    const kind = (faulty(row) ? " bad" : row[16].length ? " known" : "") + (grid === bench.active ? " chosen" : "");
    const html = `<div class="gpw-name${kind}"><b>${escaped(row[1])}</b>${row[3].toLocaleString()}${row[10] ? " 🔒" : ""}</div>`;
    const look = html + near;
    const mark = bench.marks.get(grid) ?? L.marker([0, 0], { icon: L.divIcon(), interactive: false, keyboard: false, pane: "names" }).addTo(bench.map);
    bench.marks.set(grid, mark);
    if (mark.look === look) continue;
    mark.look = look;
    mark.setLatLng([units.y[near] / bench.unit, units.x[near] / bench.unit]);
    mark.setIcon(L.divIcon({ html, className: "gpw-mark", iconSize: null }));
  }
}

const faulty = row => row[16].some(found => !found[2]);

function escaped(text) {
  return String(text).replace(/[&<>"]/g, each => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[each]);
}

function hint(text, bad = false) {
  const line = bench.box.querySelector(".gpw-hint");
  line.textContent = text;
  line.classList.toggle("bad", bad);
  line.hidden = !text;
  clearTimeout(bench.hinting);
  bench.hinting = setTimeout(() => { line.hidden = true; }, bad ? 3 * HINT_MS : HINT_MS);
}

// ---- which unit lies under a point ----

function index(units) {
  const buckets = new Map();
  bench.rings = units.rings.map(rings => rings.map(points));
  bench.rings.forEach((rings, k) => {
    const flat = rings.flat(), xs = flat.map(p => p[1]), ys = flat.map(p => p[0]);
    const low = (all) => Math.floor(all.reduce((a, b) => Math.min(a, b), Infinity) / BUCKET);
    const high = (all) => Math.floor(all.reduce((a, b) => Math.max(a, b), -Infinity) / BUCKET);
    for (let i = low(xs); i <= high(xs); i++) for (let j = low(ys); j <= high(ys); j++) {
      const key = i + ":" + j;
      if (!buckets.has(key)) buckets.set(key, []);
      buckets.get(key).push(k);
    }
  });
  bench.buckets = buckets;
}

function inside(rings, x, y) {
  let odd = false;
  for (const ring of rings) for (let k = 0, last = ring.length - 1; k < ring.length; last = k++) {
    const [y1, x1] = ring[k], [y2, x2] = ring[last];
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) odd = !odd;
  }
  return odd;
}

function unitAt(spot) {
  const x = spot.lng * bench.unit, y = spot.lat * bench.unit;
  const near = bench.buckets.get(Math.floor(x / BUCKET) + ":" + Math.floor(y / BUCKET)) ?? [];
  return near.find(k => inside(bench.rings[k], x, y)) ?? -1;
}

// ---- tools ----

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
  if (bench.active === "+") ask({ do: "new", units });
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
    const { id, ...message } = bench.refused;
    bench.refused = null;
    return what === "again" ? void ask(message) : redraw();
  }
  if (what === "undo" || what === "redo") ask({ do: what });
  else if (what === "fit") bench.map.fitBounds(bench.whole);
  else if (what === "new") { bench.active = "+"; choose("paint"); redraw(); hint(bench.words.how.new); }
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
  else if (key === "r" && !strong) ask({ do: "ask", kind: "repair" });
  else if (key === "enter" && bench.state.help?.moved) ask({ do: "take" });
  else return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

function step(by) {
  const grids = [...bench.rows.keys()];
  const at = grids.indexOf(bench.active);
  pick(grids[(at + by + grids.length) % grids.length]);
}

function jump() {
  const broken = [...bench.rows.values()].filter(faulty).map(row => row[0]);
  if (!broken.length) return hint(bench.words.all_kept);
  const next = broken[(broken.indexOf(bench.active) + 1) % broken.length];
  pick(next);
  bench.zoomTo(next);
}

// ---- drawing the ground, once ----

function build(parent, data) {
  const { canvas, words, fills } = data;
  const box = parent.querySelector(".gpw");
  if (bench.map) bench.map.remove();
  Object.assign(bench, { box, canvas, words, fills, unit: canvas.per_m, active: bench.active ?? null, tool: "browse", hatches: {}, marks: new Map(), plan: null });
  box.querySelector(".gpw-bar").innerHTML = bar(words);
  box.querySelector(".gpw-keys").innerHTML = keyList(words);
  box.querySelector(".gpw-active").innerHTML = `${escaped(words.active)} <i></i><b></b>`;
  const map = (bench.map = L.map(box.querySelector(".gpw-map"), {
    crs: L.CRS.Simple, zoomControl: false, attributionControl: false, doubleClickZoom: false,
    boxZoom: false, zoomSnap: 0.25, wheelPxPerZoomLevel: 90, minZoom: -6, maxZoom: 4, keyboard: false,
    fadeAnimation: false,
  }));
  map.createPane("lines").style.zIndex = 450;
  map.getPane("lines").style.pointerEvents = "none";
  map.createPane("names").style.zIndex = 460;
  const flat = L.canvas({ pane: "overlayPane", padding: 0.2 }), lines = L.canvas({ pane: "lines", padding: 0.2 });
  index(canvas.units);
  bench.cells = canvas.units.rings.map(rings => L.polygon(latlngs(rings, bench.unit), { renderer: flat, interactive: false, weight: 0.6, color: "#fff", fillColor: "#fff" }).addTo(map));
  const put = (found, options) => { for (let k = 0; k < found.length; k += 60) L.polyline(latlngs(found.slice(k, k + 60), bench.unit), { renderer: lines, interactive: false, ...options }).addTo(map); };
  const area = (found, options) => found.forEach(ring => L.polygon(latlngs([ring], bench.unit), { renderer: lines, interactive: false, ...options }).addTo(map));
  put(canvas.ground.streets, { color: "#ffffff", weight: 3, opacity: 0.9 });
  area(canvas.ground.water, { color: "#8fb8d3", weight: 1, fillColor: "#b9d6e8", fillOpacity: 1 });
  put(canvas.ground.watercourses, { color: "#a5c9e0", weight: 4 });
  put(canvas.ground.buildings, { color: "#5b6672", weight: 0.8, opacity: 0.8 });
  bench.borders = canvas.borders.map(([a, b, found]) => ({ a, b, look: 0, line: L.polyline(latlngs(found, bench.unit), { renderer: lines, interactive: false, weight: 2, color: INK }) }));
  put(canvas.ground.expressway, { color: "#b08d57", weight: 4 });
  put(canvas.ground.railway, { color: "#4d4d4d", weight: 2.5, dashArray: "8 5" });
  put(canvas.ground.wall, { color: "#7a6a5a", weight: 2, dashArray: "2 3" });
  put(canvas.ground.communities, { color: INK, weight: 3, dashArray: "10 4 2 4" });
  L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
  bench.whole = L.featureGroup(bench.cells).getBounds();
  map.fitBounds(bench.whole);
  map.on("mousedown", pressed).on("mousemove", moved);
  if (!bench.bound) {
    window.addEventListener("mouseup", event => released(event));
    window.addEventListener("keydown", keyed, true);
    window.addEventListener("keyup", event => {
      if (event.key !== " " || !bench.panning) return;
      bench.panning = false;
      if (bench.tool !== "browse") bench.map.dragging.disable();
    });
    bench.bound = true;
  }
  box.addEventListener("pointerdown", () => document.activeElement?.blur(), true);  // keys are the map's again
  box.onclick = event => { const go = event.target.closest("[data-go]")?.dataset.go; if (go) bench.go(go); };
  new ResizeObserver(() => map.invalidateSize({ pan: false })).observe(box);
  if (bench.last) bench.receive(...bench.last);
}

function bar(words) {
  const button = (go, key) => `<button data-go="${go}" title="${escaped(words.tools[go] + (key ? ` (${key})` : ""))}">${escaped(words.tools[go])}${key ? `<kbd>${key}</kbd>` : ""}</button>`;
  return `<span>${button("browse", "V")}${button("paint", "B")}${button("lasso", "L")}${button("line", "S")}${button("merge", "M")}</span>`
    + `<span>${button("new", "N")}${button("none", "0")}</span><span>${button("locked", "K")}${button("exclusive", "E")}</span>`
    + `<span>${button("undo", "")}${button("redo", "")}</span><span>${button("fit", "F")}${button("keys", "?")}</span>`;
}

function keyList(words) {
  return `<h4>${escaped(words.tools.keys)}</h4><table>${words.keys.map(([key, what]) => `<tr><td><kbd>${escaped(key)}</kbd></td><td>${escaped(what)}</td></tr>`).join("")}</table>`;
}

const built = new WeakMap();

export default function (component) {
  const { data, parentElement } = component;
  if (built.get(parentElement) === data.canvas.key + data.language) return;
  built.set(parentElement, data.canvas.key + data.language);
  leaflet().then(() => build(parentElement, data));
}
