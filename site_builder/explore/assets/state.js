// What is shown, as the address holds it.
explorer.state = (function () {
  const DAYS = { today: 1, yesterday: 1, 7: 7, 30: 30 };
  const MONTHS = { "3m": 3, "6m": 6 };
  const DIMS = ["tenant", "team", "user", "item", "item_type", "project", "task", "model", "provider", "tier", "channel"];
  const TENANTS_OWN = ["team", "user", "item", "project"];
  const DEFAULTS = { range: "30", from: "", to: "", metric: "credits", by: "day", split: "model", previous: "on", stack: "off", columns: "",
    tag: "", tagged: "" };
  const CHOICES = {
    range: [...Object.keys(DAYS), ...Object.keys(MONTHS), "month", "last_month", "billing", "last_billing", "all", "custom"],
    metric: Object.keys(explorer.measures.ALL), by: ["hour", "day", "week", "month"], previous: ["on", "off"], stack: ["on", "off"],
  };

  function isAllowed(name, value) {
    if (name === "split") {
      return DIMS.includes(value) && (value !== "tenant" || explorer.about.isAll) || value.startsWith("tag:");
    }
    return !(name in CHOICES) || CHOICES[name].includes(value);
  }

  function read() {
    const given = new URLSearchParams(location.hash.slice(1));
    const state = { ...DEFAULTS };
    for (const name of [...Object.keys(DEFAULTS), ...DIMS]) {
      const value = given.get(name);
      if (value !== null && isAllowed(name, value)) {
        state[name] = value;
      }
    }
    if (given.has("from") && given.has("to") && !given.has("range")) {
      state.range = "custom";
    }
    if (state.metric === "cost" && !explorer.about.hasCost) {
      state.metric = DEFAULTS.metric;
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
    history.pushState(null, "", text ? "#" + text : location.pathname + location.search);
  }

  // Whose usage begins when: of the one tenant chosen, else of the scope.
  function beginOf(state) {
    const { begins, first } = explorer.about;
    return explorer.dayOf(state.tenant && begins[state.tenant] || first);
  }

  // Its present billing period and the one before, first and last date each, else calendar months; null where several
  // tenants are shown.
  function billingOf(state) {
    const { billing, tenant, asOf } = explorer.about;
    const start = firstOfMonth(explorer.dayOf(asOf));
    const months = [[explorer.isoOf(firstOfMonth(start - 1)), explorer.isoOf(start - 1)], [explorer.isoOf(start), asOf]];
    const known = billing[tenant ?? state.tenant];
    return known ? (known.length ? known : months) : null;
  }

  // The dates asked for, counted from the scope's last date and never from the reader's clock. They may have no data.
  function daysOf(state) {
    const asOf = explorer.dayOf(explorer.about.asOf);
    if (state.range === "custom") {
      const from = explorer.dayOf(state.from || explorer.about.first), to = explorer.dayOf(state.to || explorer.about.asOf);
      const [one, other] = [Number.isFinite(from) ? from : to, Number.isFinite(to) ? to : from];
      return Number.isFinite(one) ? { first: Math.min(one, other), last: Math.max(one, other) } : { first: asOf, last: asOf };
    }
    const periods = (billingOf(state) || []).map(([first, last]) => ({ first: explorer.dayOf(first), last: Math.min(explorer.dayOf(last), asOf) }));
    const named = {
      yesterday: { first: asOf - 1, last: asOf - 1 },
      month: { first: firstOfMonth(asOf), last: asOf },
      last_month: { first: firstOfMonth(firstOfMonth(asOf) - 1), last: firstOfMonth(asOf) - 1 },
      billing: periods.at(-1) || { first: firstOfMonth(asOf), last: asOf },
      last_billing: periods.at(-2) || { first: firstOfMonth(firstOfMonth(asOf) - 1), last: firstOfMonth(asOf) - 1 },
      all: { first: beginOf(state), last: asOf },
    };
    const first = state.range in MONTHS ? monthsBefore(asOf, MONTHS[state.range]) + 1 : asOf - DAYS[state.range] + 1;
    return named[state.range] || { first, last: asOf };
  }

  function firstOfMonth(day) {
    return explorer.dayOf(explorer.monthOf(day) + "-01");
  }

  function monthsBefore(day, count) {
    const [year, month, date] = explorer.isoOf(day).split("-").map(Number);
    const last = new Date(Date.UTC(year, month - count, 0)).getUTCDate();
    return Date.UTC(year, month - 1 - count, Math.min(date, last)) / 86400000;
  }

  // The month before a month, cut to as many days where it is not over; else shifted by whole weeks, so that weekdays meet
  // weekdays.
  function daysBefore(days, state) {
    const asOf = explorer.dayOf(explorer.about.asOf);
    const isOver = explorer.monthOf(days.last + 1) !== explorer.monthOf(days.first);
    const isMonth = ["month", "last_month", "custom"].includes(state.range) && days.first === firstOfMonth(days.last);
    if (isMonth && (isOver || days.last === asOf)) {
      const first = firstOfMonth(days.first - 1);
      return { first, last: isOver ? days.first - 1 : Math.min(first + days.last - days.first, days.first - 1) };
    }
    const shift = 7 * Math.ceil((days.last - days.first + 1) / 7);
    return { first: days.first - shift, last: days.last - shift };
  }

  // What is filtered by. Of tags only the days are known, so nothing else goes with one.
  function filtersOf(state) {
    const tag = tagOf(state);
    if (tag) {
      return state.tag && state.tagged ? { [tag]: state.tagged } : {};
    }
    return Object.fromEntries(DIMS.filter((dim) => state[dim]).map((dim) => [dim, state[dim]]));
  }

  // The tag whose days are shown, "" for none: the one that is filtered by, else the one that it is divided by.
  function tagOf(state) {
    return state.tag && state.tagged ? "tag:" + state.tag : state.split.startsWith("tag:") ? state.split : "";
  }

  // With a key of a dimension filtered by, or no longer.
  function toggled(state, dim, key) {
    if (dim.startsWith("tag:")) {
      const isOn = state.tag === dim.slice(4) && state.tagged === key;
      return { ...state, tag: isOn ? "" : dim.slice(4), tagged: isOn ? "" : key };
    }
    const own = dim === "tenant" ? Object.fromEntries(TENANTS_OWN.map((name) => [name, ""])) : {};
    return { ...state, ...own, [dim]: state[dim] === key ? "" : key };
  }

  return { read, write, daysOf, daysBefore, beginOf, billingOf, filtersOf, tagOf, toggled, DIMS, TENANTS_OWN, DEFAULTS };
})();
