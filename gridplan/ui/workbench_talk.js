// What is said between the editing map and the server. `labels` is the server's word on every unit,
// `pending` are edits that it has not yet answered; the first of them is under way.

const bench = (window.gridplanBench ??= {});
const RETRY_MS = 8000;
const EDITS = ["move", "new", "merge", "split", "mark"];  // what names units or grids: it can be done again
bench.labels ??= [];
bench.pending ??= [];
bench.refused ??= [];
bench.seen ??= -1;

bench.receive = function (state, set) {
  Object.assign(bench, { set, last: [state, set] });
  if (!bench.box?.isConnected) return;  // the map is drawn first
  if (state.plan !== bench.plan) turnTo(state.plan);
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

function turnTo(plan) {
  const lost = bench.pending.filter(message => EDITS.includes(message.do)).length;
  if (lost) hint(bench.words.dropped.replace("{count}", lost), true);
  clearTimeout(bench.retry);
  Object.assign(bench, { plan, seen: -1, pending: [], refused: [], sending: null, state: null });
}

// What later answers are laid over: they speak of what changed since the revision `seen`.
function settle() {
  bench.base = { labels: bench.labels, rows: bench.rows };
  bench.seen = bench.state.revision;
}

function answered(done) {
  clearTimeout(bench.retry);
  bench.sending = null;
  const { error, theirs } = bench.state;
  if (!error) {
    if (done.do === "new") goesOn(done);
  } else if (!EDITS.includes(done.do)) {
    hint(error, true);
  } else {
    const lost = [done, ...bench.pending];  // what was built upon it has lost its ground
    bench.pending = [];
    if (theirs.length) bench.refused = lost.filter(message => EDITS.includes(message.do));
    else hint(lost.length > 1 ? `${error} ${bench.words.dropped.replace("{count}", lost.length - 1)}` : error, true);
  }
}

// More strokes of the same new grid, made before it had a name, go to it.
function goesOn(done) {
  const made = bench.labels[done.units[0]];
  bench.pending = bench.pending.map(message => message.do === "new" && message.batch === done.batch
    ? { id: message.id, do: "move", units: message.units, grid: made } : message);
  if (bench.active === "+" && bench.batch === done.batch) bench.active = made;
}

// One at a time: a second message before the answer would push the first out of the server's hands.
// A message keeps the revision that it was made from: one that was kept unseen is refused, not done twice.
function send() {
  if (bench.sending || !bench.pending.length) return;
  const message = bench.pending[0];
  bench.sending = message.id;
  if (message.seen === undefined) {
    if (bench.state) settle();
    message.seen = bench.seen;
  }
  bench.set("edit", { ...message, plan: bench.plan });
  bench.retry = setTimeout(() => { bench.sending = null; send(); }, RETRY_MS);
}

function ask(message) {
  const id = Date.now().toString(36) + Math.random().toString(36).slice(2, 8);
  bench.pending.push({ id, ...message });
  send();
  redraw();
  return id;
}
bench.ask = ask;
