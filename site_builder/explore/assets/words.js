// Numbers, tables and CSV as text.
explorer.words = (function () {
  const MOST_NAME = 80;
  const BREAKS = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/g;
  const UNSHOWN = /[\p{Cc}\p{Cs}\p{Cn}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

  // A number as people read it; "–" for what is not known.
  function people(value, kind) {
    if (value.number === null) {
      return "–";
    }
    if (kind === "percent") {
      return percent(value.number);
    }
    if (kind === "seconds" || kind === "mean") {
      const [units, rest] = value.number.toFixed(2).split(".");
      return grouped(units) + explorer.about.marks.decimal + rest + (kind === "seconds" ? "\u202fs" : "");
    }
    const digits = kind === "amount" ? 2 : 0;
    const [units, rest] = value.text.split(".");
    const cents = digits && rest ? Math.round(Number("0." + rest) * 100) : 0;
    const whole = cents === 100 ? String(BigInt(units) + 1n) : units;
    return grouped(whole) + (digits && rest ? explorer.about.marks.decimal + String(cents % 100).padStart(2, "0") : "");
  }

  function grouped(digits) {
    const { thousands, grouping: [last, other] } = explorer.about.marks;
    const parts = [digits.slice(-last)];
    for (let end = digits.length - last; end > 0; end -= other) {
      parts.unshift(digits.slice(Math.max(end - other, 0), end));
    }
    return parts.join(thousands);
  }

  function percent(size) {
    const { decimal, percent: [before, after] } = explorer.about.marks;
    return before + size.toFixed(1).replace(".", decimal) + after;
  }

  function changeOf(value, before, kind) {
    const { number } = value, old = before.number;
    if (number === null || old === null) {
      return "not comparable";
    }
    if (kind === "percent") {
      const points = (number - old).toFixed(1);
      return Number(points) ? (points < 0 ? "▼ −" : "▲ +") + Math.abs(points).toFixed(1).replace(".", explorer.about.marks.decimal) + " points" : "no change";
    }
    const change = 100 * (number - old) / old;
    if (!old || Math.abs(change) < 0.05) {
      return old || !number ? "no change" : "none before";
    }
    const size = change >= 1000 ? "×" + Math.round(change / 100 + 1) : percent(Math.abs(change));
    return (change < 0 ? "▼ −" : change >= 1000 ? "▲ " : "▲ +") + size;
  }

  function element(tag, className, text) {
    const made = document.createElement(tag);
    made.className = className;
    made.textContent = text === undefined ? "" : text;
    return made;
  }

  const folded = new Map();

  // Drawn as it is unfolded: a thousand cells cost more than the sums in them.
  function table(id, heads, rows) {
    const details = document.getElementById(id).closest("details");
    if (!folded.has(id)) {
      details.addEventListener("toggle", () => details.open && folded.get(id)());
    }
    folded.set(id, () => fill(id, heads, rows));
    if (details.open) {
      fill(id, heads, rows);
    }
  }

  function fill(id, heads, rows) {
    const head = document.createElement("tr");
    heads.forEach((text) => head.append(Object.assign(document.createElement("th"), { textContent: text, scope: "col" })));
    const body = rows.map((values) => {
      const row = document.createElement("tr");
      values.forEach((value) => row.append(cellOf(value)));
      return row;
    });
    const top = document.createElement("thead");
    const rest = document.createElement("tbody");
    top.append(head);
    rest.append(...body);
    document.getElementById(id).replaceChildren(top, rest);
  }

  // A text, or what stands there instead of one.
  function cellOf(value) {
    const cell = document.createElement("td");
    cell.append(value);
    return cell;
  }

  // A name as every page shows it: a blank for breaks, a mark for what steers or has no shape, and an end.
  function shownName(text) {
    const clean = [...text.slice(0, 8 * MOST_NAME)].slice(0, 4 * MOST_NAME).join("").replace(BREAKS, " ").replace(UNSHOWN, "\ufffd");
    const squeezed = [...(clean.split(" ").filter((word) => word).join(" ") || "(blank)")];
    return squeezed.length <= MOST_NAME ? squeezed.join("") : squeezed.slice(0, MOST_NAME - 1).join("").trimEnd() + "…";
  }

  // A spreadsheet must not run a name.
  function csv(rows) {
    const cell = (text) => {
      const safe = /^[=+\-@\t\r]/.test(text) ? "'" + text : text;
      return /[",\r\n]/.test(safe) ? '"' + safe.replaceAll('"', '""') + '"' : safe;
    };
    return rows.map((row) => row.map(cell).join(",") + "\r\n").join("");
  }

  return { people, changeOf, element, table, shownName, csv };
})();
