// What is shown, as the address holds it.
explorer.state = (function () {
  const PRESETS = { today: 1, yesterday: 1, 7: 7, 30: 30, "3m": 3, "6m": 6 };
  const DIMS = ["tenant", "team", "user", "item", "model", "channel"];
  const DEFAULTS = { range: "30", from: "", to: "", metric: "credits", by: "day", split: "model" };
  const CHOICES = {
    range: [...Object.keys(PRESETS), "custom"], metric: ["credits", "requests", "tokens", "cost"],
    by: ["hour", "day", "week", "month"], split: DIMS,
  };

  function read() {
    const given = new URLSearchParams(location.hash.slice(1));
    const state = { ...DEFAULTS };
    for (const name of [...Object.keys(DEFAULTS), ...DIMS]) {
      const value = given.get(name);
      if (value !== null && (!(name in CHOICES) || CHOICES[name].includes(value))) {
        state[name] = value;
      }
    }
    if (given.has("from") && given.has("to") && !given.has("range")) {
      state.range = "custom";
    }
    return state;
  }

  // Only what is not so by itself, so that an address stays short.
  function write(state) {
    const given = new URLSearchParams();
    for (const [name, value] of Object.entries(state)) {
      const isDate = name === "from" || name === "to";
      if (value && value !== DEFAULTS[name] && (!isDate || state.range === "custom")) {
        given.set(name, value);
      }
    }
    const text = given.toString();
    history.replaceState(null, "", text ? "#" + text : location.pathname + location.search);
  }

  // The dates shown, counted from the scope's last date and never from the reader's clock.
  function daysOf(state) {
    const asOf = explorer.dayOf(explorer.about.asOf);
    const begin = explorer.dayOf(explorer.about.first);
    if (state.range === "custom") {
      const from = explorer.dayOf(state.from || explorer.about.first);
      const to = explorer.dayOf(state.to || explorer.about.asOf);
      const first = Math.max(Math.min(from, to) || begin, begin);
      return { first: Math.min(first, asOf), last: Math.max(Math.min(Math.max(from, to) || asOf, asOf), begin) };
    }
    if (state.range === "yesterday") {
      return { first: asOf - 1, last: asOf - 1 };
    }
    const first = state.range.endsWith("m") ? monthsBefore(asOf, PRESETS[state.range]) + 1 : asOf - PRESETS[state.range] + 1;
    return { first, last: asOf };
  }

  function monthsBefore(day, count) {
    const [year, month, date] = explorer.isoOf(day).split("-").map(Number);
    const last = new Date(Date.UTC(year, month - count, 0)).getUTCDate();
    return Date.UTC(year, month - 1 - count, Math.min(date, last)) / 86400000;
  }

  // Shifted by whole weeks, so that weekdays meet weekdays.
  function daysBefore(days) {
    const shift = 7 * Math.ceil((days.last - days.first + 1) / 7);
    return { first: days.first - shift, last: days.last - shift, shift };
  }

  function filtersOf(state) {
    return Object.fromEntries(DIMS.filter((dim) => state[dim]).map((dim) => [dim, state[dim]]));
  }

  return { read, write, daysOf, daysBefore, filtersOf, DIMS, DEFAULTS };
})();
