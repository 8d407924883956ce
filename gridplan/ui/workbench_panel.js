// The verdict beside the editing map: every grid against its limits, what is broken, who keeps what.
// Part of the same module as the map.

const OVER = 1.3;
const count = number => Number(number).toLocaleString();

function panel(box) {
  if (!box?.isConnected) return;
  if (!box.dataset.tab) mount(box);
  const { state, words } = bench, rows = [...bench.rows.values()];
  const put = (name, html) => {  // what is under the planner's hand is replaced only where it differs
    const part = box.querySelector(name);
    if (part.told !== html) part.innerHTML = part.told = html;
  };
  put(".gpw-saved", saved(state, words));
  put(".gpw-sums", sums(state, words));
  put(".gpw-help", helpBox(state, words));
  put(".gpw-findings", findings(rows, state, words));
  put(".gpw-grids", rows.map(row => gridRow(row, words)).join(""));
  put(".gpw-staff", staff(rows, state, words));
}

function saved(state, words) {
  if (bench.pending.length) return `<i class="wait"></i>${escaped(words.saving)}`;
  const by = state.by ? ` · ${escaped(state.by)}` : "";
  return `<i></i>${escaped(words.saved.replace("{step}", count(state.revision)))}${by}`;
}

function sums(state, words) {
  const { broken, findings, proved, moved, households, wanted, posts } = state.sums;
  const boxes = [
    [words.broken, broken, (proved ? words.findings_and : words.findings_of).replace("{count}", count(findings)).replace("{proved}", count(proved)), findings ? "bad" : "good"],
    [words.moved, count(moved), `${((100 * moved) / Math.max(households, 1)).toFixed(1)}%`, ""],
    [words.workers, posts == null ? count(wanted) : `${count(wanted)} / ${count(posts)}`, posts == null ? words.no_roster : wanted > posts ? words.short.replace("{count}", wanted - posts) : words.enough, posts != null && wanted > posts ? "bad" : ""],
  ];
  return boxes.map(([name, value, remark, tone]) => `<div class="${tone}"><small>${name}</small><strong>${value}</strong><small>${remark}</small></div>`).join("");
}

function findings(rows, state, words) {
  const told = [
    ...state.lost.map(found => ["", words.no_grid, ...found]),
    ...rows.flatMap(row => row[16].map(found => [row[0], row[1], ...found])),
  ].sort((a, b) => a[4] - b[4]);
  if (!told.length) return `<p class="good">${escaped(words.all_kept)}</p>`;
  return told.map(([id, code, rule, reason, proved]) =>
    `<button data-grid="${escaped(id)}"><b>${escaped(code)}</b> ${escaped(rule)}${proved ? ` <em>${words.proved}</em>` : ""}<small>${escaped(reason)}</small></button>`).join("");
}

function gridRow(row, words) {
  const [id, code, fill, amount, lower, upper, light, radius, limit, pieces, locked, exclusive, community, present, worker, moved] = row;
  const full = OVER * (upper ?? Math.max(amount, 1)), at = value => Math.min(100, (100 * value) / full).toFixed(1);
  const ticks = [lower, upper].filter(value => value != null).map(value => `<s style="left:${at(value)}%"></s>`).join("");
  const far = limit != null && radius > limit;
  const flags = [
    locked && `<em>${words.locked_flag}</em>`, exclusive && `<em>${words.exclusive_flag}</em>`,
    pieces > 1 && `<em class="bad">${words.pieces.replace("{count}", pieces)}</em>`,
    radius && `<span class="${far ? "bad" : ""}">${words.radius.replace("{metres}", count(radius))}</span>`,
    moved ? `<span>${words.from_elsewhere.replace("{count}", count(moved))}</span>` : "",
  ].filter(Boolean).join("");
  const title = [bench.canvas.places[community], worker ? words.keeps.replace("{worker}", worker) : words.vacant].join(" · ");
  return `<button class="row${id === bench.active || bench.chosen.has(id) ? " on" : ""}" data-grid="${escaped(id)}" title="${escaped(title)}">`
    + `<i style="background:${bench.fills[fill]}"></i><b>${escaped(code)}</b><span class="bar"><u style="width:${at(amount)}%;background:${light}"></u>${ticks}</span>`
    + `<strong style="color:${light}">${count(amount)}</strong><small>${flags}</small></button>`;
}

function staff(rows, state, words) {
  const kept = rows.map(([, code, , , , , , , , , , , , present, worker]) =>
    `<tr class="${worker ? "" : "bad"}"><th>${escaped(code)}</th><td>${escaped(worker || words.vacant)}</td><td>${escaped(present || "—")}</td></tr>`);
  const free = state.staff.map(([code, worker]) => `<tr class="free"><th>—</th><td>${escaped(worker || "—")}</td><td>${escaped(code)} ${escaped(words.unplaced)}</td></tr>`);
  return `<table><thead><tr><th>${words.grid}</th><th>${words.worker}</th><th>${words.present_grid}</th></tr></thead><tbody>${[...free, ...kept].join("")}</tbody></table>`;
}

function mount(box) {
  const { words } = bench;
  box.innerHTML = `<p class="gpw-saved"></p><div class="gpw-sums gp-four narrow"></div><div class="gpw-help"></div><nav>${["grids", "findings", "staff"].map(tab => `<button data-tab="${tab}">${words.tabs[tab]}</button>`).join("")}</nav>`
    + `<div class="gpw-grids" data-body="grids"></div><div class="gpw-findings" data-body="findings"></div><div class="gpw-staff" data-body="staff"></div>`;
  const open = tab => {
    box.dataset.tab = tab;
    box.querySelectorAll("[data-tab]").forEach(each => each.classList.toggle("on", each.dataset.tab === tab));
    box.querySelectorAll("[data-body]").forEach(each => { each.hidden = each.dataset.body !== tab; });
  };
  box.onclick = event => {
    const tab = event.target.closest("[data-tab]"), row = event.target.closest("[data-grid]");
    const help = event.target.closest("[data-help]"), option = event.target.closest("[data-option]");
    if (help) return askHelp(help.dataset.help);
    if (option) return void bench.ask({ do: "option", token: bench.state.help?.token, option: Number(option.dataset.option) });
    if (tab) open(tab.dataset.tab);
    else if (row?.dataset.grid) {
      const more = event.ctrlKey || event.metaKey || event.shiftKey;
      bench.pick(row.dataset.grid, more);
      if (!more) bench.zoomTo(row.dataset.grid);
    }
  };
  open("grids");
}

// ---- the machine: asked for, under way, offered ----

const HELP = ["repair", "split", "grids", "rest", "even", "work", "curve"];

function askHelp(what) {
  const { help } = bench.state;
  if (["stop", "take", "drop"].includes(what)) return void bench.ask({ do: what, token: help?.token, option: help?.chosen });
  const grids = bench.chosen.size ? [...bench.chosen] : bench.rows.has(bench.active) ? [bench.active] : [];
  if (["grids", "split"].includes(what) && !grids.length) return hint(bench.words.help.nothing_chosen, true);
  bench.ask({ do: "ask", kind: what, grids });
}

function helpBox(state, words) {
  const { help } = state, said = words.help;
  const busy = help?.running ? " disabled" : "";
  const asks = HELP.map(kind => `<button data-help="${kind}" title="${escaped(said[kind + "_how"])}"${busy}>${escaped(said[kind])}</button>`).join("");
  return `<div class="asks">${asks}</div>${help ? `<div class="offer">${offer(help, state, said)}</div>` : ""}`;
}

function offer(help, state, said) {
  if (help.running) {
    const step = help.stopping ? said.stopping : `${escaped(said[help.kind])} · ${escaped(help.step)} · ${help.seconds} s`;
    return `<p>${step}</p><div class="bar"><u style="width:${100 * help.share}%"></u></div><button data-help="stop"${help.stopping ? " disabled" : ""}>${said.stop}</button>`;
  }
  if (help.error) return `<p class="bad">${escaped(help.error)}</p><button data-help="drop">${said.drop}</button>`;
  const [moved, broken] = help.options[help.chosen] ?? [0, state.sums.broken];
  const words = said.offer.replace("{moved}", count(moved)).replace("{before}", state.sums.broken).replace("{after}", broken);
  return `${help.options.length > 1 ? curve(help, said) : ""}<p><b>${escaped(said[help.kind])}</b> ${escaped(words)}</p><small>${escaped(said.preview)}</small>`
    + `<div><button class="yes" data-help="take">${said.take}</button><button data-help="drop">${said.drop}</button></div>`;
}

// Households moved from left to right, compactness upwards; each point is a plan that can be looked at.
function curve(help, said) {
  const wide = 330, high = 120, pad = 26;
  const span = values => [Math.min(...values), Math.max(...values) - Math.min(...values) || 1];
  const [x0, dx] = span(help.options.map(option => option[0])), [y0, dy] = span(help.options.map(option => option[3]));
  const at = option => [pad + ((wide - 2 * pad) * (option[0] - x0)) / dx, high - pad - ((high - 2 * pad) * (option[3] - y0)) / dy];
  const dots = help.options.map((option, k) => {
    const [x, y] = at(option);
    return `<g data-option="${k}" class="${k === help.chosen ? "on" : ""}${option[1] ? " bad" : ""}"><circle cx="${x}" cy="${y}" r="7"/><text x="${x}" y="${y - 10}">${count(option[0])}</text></g>`;
  });
  const line = help.options.map(at).sort((a, b) => a[0] - b[0]).map(([x, y]) => `${x},${y}`).join(" ");
  return `<svg viewBox="0 0 ${wide} ${high}" class="curve"><polyline points="${line}"/>${dots.join("")}`
    + `<text class="axis" x="${wide - 4}" y="${high - 5}" text-anchor="end">${said.change} →</text><text class="axis" x="4" y="${high - 5}" text-anchor="start">${said.compact}</text></svg>`;
}
