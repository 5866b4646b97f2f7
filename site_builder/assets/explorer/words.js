// Numbers, tables and CSV as text.
explorer.words = (function () {
  // A number for charts, and the same exactly, as text.
  function whole(number) {
    return { number, text: String(number) };
  }

  function amount(sums, name) {
    const carried = Math.floor(sums[name + "_millionths"] / 1000000);
    const rest = sums[name + "_millionths"] - 1000000 * carried;
    const text = (sums[name + "_whole"] + carried) + "." + String(rest).padStart(6, "0");
    return { number: Number(text), text };
  }

  function people(value, metric) {
    const digits = metric === "credits" || metric === "cost" ? 2 : 0;
    const [units, rest] = value.text.split(".");
    const tail = digits && rest ? "." + String(Math.round(Number("0." + rest) * 100) / 100).slice(2).padEnd(2, "0") : "";
    return units.replace(/\B(?=(\d{3})+(?!\d))/g, "\u202f") + tail;
  }

  function changeOf(number, old) {
    const change = 100 * (number - old) / old;
    if (!old || Math.abs(change) < 0.05) {
      return old || !number ? "no change" : "none before";
    }
    const size = change >= 1000 ? "×" + Math.round(change / 100 + 1) : Math.abs(change).toFixed(1) + "\u202f%";
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
      values.forEach((value) => row.append(Object.assign(document.createElement("td"), { textContent: value })));
      return row;
    });
    const top = document.createElement("thead");
    const rest = document.createElement("tbody");
    top.append(head);
    rest.append(...body);
    document.getElementById(id).replaceChildren(top, rest);
  }

  // A spreadsheet must not run a name.
  function csv(rows) {
    const cell = (text) => {
      const safe = /^[=+\-@\t\r]/.test(text) && !/^-[\d.]+$/.test(text) ? "'" + text : text;
      return /[",\r\n]/.test(safe) ? '"' + safe.replaceAll('"', '""') + '"' : safe;
    };
    return rows.map((row) => row.map(cell).join(",") + "\r\n").join("");
  }

  return { whole, amount, people, changeOf, element, table, csv };
})();
