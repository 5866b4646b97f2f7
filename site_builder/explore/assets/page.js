// Reads the state, sums, shows.
explorer.page = (function () {
  const { table, element, people } = explorer.words;
  const { ALL, TILES, TOTALS, NOT_OF_TAGS } = explorer.measures;
  const { figures, controls, drawings, names } = explorer;
  const FINER = { month: "day", week: "day", day: "hour" };
  // Dates without data further away than this are not drawn.
  const MOST_EMPTY = 366;
  let turn = 0, shown = null;

  // All that follows from the state, before anything is read.
  function planned() {
    const state = explorer.state.read();
    const tag = explorer.state.tagOf(state);
    state.metric = tag && NOT_OF_TAGS.includes(state.metric) ? "credits" : state.metric;
    state.split = tag || state.split;
    const days = explorer.state.daysOf(state);
    const known = { first: explorer.state.beginOf(state), last: explorer.dayOf(explorer.about.asOf) };
    const before = state.previous === "on" ? explorer.state.daysBefore(days, state) : null;
    return { state, tag, days, known, before, filters: explorer.state.filtersOf(state), split: state.split, metric: ALL[state.metric],
      isOutside: days.last < known.first || days.first > known.last, isPastKnown: before !== null && before.last >= known.first };
  }

  function cut(days, known) {
    return { first: Math.max(days.first, known.first - MOST_EMPTY), last: Math.min(days.last, known.last + MOST_EMPTY) };
  }

  // Its sums, now and before, with what it says about hours: `tooFine` are the filters for which some month has none.
  async function summed(plan, metrics) {
    const { state, tag, filters, split, before } = plan;
    const whole = { first: before ? Math.min(before.first, plan.days.first) : plan.days.first, last: plan.days.last };
    const dims = Object.keys(filters);
    const tooFine = tag ? [] : await explorer.sums.hoursLack(whole, dims);
    const isHourly = state.by === "hour" && !tag && !tooFine.length;
    const by = state.by === "hour" && !isHourly ? "day" : state.by;
    const columns = [...new Set(metrics.flatMap((name) => ALL[name].columns))];
    const totals = [...new Set([...TOTALS, ...TILES.flatMap((name) => ALL[name].columns)])].filter((name) => !columns.includes(name));
    const given = { filters, bucketOf: figures.bucketOf(by), isHourly, split, columns, totals };
    const of = (days) => (tag && !dims.length ? untagged({ ...given, days }) : explorer.sums.sum({ ...given, days }));
    const now = await of(plan.days);
    const past = before ? await of(before) : null;
    return { ...plan, whole, tooFine, by, given, now, past };
  }

  // All usage, divided by a tag that not all of it need know.
  async function untagged(given) {
    const { parts, isDivided } = await explorer.sums.sum(given);
    return { ...await explorer.sums.sum({ ...given, split: null }), parts, isDivided };
  }

  async function update() {
    const mine = turn += 1;
    const started = performance.now();
    const found = await summed(planned(), [planned().state.metric]);
    const { state, days, whole, tag, filters, metric } = found;
    const months = await explorer.loaded(whole, [...metric.columns, ...Object.keys(filters), found.split]);
    const tagKeys = (await explorer.loaded(whole, [])).flatMap((month) => month.tagKeys);
    const hours = tag || found.tooFine.length ? null : await explorer.sums.sum({ days, filters, isHourly: true, columns: metric.columns,
      bucketOf: (day, hour) => ((day + 3) % 7) * 24 + hour });
    const rows = rowsOf(found, months);
    const stacked = state.stack === "on" && metric.isSum
      ? await explorer.sums.sum({ ...found.given, days, only: rows.keys.slice(0, figures.MOST_STACKED), totals: [] }) : null;
    // Somebody chose something else meanwhile.
    if (mine !== turn) {
      return;
    }
    controls.offer(state, days, [...new Set(tagKeys)]);
    say(found);
    shown = found;
    figures.tiles(state, found.now, found.past, found.isPastKnown);
    document.getElementById("results").hidden = found.isOutside;
    await (found.isOutside ? explorer.charts.forget() : draw(found, rows, stacked, hours));
    document.body.dataset.shown = String(mine);
    document.body.dataset.took = String(Math.round(performance.now() - started));
  }

  function rowsOf(found, months) {
    names.learn(months, found.state);
    const parts = figures.parts(found);
    const days = cut(found.days, found.known);
    return { parts, trend: figures.trend({ ...found, days }), keys: parts.filter((row) => row.key !== null).map((row) => row.key) };
  }

  // What there is to say of the dates and of what is left out.
  function say({ state, tag, days, before, known, now, past, tooFine, split, isOutside, isPastKnown, filters }) {
    const notes = [];
    const data = "data run from " + figures.range(known).replace(" – ", " to ");
    if (isOutside) {
      notes.push("No data for " + figures.range(days) + ": " + data + ".");
    } else if (days.first < known.first || days.last > known.last) {
      notes.push("Not all of these dates have data: " + data + ".");
    }
    if (!isOutside && !now.rows) {
      notes.push("No usage in these dates" + (Object.keys(filters).length ? " of what is chosen." : "."));
    }
    if (state.range.endsWith("billing") && !explorer.state.billingOf(state)) {
      notes.push("Billing periods are each tenant's own: shown is the calendar month.");
    }
    if (tag) {
      notes.push("A tag is known by day alone: no other filter, no hours, no users, response times or ratings go with it.");
    }
    if (state.by === "hour" && tooFine.length) {
      notes.push(noHoursBy(tooFine) + ": shown by day.");
    }
    const leftOut = [...new Set([...(past ? past.leftOut : []), ...now.leftOut])];
    if (leftOut.length) {
      notes.push("Not kept by what is chosen, and left out: " + leftOut.join(", ") + ".");
    }
    if (!now.isDivided && !tag) {
      notes.push("Some months here are not kept by " + names.labelOf(split).toLowerCase() + ": they are in “Not divided”.");
    }
    document.getElementById("note").textContent = notes.join(" ");
    const since = before && before.first < known.first && isPastKnown ? " (data from " + explorer.isoOf(known.first) + ")" : "";
    const unpriced = now.all.uncosted_requests ? "; " + now.all.uncosted_requests + " messages without a known price" : "";
    document.getElementById("period").textContent = figures.range(days) + (isPastKnown ? ", compared with " + figures.range(before) + since : "") + unpriced;
  }

  function noHoursBy(dims) {
    return "Some months here have no hours by " + dims.map((dim) => names.labelOf(dim).toLowerCase()).join(", ");
  }

  function captionOf({ state, days, metric, filters }, what) {
    const chosen = Object.entries(filters).map(([dim, key]) => names.labelOf(dim) + " " + names.of(dim, key).label);
    return [metric.label + " " + what, explorer.isoOf(days.first) + " to " + explorer.isoOf(days.last), ...chosen];
  }

  function draw(found, rows, stacked, hours) {
    return Promise.all([drawTrend(found, rows, stacked), drawParts(found, rows.parts), drawWeek(found, hours)]);
  }

  function drawTrend(found, rows, stacked) {
    const { by, metric, split, days, before, past, state } = found;
    table("trend-table", ["From", metric.label, ...(past ? ["Compared with", "Before"] : [])],
      rows.trend.map((row) => [row.bucket.label, row.value.text, ...(past ? [row.old ? row.old.label : "", row.oldValue.text] : [])]));
    const keys = stacked ? [...rows.keys.slice(0, figures.MOST_STACKED), ...(rows.parts.length > Math.min(rows.keys.length, figures.MOST_STACKED) ? [null] : [])] : [null];
    const parts = Object.fromEntries(keys.map((key, place) => [key === null ? (stacked ? "others" : "now") : "s" + place,
      key === null ? (stacked ? "All others" : figures.range(days)) : names.of(split, key).label]));
    const bars = rows.trend.flatMap((row) => {
      const own = stacked ? keys.filter((key) => key !== null).map((key) => (stacked.stacks.get(key) || new Map()).get(row.bucket.key) || {}) : [];
      return Object.keys(parts).map((part, place) => {
        const sums = keys[place] === null ? explorer.sums.less(row.sums, own) : own[place];
        const value = row.value.number === null ? row.value : metric.of(sums);
        return { label: row.bucket.label, part, place, name: parts[part], value: value.number, shown: people(value, metric.kind) };
      });
    });
    const line = rows.trend.filter((row) => row.oldValue.number !== null).map((row) => (
      { label: row.bucket.label, part: "before", name: "Before: " + row.old.label, value: row.oldValue.number, shown: people(row.oldValue, metric.kind) }));
    return drawings.trend({ rows: bars, past: line, parts: line.length ? { ...parts, before: "Before: " + figures.range(before) } : parts,
      caption: captionOf(found, "by " + by), unit: metric.label, chosen: (datum) => zoom(state, by, rows.trend.find((row) => row.bucket.label === datum.label)) });
  }

  function zoom(state, by, row) {
    if (row && FINER[by]) {
      go({ ...state, range: "custom", from: explorer.isoOf(row.bucket.first), to: explorer.isoOf(row.bucket.last), by: FINER[by] });
    }
  }

  function drawParts(found, parts) {
    const { metric, split, now, past, state } = found;
    const choose = (row) => row && row.key !== null && go(explorer.state.toggled(explorer.state.read(), split, row.key));
    table("parts-table", [names.labelOf(split), "Id", metric.label, ...(past ? ["Before"] : [])], parts.map((row) => [
      row.key === null ? row.label : button(row, split, () => choose(row)), explorer.words.shownName(row.id || " "), row.value.text, ...(past ? [row.oldValue.text] : [])]));
    const shortened = figures.shortened(parts, now, past, metric);
    const labels = Object.fromEntries(shortened.map((row) => [row.place, row.label]));
    const rows = shortened.map((row) => ({ key: row.place, name: row.label, part: row.key === null ? "others" : "value", value: row.value.number,
      shown: people(row.value, metric.kind) }));
    const old = shortened.filter((row) => row.oldValue.number !== null).map((row) => ({ key: row.place, name: row.label + ", before", part: "before",
      value: row.oldValue.number, shown: people(row.oldValue, metric.kind) }));
    return drawings.parts({ rows, past: found.isPastKnown ? old : [], names: { ...labels, value: "These dates", others: labels.others || "",
      before: "Before" }, caption: captionOf(found, "by " + names.labelOf(split).toLowerCase()),
      unit: metric.label, chosen: (datum) => choose(shortened.find((row) => row.place === datum.key)), state });
  }

  // A row's name, which filters by it, also by key.
  function button(row, split, choose) {
    const made = element("button", "pick", row.label);
    made.type = "button";
    made.title = "Show this alone, or all again";
    made.addEventListener("click", choose);
    return made;
  }

  function drawWeek(found, hours) {
    const { metric, tag, tooFine } = found;
    const nothing = tag ? "Hours are not known by tag." : tooFine.length ? noHoursBy(tooFine) + "." : hours.rows ? "" : "No usage in these dates.";
    const rows = [];
    for (let weekday = 0; hours && weekday < 7; weekday += 1) {
      for (let hour = 0; hour < 24; hour += 1) {
        const value = metric.of(hours.buckets.get(weekday * 24 + hour) || {});
        rows.push({ weekday, hour, value: value.number, shown: people(value, metric.kind), text: value.text });
      }
    }
    document.getElementById("week-note").textContent = nothing;
    table("week-table", ["Weekday", "Hour", metric.label], rows.map((row) => [drawings.WEEKDAYS[row.weekday], String(row.hour), row.text]));
    return drawings.week({ rows, caption: captionOf(found, "by hour of the week"), unit: metric.label,
      words: (number) => people({ number, text: number.toFixed(6) }, metric.kind) });
  }

  // A CSV has its own columns, of which more may have to be read.
  async function saveTable(name) {
    const columns = explorer.exports.columnsOf(shown.state);
    const found = await summed(planned(), columns);
    const rows = name === "trend" ? figures.trend({ ...found, days: cut(found.days, found.known) }) : figures.parts(found);
    const last = name === "trend" ? found.known : found.split;
    explorer.exports.saveTable(explorer.exports[name](columns, rows, found.past !== null, last), fileName(name));
  }

  function fileName(name) {
    return [explorer.about.name, name, explorer.isoOf(shown.days.first), explorer.isoOf(shown.days.last)].join("_");
  }

  function go(state) {
    explorer.state.write(state);
    refresh();
  }

  function refresh() {
    update().catch((fault) => { document.getElementById("note").textContent = fault.message; });
  }

  // What only the other scripts of the months know, so that it can be chosen.
  async function widen() {
    names.learn(await explorer.loaded(shown.whole, explorer.state.DIMS), shown.state);
    refresh();
  }

  return { go, refresh, widen, saveTable, fileName };
})();
