// The verdict beside the editing map: every grid against its limits, what is broken, who keeps what.
// Part of the same module as the map.

const OVER = 1.3;
const count = number => Number(number).toLocaleString();

function panel(box) {
  if (!box?.isConnected) return;
  if (!box.dataset.tab) mount(box);
  const { state, words } = bench, rows = [...bench.rows.values()];
  box.querySelector(".gpw-saved").innerHTML = saved(state, words);
  box.querySelector(".gpw-sums").innerHTML = sums(state, words);
  box.querySelector(".gpw-findings").innerHTML = findings(rows, state, words);
  box.querySelector(".gpw-grids").innerHTML = rows.map(row => gridRow(row, words)).join("");
  box.querySelector(".gpw-staff").innerHTML = staff(rows, state, words);
}

function saved(state, words) {
  if (bench.pending.length) return `<i class="wait"></i>${escaped(words.saving)}`;
  const by = state.by ? ` · ${escaped(state.by)}` : "";
  return `<i></i>${escaped(words.saved.replace("{step}", count(state.revision)))}${by}`;
}

function sums(state, words) {
  const { broken, findings, moved, households, wanted, posts } = state.sums;
  const boxes = [
    [words.broken, broken, words.findings_of.replace("{count}", count(findings)), findings ? "bad" : "good"],
    [words.moved, count(moved), `${((100 * moved) / Math.max(households, 1)).toFixed(1)}%`, ""],
    [words.workers, posts == null ? count(wanted) : `${count(wanted)} / ${count(posts)}`, posts == null ? words.no_roster : wanted > posts ? words.short.replace("{count}", wanted - posts) : words.enough, posts != null && wanted > posts ? "bad" : ""],
  ];
  return boxes.map(([name, value, remark, tone]) => `<div class="${tone}"><small>${name}</small><strong>${value}</strong><small>${remark}</small></div>`).join("");
}

function findings(rows, state, words) {
  const told = [
    ...state.lost.map(([rule, reason]) => ["", words.no_grid, rule, reason]),
    ...rows.flatMap(row => row[16].map(([rule, reason]) => [row[0], row[1], rule, reason])),
  ];
  if (!told.length) return `<p class="good">${escaped(words.all_kept)}</p>`;
  return told.map(([id, code, rule, reason]) =>
    `<button data-grid="${escaped(id)}"><b>${escaped(code)}</b> ${escaped(rule)}<small>${escaped(reason)}</small></button>`).join("");
}

function gridRow(row, words) {
  const [id, code, fill, amount, lower, upper, light, radius, limit, pieces, locked, exclusive, community, present, worker, moved] = row;
  const full = OVER * (upper ?? Math.max(amount, 1)), at = value => Math.min(100, (100 * value) / full).toFixed(1);
  const ticks = [lower, upper].filter(value => value != null).map(value => `<s style="left:${at(value)}%"></s>`).join("");
  const far = limit != null && radius > limit;
  const flags = [
    locked && `<em>${words.locked_flag}</em>`, exclusive && `<em>${words.exclusive_flag}</em>`,
    pieces > 1 && `<em class="bad">${words.pieces.replace("{count}", pieces)}</em>`,
    `<span class="${far ? "bad" : ""}">${words.radius.replace("{metres}", count(radius))}</span>`,
    moved ? `<span>${words.from_elsewhere.replace("{count}", count(moved))}</span>` : "",
  ].filter(Boolean).join("");
  const title = [bench.canvas.places[community], worker ? words.keeps.replace("{worker}", worker) : words.vacant].join(" · ");
  return `<button class="row${id === bench.active ? " on" : ""}" data-grid="${escaped(id)}" title="${escaped(title)}">`
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
  box.innerHTML = `<p class="gpw-saved"></p><div class="gpw-sums gp-four narrow"></div><nav>${["grids", "findings", "staff"].map(tab => `<button data-tab="${tab}">${words.tabs[tab]}</button>`).join("")}</nav>`
    + `<div class="gpw-grids" data-body="grids"></div><div class="gpw-findings" data-body="findings"></div><div class="gpw-staff" data-body="staff"></div>`;
  const open = tab => {
    box.dataset.tab = tab;
    box.querySelectorAll("[data-tab]").forEach(each => each.classList.toggle("on", each.dataset.tab === tab));
    box.querySelectorAll("[data-body]").forEach(each => { each.hidden = each.dataset.body !== tab; });
  };
  box.onclick = event => {
    const tab = event.target.closest("[data-tab]"), row = event.target.closest("[data-grid]");
    if (tab) open(tab.dataset.tab);
    else if (row?.dataset.grid) { bench.pick(row.dataset.grid); bench.zoomTo(row.dataset.grid); }
  };
  open("grids");
}
