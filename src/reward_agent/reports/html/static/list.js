// The list of samples: search, filters, order, keys, and the way to the page of one.

const data = JSON.parse(document.getElementById("data").textContent);
const source = data.served ? new Served() : new InFile(data);
const state = { search: "", outcome: "", subset: "", failed: false, disagree: false, flipped: false, within: "", changed: data.runs.length > 1 ? "outcome" : "", order: "interest", offset: 0, limit: 50 };
let shown = [];
let total = 0;
let chosen = -1;
let asked = 0;
let leftAt = 0;

const body = el("tbody", {});
const status = el("p", { class: "status", role: "status" });
const older = el("button", { type: "button", onclick: () => turn(-1) }, "← before");
const newer = el("button", { type: "button", onclick: () => turn(1) }, "next →");
const search = el("input", { type: "search", id: "search", placeholder: "words in prompts, candidates, findings", autocomplete: "off" });

function field(label, control) {
  return el("label", {}, el("span", {}, label), " ", control);
}

function choice(key, pairs) {
  const control = el("select", { name: key }, pairs.map(([value, text]) => el("option", { value }, text)));
  control.value = state[key];
  control.addEventListener("change", () => change(key, control.value));
  return control;
}

function tick(key, label) {
  const control = el("input", { type: "checkbox" });
  control.addEventListener("change", () => change(key, control.checked));
  return el("label", { class: "tick" }, control, label);
}

function controls() {
  const outcomes = data.labelled
    ? ["wrong", "tie", "unjudged", "part", "right"]
    : ["picked", "tie", "unjudged"];
  const names = [["", "all outcomes"], ...outcomes.map((name) => [name, OUTCOMES[name][1]])];
  if (data.served) names.push(["waiting", "waiting"]);
  const subsets = [["", "all subsets"], ...data.subsets.map((name) => [name, name || "(none)"])];
  const orders = [["interest", "most telling first"], ["file", "as in the data"], ["id", "id"], ["margin", "lowest margin"], ["close", "closest"], ["failures", "most failures"]];
  const changes = [["", "all samples"], ["outcome", "changed outcome or pick"], ["better", "better in B"], ["worse", "worse in B"], ["signals", "a signal changed sides"]];
  const within = el("input", { type: "number", step: "any", min: "0", inputmode: "decimal" });
  within.addEventListener("input", () => change("within", within.value));
  search.addEventListener("input", () => change("search", search.value));
  return el(
    "form",
    { class: "controls", role: "search", onsubmit: (event) => event.preventDefault() },
    field("Search", search),
    data.runs.length > 1 ? field("Changes", choice("changed", changes)) : null,
    field("Outcome", choice("outcome", names)),
    data.subsets.length > 1 ? field("Subset", choice("subset", subsets)) : null,
    field("Margin at most", within),
    field("Order", choice("order", orders)),
    el("div", { class: "ticks" }, tick("failed", "something failed"), tick("disagree", "signals disagree"), data.bothOrders ? tick("flipped", "flipped with the order") : null)
  );
}

function change(key, value) {
  state[key] = value;
  state.offset = 0;
  refresh();
}

function turn(pages) {
  const offset = state.offset + pages * state.limit;
  if (offset < 0 || offset >= total) return;
  state.offset = offset;
  refresh();
}

async function refresh() {
  const mine = ++asked;
  let reply;
  try {
    reply = await source.rows(state);
  } catch (error) {
    fill(status, `The list cannot be had: ${error.message}. Is the viewer still running?`);
    return;
  }
  if (mine !== asked) return; // a later question is on its way
  shown = reply.rows;
  total = reply.total;
  chosen = -1;
  fill(body, shown.map(line));
  const to = Math.min(state.offset + shown.length, total);
  fill(status, total ? `${(state.offset + 1).toLocaleString("en")}–${to.toLocaleString("en")} of ${many(total, "sample")}` : "No sample fits these filters.");
  older.disabled = state.offset === 0;
  newer.disabled = to >= total;
  document.documentElement.dataset.ready = "yes";
}

const COMPARED = data.runs.length > 1;

function line(row) {
  const href = `#sample=${encodeURIComponent(row.id)}`;
  const flags = [
    row.failures ? el("span", { class: "flag failed" }, `✘ ${many(row.failures, "failure")}`) : null,
    row.disagree ? el("span", { class: "flag" }, "⇄ signals disagree") : null,
    row.flipped ? el("span", { class: "flag" }, "↕ flipped") : null,
  ];
  return el(
    "tr",
    {},
    el("td", { class: "sample" }, el("a", { href }, row.id), el("span", { class: "excerpt", dir: "auto" }, row.excerpt)),
    COMPARED
      ? [el("td", {}, outcome(row.outcome)), el("td", {}, row.outcome_b ? outcome(row.outcome_b) : "not there"), el("td", {}, (row.why || []).map((why) => el("span", { class: "flag" }, why)))]
      : [el("td", {}, outcome(row.outcome)), el("td", { class: "amount" }, row.margin === null ? "–" : signed(row.margin)), el("td", {}, row.decider || "–"), el("td", {}, row.subset), el("td", {}, flags)]
  );
}

function build() {
  const heads = COMPARED
    ? ["sample", `A: ${data.runs[0]}`, `B: ${data.runs[1]}`, "what changed"]
    : ["sample", "outcome", "margin", "decided by", "subset", ""];
  const rest = data.note ? el("p", { class: "warning" }, data.note) : null;
  add(document.getElementById("list"), [
    rest,
    controls(),
    status,
    el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "samples" }, el("table", { class: "rows" }, el("thead", {}, el("tr", {}, heads.map((head) => (head ? el("th", { scope: "col" }, head) : el("td", {}))))), body)),
    el("p", { class: "pages" }, older, newer, el("span", { class: "note keys" }, "Keys: / search, j and k move, Enter opens, n and p turn pages, Esc goes back")),
  ]);
}

const talk = data.talk
  ? { words: data.talk, ask: data.served && data.canTalk ? (id) => source.talk(id) : null }
  : { words: "", ask: null };

async function route() {
  const article = document.getElementById("sample");
  const main = document.getElementById("main");
  const match = /^#sample=(.*)$/.exec(location.hash);
  if (!match) {
    if (!article.hidden) {
      article.hidden = true;
      main.hidden = false;
      scrollTo(0, leftAt);
      if (body.rows[chosen]) body.rows[chosen].querySelector("a").focus({ preventScroll: true });
    }
    return;
  }
  if (!main.hidden) leftAt = scrollY;
  const id = decoded(match[1]);
  let detail = null;
  let problem = "";
  try {
    detail = await source.sample(id);
  } catch (error) {
    problem = error.message;
  }
  if (location.hash !== match[0]) return;
  main.hidden = true;
  article.hidden = false;
  const row = shown.find((one) => one.id === id);
  fill(
    article,
    el("nav", { class: "steps", "aria-label": "samples" }, el("a", { href: "#samples", class: "back" }, "← all samples"), step(id, -1, "previous"), step(id, 1, "next")),
    el("h2", {}, `Sample ${id}`),
    detail ? el("p", { class: "kicker" }, row ? outcome(row.outcome) : null, detail.subset ? ` ${detail.subset}` : null) : null,
    detail ? samplePage(detail, data, talk) : el("p", { class: "warning" }, problem || missing(id))
  );
  scrollTo(0, 0);
  article.focus({ preventScroll: true });
  document.documentElement.dataset.sample = id;
}

function missing(id) {
  return data.served ? `There is no sample ${id} in this run.` : `Sample ${id} is not in this file. ${data.note || ""}`;
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function step(id, by, word) {
  const place = shown.findIndex((row) => row.id === id);
  const other = place < 0 ? null : shown[place + by];
  return other ? el("a", { href: `#sample=${encodeURIComponent(other.id)}`, class: word }, by < 0 ? "↑ previous" : "next ↓") : null;
}

function move(by) {
  if (!shown.length) return;
  chosen = Math.min(Math.max(chosen + by, 0), shown.length - 1);
  body.rows[chosen].querySelector("a").focus();
}

function key(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
  const open = !document.getElementById("sample").hidden;
  if (event.key === "Escape") {
    if (open) location.hash = "#samples";
    else if (typing) event.target.blur();
    return;
  }
  if (typing) {
    if (event.key === "ArrowDown" && event.target === search) move(1);
    return;
  }
  const steps = { j: "next", k: "previous" };
  if (open) {
    const to = document.querySelector(`#sample .${steps[event.key]}`);
    if (to) to.click();
    return;
  }
  const actions = { "/": () => search.focus(), j: () => move(1), k: () => move(-1), n: () => turn(1), p: () => turn(-1) };
  if (actions[event.key]) {
    event.preventDefault();
    actions[event.key]();
  }
}

// While a run goes on: ask how far it is, and show what is new. The text above the list comes from the server's own
// template, where everything is escaped; it is parsed as a document that runs nothing.
async function watch(before, due = 2) {
  let now = null;
  try {
    now = await source.state();
  } catch {
    setTimeout(watch, 5000, before, due);
    return;
  }
  if (!now) return;
  const moved = before && now.stamp !== before.stamp;
  // The figures may be a few seconds old: they are asked for a few times more.
  const left = moved ? 3 : due;
  if (left > 0 && before) {
    const text = await source.overview();
    const overview = document.getElementById("overview");
    if (text) overview.replaceChildren(...new DOMParser().parseFromString(text, "text/html").body.childNodes);
    if (moved && document.getElementById("sample").hidden && chosen < 0) await refresh();
  }
  setTimeout(watch, 2000, now, Math.max(left - 1, 0));
}

body.addEventListener("focusin", (event) => {
  const row = event.target.closest("tr");
  chosen = row ? [...body.rows].indexOf(row) : chosen;
});
document.addEventListener("keydown", key);
addEventListener("hashchange", route);
build();
refresh().then(route);
if (data.served) watch(null);
