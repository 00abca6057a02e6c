// Where samples come from: this file, or the server that sent the page. Both answer alike:
//   rows(query) -> {total, rows}    sample(id) -> detail    state() -> {stamp, judged, total} or null

class InFile {
  constructor(data) {
    this.data = data;
    this.rowsAll = data.rows.map((values, place) => ({ ...named(data.columns, values), place }));
    this.byId = new Map(this.rowsAll.map((row) => [row.id, row]));
    this.blocks = document.querySelectorAll("script.block");
    this.opened = new Map();
    this.texts = null;
  }

  async rows(query) {
    const words = query.search.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length && !this.texts) this.texts = await this.allTexts();
    const found = this.rowsAll.filter((row) => this.fits(row, query, words));
    found.sort(ORDERS[query.order] || ORDERS.interest);
    return { total: found.length, rows: found.slice(query.offset, query.offset + query.limit) };
  }

  fits(row, query, words) {
    if (query.outcome && row.outcome !== query.outcome) return false;
    if (query.subset && row.subset !== query.subset) return false;
    if (query.failed && !row.failures) return false;
    if (query.disagree && !row.disagree) return false;
    if (query.flipped && !row.flipped) return false;
    if (query.within !== "" && !(row.margin !== null && Math.abs(row.margin) <= Number(query.within))) return false;
    return words.every((word) => this.texts[row.place].includes(word));
  }

  async sample(id) {
    const row = this.byId.get(id);
    if (!row) return null;
    const block = await this.block(Math.floor(row.place / this.data.block));
    return block[row.place % this.data.block] || null;
  }

  async block(place) {
    if (!this.opened.has(place)) this.opened.set(place, unpacked(this.blocks[place].textContent));
    return this.opened.get(place);
  }

  async allTexts() {
    const blocks = await Promise.all([...this.blocks].map((_, place) => this.block(place)));
    return blocks.flat().map((detail) => JSON.stringify(searched(detail)).toLowerCase());
  }

  async state() {
    return null;
  }
}

class Served {
  async rows(query) {
    const asked = new URLSearchParams();
    for (const [key, value] of Object.entries(query)) {
      if (value === true) asked.set(key, "1");
      else if (value !== "" && value !== false && value !== null) asked.set(key, value);
    }
    const reply = await this.ask(`api/rows?${asked}`);
    return { total: reply.total, rows: reply.rows.map((values) => named(reply.columns, values)), ms: reply.ms };
  }

  sample(id) {
    return this.ask(`api/sample?id=${encodeURIComponent(id)}`);
  }

  talk(id) {
    return this.ask(`api/talk?id=${encodeURIComponent(id)}`);
  }

  state() {
    return this.ask("api/state");
  }

  async overview() {
    const reply = await fetch("overview");
    return reply.ok ? reply.text() : null;
  }

  async ask(address) {
    const reply = await fetch(address, { headers: { accept: "application/json" } });
    if (reply.status === 404) return null;
    if (!reply.ok) throw new Error(`the server answered ${reply.status}`);
    return reply.json();
  }
}

const last = (value) => (value === null ? Infinity : value);
const ORDERS = {
  interest: (a, b) => a.place - b.place,
  file: (a, b) => a.no - b.no,
  id: (a, b) => (a.id < b.id ? -1 : 1),
  margin: (a, b) => last(a.margin) - last(b.margin) || a.no - b.no,
  close: (a, b) => Math.abs(last(a.margin)) - Math.abs(last(b.margin)) || a.no - b.no,
  failures: (a, b) => b.failures - a.failures || a.no - b.no,
};

function named(columns, values) {
  return Object.fromEntries(columns.map((column, place) => [column, values[place]]));
}

async function unpacked(text) {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

// What a search looks through: the texts and what was found, without the marks that split them.
function searched(detail) {
  const joined = (part) => part.pieces.map(([text]) => text).join("");
  return [detail.id, detail.prompt.map(joined), detail.candidates.map(joined), detail.judgments];
}
