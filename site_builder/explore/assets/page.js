// Filters, figures and tables: reads the state, sums, shows.
(function () {
  const { whole, amount, people, changeOf, element, table, shownName, csv } = explorer.words;
  const METRICS = {
    credits: { label: "Credits", of: (sums) => amount(sums, "credits") },
    requests: { label: "Messages", of: (sums) => whole(sums.requests) },
    tokens: { label: "Tokens", of: (sums) => whole(sums.total_tokens) },
    cost: { label: "Known cost (USD)", of: (sums) => amount(sums, "cost") },
  };
  const NONE = { tenant: "No tenant", team: "No team", user: "No user", item: "No item", model: "No model", channel: "No channel" };
  const MOST_PARTS = 12;
  const about = JSON.parse(document.getElementById("about").textContent);
  const filters = document.getElementById("filters");
  const shown = { trend: [], parts: [] };
  let turn = 0;
  explorer.about = about;

  // By this name alone: a form's own `item` is a method.
  function control(name) {
    return filters.elements.namedItem(name);
  }

  function bucketOf(by) {
    if (by === "hour") {
      return (day, hour) => day * 24 + hour;
    }
    if (by === "week") {
      return (day) => day - ((day + 3) % 7);
    }
    return by === "month" ? (day) => explorer.monthOf(day) : (day) => day;
  }

  function labelOf(by, bucket) {
    if (by === "hour") {
      return explorer.isoOf(Math.floor(bucket / 24)) + " " + String(bucket % 24).padStart(2, "0");
    }
    return by === "month" ? bucket : explorer.isoOf(bucket);
  }

  function bucketsOf(days, by) {
    const found = new Set();
    const bucket = bucketOf(by);
    for (let day = days.first; day <= days.last; day += 1) {
      for (let hour = 0; hour < (by === "hour" ? 24 : 1); hour += 1) {
        found.add(bucket(day, hour));
      }
    }
    return [...found];
  }

  async function update() {
    const mine = turn += 1;
    const started = performance.now();
    const state = explorer.state.read();
    const days = explorer.state.daysOf(state);
    const before = explorer.state.daysBefore(days);
    const chosen = explorer.state.filtersOf(state);
    const lacking = await explorer.hoursLack({ first: before.first, last: days.last });
    const tooFine = Object.keys(chosen).filter((dim) => lacking.has(dim));
    const by = state.by === "hour" && tooFine.length ? "day" : state.by;
    const split = state.split === "tenant" && !about.isAll ? "model" : state.split;
    const isHourly = by === "hour";
    const now = await explorer.sum(days, chosen, bucketOf(by), isHourly, split);
    const past = await explorer.sum(before, chosen, bucketOf(by), isHourly, split);
    const hours = tooFine.length ? null : await explorer.sum(days, chosen, (day, hour) => ((day + 3) % 7) * 24 + hour, true, "model");
    // Somebody chose something else meanwhile.
    if (mine !== turn) {
      return;
    }
    await offer(state, days, before);
    notes(state, now, past, tooFine, split);
    figures(state, days, before, now, past);
    await Promise.all([trend(state, by, days, before, now, past), parts(state, split, now, past), week(state, hours, tooFine)]);
    document.body.dataset.shown = String(mine);
    document.body.dataset.took = String(Math.round(performance.now() - started));
  }

  function notes(state, now, past, tooFine, split) {
    const said = [];
    if (tooFine.length && state.by === "hour") {
      said.push(noHoursBy(tooFine) + ": shown by day.");
    }
    const leftOut = [...new Set([...past.leftOut, ...now.leftOut])];
    if (leftOut.length) {
      said.push("Too large to be kept by what is chosen, and left out: " + leftOut.join(", ") + ".");
    }
    if (!now.isDivided) {
      said.push("Some months here are too large to be divided by " + split + ".");
    }
    document.getElementById("note").textContent = said.join(" ");
  }

  function noHoursBy(dims) {
    return "Some months here are too large for hours by " + dims.join(", ");
  }

  function figures(state, days, before, now, past) {
    const range = (span) => explorer.isoOf(span.first) + " – " + explorer.isoOf(span.last);
    const hasPast = before.last >= explorer.dayOf(about.first);
    const tiles = Object.entries(METRICS).map(([name, metric]) => [metric.label, metric.of(now.all), metric.of(past.all), name]);
    if (now.users && past.users) {
      const active = (sums) => whole([...sums.users].filter((key) => !isNone("user", key)).length);
      tiles.push(["Active users", active(now), active(past), "users"]);
    }
    tiles.push(["Failed messages", whole(now.all.errors), whole(past.all.errors), "errors"]);
    document.getElementById("tiles").replaceChildren(...tiles.map(([label, value, old, name]) => tile(label, value, old, name, hasPast)));
    const uncosted = now.all.uncosted_requests ? "; " + now.all.uncosted_requests + " messages without a known price" : "";
    document.getElementById("period").textContent = range(days) + (hasPast ? ", compared with " + range(before) : "") + uncosted;
  }

  function tile(label, value, old, name, hasPast) {
    const text = hasPast ? changeOf(value.number, old.number) : "no earlier period";
    const item = element("li", "tile");
    const figure = element("span", "tile-value", people(value, name));
    figure.dataset.exact = value.text;
    figure.dataset.figure = name;
    item.append(element("span", "tile-label", label), figure, element("span", "delta", text));
    if (hasPast) {
      item.append(element("span", "before", "before: " + people(old, name)));
    }
    return item;
  }

  function trend(state, by, days, before, now, past) {
    const metric = METRICS[state.metric];
    const earlier = bucketsOf(before, by);
    const rows = bucketsOf(days, by).map((bucket, place) => {
      const old = place < earlier.length ? earlier[place] : null;
      const oldSums = old === null ? null : metric.of(past.buckets.get(old) || explorer.nothing());
      const value = metric.of(now.buckets.get(bucket) || explorer.nothing());
      return { label: labelOf(by, bucket), value, old: old === null ? "" : labelOf(by, old), oldSums };
    });
    shown.trend = [["from", state.metric, "previous_from", "previous_" + state.metric],
      ...rows.map((row) => [row.label, row.value.text, row.old, row.oldSums ? row.oldSums.text : ""])];
    table("trend-table", ["From", metric.label, "Compared with", "Before"], shown.trend.slice(1));
    return explorer.charts.trend(rows.map((row) => ({ label: row.label, value: row.value.number, before: row.oldSums ? row.oldSums.number : null })), metric.label);
  }

  function parts(state, split, now, past) {
    const metric = METRICS[state.metric];
    const rows = [...now.parts].map(([key, sums]) => ({ key, value: metric.of(sums), old: metric.of(past.parts.get(key) || explorer.nothing()) }));
    rows.sort((one, other) => other.value.number - one.value.number || (one.key < other.key ? -1 : 1));
    shown.parts = [[split, "name", state.metric, "previous_" + state.metric],
      ...rows.map((row) => [idOf(split, row.key), nameOf(split, row.key), row.value.text, row.old.text])];
    table("parts-table", [split, "Name", metric.label, "Before"],
      shown.parts.slice(1).map(([id, name, ...figures]) => [shownName(id), shownName(name), ...figures]));
    return explorer.charts.parts(rows.slice(0, MOST_PARTS).map((row) => ({ label: shownName(nameOf(split, row.key)), value: row.value.number })), metric.label);
  }

  function week(state, hours, tooFine) {
    const metric = METRICS[state.metric];
    document.getElementById("week-note").textContent = hours ? "" : noHoursBy(tooFine) + ".";
    const rows = [];
    for (let weekday = 0; weekday < 7; weekday += 1) {
      for (let hour = 0; hour < 24; hour += 1) {
        const value = metric.of(hours && hours.buckets.get(weekday * 24 + hour) || explorer.nothing());
        rows.push({ weekday, hour, value });
      }
    }
    table("week-table", ["Weekday", "Hour", metric.label], hours ? rows.map((row) => [explorer.charts.WEEKDAYS[row.weekday], String(row.hour), row.value.text]) : []);
    return explorer.charts.week(rows.map((row) => ({ ...row, value: row.value.number })), metric.label);
  }

  // What there is to choose: the names in the dates shown, and those before them.
  async function offer(state, days, before) {
    const loaded = await explorer.loaded({ first: before.first, last: days.last });
    for (const dim of explorer.state.DIMS) {
      const select = control(dim);
      if (!select) {
        continue;
      }
      const entries = new Map();
      for (const month of loaded) {
        for (const [id, name, tenant] of month.names[dim] || []) {
          if (!state.tenant || tenant === null || tenant === state.tenant) {
            entries.set(explorer.keyOf(id, tenant), id === "(none)" ? NONE[dim] : name);
          }
        }
      }
      names[dim] = entries;
      const options = [...entries].sort((one, other) => (one[1] < other[1] ? -1 : one[1] > other[1] ? 1 : one[0] < other[0] ? -1 : 1));
      const chosen = state[dim] || "";
      if (chosen && !entries.has(chosen)) {
        options.push([chosen, idOf(dim, chosen)]);
      }
      select.replaceChildren(new Option("All", ""), ...options.map(([key, name]) => new Option(shownName(name), key)));
      select.value = chosen;
    }
    for (const name of ["range", "metric", "by"]) {
      control(name).value = state[name];
    }
    control("split").value = state.split;
    control("from").value = explorer.isoOf(days.first);
    control("to").value = explorer.isoOf(days.last);
  }

  const names = {};

  function isNone(dim, key) {
    return idOf(dim, key) === "(none)";
  }

  // What is a tenant's own goes by both ids; an id of somebody else's may look like that.
  function idOf(dim, key) {
    return ["team", "user", "item"].includes(dim) && key.startsWith("[") ? JSON.parse(key)[1] : key;
  }

  function nameOf(dim, key) {
    return isNone(dim, key) ? NONE[dim] : (names[dim] && names[dim].get(key)) || idOf(dim, key);
  }

  function download(name) {
    const days = explorer.state.daysOf(explorer.state.read());
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([csv(shown[name])], { type: "text/csv;charset=utf-8" }));
    link.download = [about.name, name, explorer.isoOf(days.first), explorer.isoOf(days.last)].join("_") + ".csv";
    link.click();
    URL.revokeObjectURL(link.href);
  }

  function choose(event) {
    const state = explorer.state.read();
    const { name, value } = event.target;
    state[name] = value;
    if (name === "from" || name === "to") {
      Object.assign(state, { range: "custom", from: control("from").value, to: control("to").value });
    }
    if (name === "range" && value === "custom") {
      Object.assign(state, { from: control("from").value, to: control("to").value });
    }
    if (name === "tenant") {
      Object.assign(state, { team: "", user: "", item: "" });
    }
    explorer.state.write(state);
    refresh();
  }

  function refresh() {
    update().catch((fault) => { document.getElementById("note").textContent = fault.message; });
  }

  filters.addEventListener("change", choose);
  control("split").addEventListener("change", choose);
  filters.addEventListener("reset", (event) => {
    event.preventDefault();
    explorer.state.write(explorer.state.DEFAULTS);
    refresh();
  });
  filters.addEventListener("submit", (event) => event.preventDefault());
  for (const name of ["trend", "parts"]) {
    document.getElementById(name + "-csv").addEventListener("click", () => download(name));
  }
  addEventListener("hashchange", refresh);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { explorer.charts.forget(); refresh(); });
  refresh();
})();
