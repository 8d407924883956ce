// The editing map: the ground is drawn once; every answer of the server only recolours it.

const LEAFLET = "./app/static/vendor/leaflet/dist/leaflet";
const CHOSEN = "#0b3d91", INK = "#1c2733", MOVED = "#c2185b";
const HINT_MS = 4000, BUCKET = 600;

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
    script.onerror = () => { bench.loading = null; failed(); };
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

// ---- what is shown ----

// The plan as it will be once all is answered, what is drawn (with an offer laid over it), and marks on it.
function shown() {
  const now = bench.labels.slice(), waiting = new Set(bench.stroke?.units);
  for (const message of bench.pending) {
    if (message.do !== "move" && message.do !== "new") continue;
    for (const unit of message.units) {
      now[unit] = message.do === "new" ? "+" : message.grid;
      waiting.add(unit);
    }
  }
  const drawn = now.slice(), { help, theirs } = bench.state;
  const moved = new Set(bench.refused.length ? theirs : []);
  help?.moved?.[0].forEach((unit, k) => { drawn[unit] = help.names[help.moved[1][k]]; moved.add(unit); });
  bench.stroke?.units.forEach(unit => { drawn[unit] = bench.active; });
  bench.refused.forEach(message => message.units?.forEach(unit => waiting.add(unit)));
  return { now, drawn, waiting, moved };
}

function redraw() {
  if (!bench.map || !bench.state) return;
  const { now, drawn: labels, waiting, moved } = shown();
  bench.chosen = new Set([...(bench.chosen ?? [])].filter(grid => bench.rows.has(grid)));
  bench.now = now;
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
  const [first] = bench.refused;
  box.hidden = !first;
  if (!first || box.dataset.of === first.id) return;
  box.dataset.of = first.id;
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

// ---- drawing the ground, once ----

function build(parent, data) {
  const { canvas, words, fills } = data;
  const box = parent.querySelector(".gpw");
  if (bench.map) bench.map.remove();
  if (bench.canvas?.key !== canvas.key) bench.plan = null;  // rows of other units: everything is told anew
  Object.assign(bench, { box, canvas, words, fills, unit: canvas.per_m, active: bench.active ?? null, tool: "browse", hatches: {}, marks: new Map() });
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
  leaflet().then(() => build(parentElement, data), () => {
    built.delete(parentElement);
    parentElement.querySelector(".gpw-map").textContent = data.words.no_scripts;
  });
}
