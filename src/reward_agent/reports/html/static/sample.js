// The page of one sample: what was asked, the candidates side by side, and why they were scored as they were.

function samplePage(detail, options, talk) {
  const runs = detail.judgments;
  return [
    samplePrompt(detail),
    sampleCandidates(detail),
    runs.length ? runs.map((judgment) => judgmentPart(detail, judgment)) : el("p", { class: "note" }, "Not judged yet."),
    detail.columns.length
      ? el("section", {}, el("h3", {}, "What else the row holds"), pairsList(detail.columns))
      : null,
    talkPart(detail, talk),
    detail.place ? el("p", { class: "note" }, `Read from ${detail.place}.`) : null,
  ];
}

function pairsList(pairs) {
  return el("dl", { class: "pairs" }, pairs.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
}

function marked(part, kind) {
  const texts = part.pieces.map(([text, finding]) =>
    finding === null
      ? text
      : el("mark", { class: kind }, text, el("span", { class: "ref" }, String(finding + 1)))
  );
  const cut = part.left_out
    ? el("p", { class: "note" }, `${many(part.left_out, "more character")}: the whole text is in samples.jsonl.`)
    : null;
  return [el("div", { class: "text", dir: "auto" }, part.pieces.some(([t]) => t) ? texts : el("em", {}, "(empty)")), cut];
}

function samplePrompt(detail) {
  return el(
    "section",
    { class: "prompt" },
    el("h3", {}, detail.prompt.length > 1 ? `Prompt, ${detail.prompt.length} messages` : "Prompt"),
    detail.prompt.map((message) => [
      detail.prompt.length > 1 || message.role !== "user" ? el("p", { class: "role" }, message.role) : null,
      marked(message, "asks"),
    ])
  );
}

function sampleCandidates(detail) {
  const scores = detail.judgments.length ? detail.judgments[0].scores : null;
  const top = scores ? Math.max(...scores) : null;
  const cards = detail.candidates.map((candidate, place) => {
    const first = scores && scores[place] === top;
    return el(
      "section",
      { class: `candidate${first ? " first" : ""}`, "aria-label": `candidate ${place + 1}` },
      el(
        "h4",
        {},
        `Candidate ${place + 1}`,
        candidate.key ? el("span", { class: `key ${candidate.key}` }, candidate.key === "best" ? "✔ right" : "✘ not right") : null,
        scores ? el("span", { class: "score" }, `${number(scores[place])}${first ? " ▲ first" : ""}`) : null
      ),
      el("p", { class: "note" }, [candidate.source ? `by ${candidate.source}, ` : "", many(candidate.length, "character")]),
      marked(candidate, "fails")
    );
  });
  const marks = detail.candidates.some((candidate) => candidate.pieces.some(([, finding]) => finding !== null));
  return el(
    "section",
    {},
    el("h3", {}, "Candidates"),
    marks ? el("p", { class: "note" }, "Marked: the words a check objects to, with the number of its row below.") : null,
    el("div", { class: "candidates" }, cards)
  );
}

function judgmentPart(detail, judgment) {
  return el(
    "section",
    { class: "judgment" },
    judgment.name ? el("h3", { class: "run" }, judgment.name) : null,
    judgePart(judgment),
    judgment.signals.map((signal) => signalPart(detail, signal)),
    el("h4", {}, "Which checks, and why"),
    el("p", {}, judgment.why || judgment.checks.join(", ") || "no check applies"),
    usagePart(judgment.usage)
  );
}

function judgePart(judgment) {
  const failures = judgment.failures.map((failure) =>
    el("p", { class: "failure" }, el("strong", {}, `✘ ${failure.source} failed (${failure.kind}): `), failure.error)
  );
  const title = el("h4", {}, "How the score came about");
  if (!judgment.scores) return [title, failures, el("p", {}, "Unjudged: no signal scored every candidate, or the judger failed.")];
  const sum = judgment.arithmetic;
  if (!sum) return [title, failures, el("p", {}, judgment.reason), plainScores(judgment.scores)];
  const head = ["signal", "weight", ...judgment.scores.map((_, place) => `candidate ${place + 1}`)];
  const rows = sum.lines.map((line) =>
    el(
      "tr",
      {},
      el("th", { scope: "row" }, line.signal, line.scale ? el("span", { class: "note" }, ` ${line.scale}`) : null),
      el("td", {}, number(line.weight)),
      line.product.map((product, place) => el("td", {}, term(sum.rule, line, place, product)))
    )
  );
  const total = el("tr", { class: "total" }, el("th", { scope: "row" }, "score"), el("td", {}), sum.totals.map((t) => el("td", {}, number(t))));
  return [
    title,
    failures,
    table("how the final score came about", head, [...rows, total]),
    sum.holds ? null : el("p", { class: "warning" }, `The judgment itself says ${judgment.scores.map((s) => number(s)).join(", ")}: the settings have changed since.`),
    el("p", { class: "note" }, judgment.reason),
  ];
}

function term(rule, line, place, product) {
  if (rule === "vote") return [number(product), el("span", { class: "note" }, ` (scored ${number(line.raw[place])})`)];
  const unit = line.unit ? line.unit[place] : line.raw[place];
  const from = line.unit ? ` from ${number(line.raw[place])}` : "";
  return [number(product), el("span", { class: "note" }, ` = ${number(line.weight)} × ${number(unit)}${from}`)];
}

function plainScores(scores) {
  return el("p", {}, scores.map((score, place) => `candidate ${place + 1}: ${number(score)}`).join("; "));
}

function signalPart(detail, signal) {
  const kind = signal.kind === "preference" ? "preference, in the model's own unit" : "verification, 0 to 1";
  const heads = signal.scores.map((score, place) => `candidate ${place + 1}: ${score === null ? "abstained" : number(score)}`);
  return el(
    "section",
    { class: "signal" },
    el("h4", {}, signal.name, el("span", { class: "note" }, ` ${kind}`)),
    signal.rows ? findingRows(signal, heads) : signal.lists.some((findings) => findings.length) ? findingLists(signal, heads) : el("p", {}, heads.join("; ")),
    signal.left_out ? el("p", { class: "note" }, `${many(signal.left_out, "more finding")} in judgments.jsonl.`) : null,
    signal.notes.map((note) => el("p", { class: "note" }, `${note.subject}: ${note.reason}`)),
    signal.checkers.map(checkerPart)
  );
}

function findingRows(signal, heads) {
  const rows = signal.rows.map((findings, place) =>
    el(
      "tr",
      {},
      el("th", { scope: "row" }, el("span", { class: "ref" }, String(place + 1)), ` ${findings[0].subject}`, sources(findings[0])),
      findings.map((finding) => el("td", { class: "found" }, standing(finding), el("span", { dir: "auto" }, finding.reason)))
    )
  );
  return table(`${signal.name}: what was checked`, ["checked", ...heads], rows, "findings-table");
}

function findingLists(signal, heads) {
  return el(
    "div",
    { class: "candidates" },
    signal.lists.map((findings, place) =>
      el(
        "section",
        { class: "findings" },
        el("h5", {}, heads[place]),
        findings.length
          ? el(
              "ol",
              {},
              findings.map((finding) =>
                el("li", {}, standing(finding), el("span", { class: "subject", dir: "auto" }, finding.subject), el("span", { class: "note" }, ` ${finding.reason}`), sources(finding))
              )
            )
          : null
      )
    )
  );
}

function standing(finding) {
  return el("span", { class: `standing ${finding.class}` }, finding.standing, " ");
}

function sources(finding) {
  return finding.sources.map((source) =>
    el(
      "span",
      { class: "source" },
      source.text ? el("q", { dir: "auto" }, source.text) : null,
      source.href ? link(source.href, source.href) : null
    )
  );
}

function checkerPart(checker) {
  return el(
    "details",
    {},
    el("summary", {}, `${checker.name}: ${checker.why}`),
    el("pre", { class: "code", tabindex: "0" }, checker.source),
    el("h5", {}, "Its self-tests"),
    el("ul", {}, checker.tests.map((test) => el("li", { dir: "auto" }, test)))
  );
}

function usagePart(usage) {
  if (!usage.calls && !usage.cached) return null;
  const cost = usage.cost ? `, $${usage.cost.toFixed(4)}` : "";
  return el("p", { class: "note" }, `${many(usage.calls, "model call")}, ${usage.cached} from the cache, ${many(usage.tokens, "token")}${cost}, ${usage.seconds.toFixed(1)} s of waiting.`);
}

// What was asked of models and what they replied: asked for, since it can be long.
function talkPart(detail, talk) {
  const asked = detail.judgments.some((judgment) => judgment.usage.calls || judgment.usage.cached);
  if (!asked) return null;
  const place = el("div", {}, el("p", { class: "note" }, talk.words));
  const show = async () => {
    fill(place, el("p", { class: "note" }, "Replaying the record …"));
    const found = await talk.ask(detail.id);
    fill(place, found.problem ? el("p", { class: "warning" }, found.problem) : null, found.calls.map(callPart));
  };
  return el(
    "section",
    {},
    el("h3", {}, "Prompts and replies"),
    place,
    talk.ask ? el("button", { type: "button", onclick: show }, "Show prompts and replies") : null
  );
}

function callPart(call) {
  return el(
    "details",
    {},
    el("summary", {}, call.purpose),
    call.messages.map((message) => [el("p", { class: "role" }, message.role), el("pre", { class: "code", tabindex: "0" }, message.content)]),
    el("p", { class: "role" }, call.error ? "failed" : "reply"),
    el("pre", { class: "code", tabindex: "0" }, call.error || call.reply)
  );
}

function table(label, head, rows, kind = null) {
  return el(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": label },
    el("table", { class: kind }, el("thead", {}, el("tr", {}, head.map((cell) => el("th", { scope: "col" }, cell)))), el("tbody", {}, rows))
  );
}
