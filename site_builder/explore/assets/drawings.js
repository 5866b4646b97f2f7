// The three charts: what happened when, what it is made of, and at which hours of the week.
explorer.drawings = (function () {
  const { show, hide, colours, config, NARROW } = explorer.charts;
  const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
  // More labels than these are not tried: Vega-Lite would lay them all out to see which overlap.
  const MOST_TICKS = 12;
  // Room for the longest number beside an axis (px), so that the plot need not be laid out again when numbers change.
  const WIDEST_LABEL = 60;
  const FIT = { width: "container", autosize: { type: "fit", contains: "padding" } };
  const NOTHING = "nothing";
  // A name and whose it is stand in lines of their own.
  const NAMED = "split(names[datum.value] || datum.value, ' · ')";

  function tooltip(unit, first) {
    return [{ field: "label", title: first }, { field: "name", title: "What" }, { field: "shown", title: unit }];
  }

  // `rows`: {label, part, name, value, shown} of each bucket and part; `past`: {label, value, shown, …} of the period before.
  // `parts`: what the parts are called, by key, in the order of the stack.
  function trend({ rows, past, parts, caption, unit, chosen }) {
    const paint = colours();
    const labels = [...new Set(rows.map((row) => row.label))];
    const step = Math.ceil(labels.length / MOST_TICKS);
    const ticks = labels.filter((label, place) => place % step === 0);
    const keys = Object.keys(parts);
    const paints = { now: paint.bar, before: paint.before, others: paint.others };
    const range = keys.map((key, place) => paints[key] || paint.stacked[place % paint.stacked.length]);
    const color = { field: "part", type: "nominal", scale: { domain: keys, range }, sort: null,
      legend: { labelExpr: "names[datum.label] || datum.label", columns: innerWidth < NARROW ? 1 : 3 } };
    const x = { field: "label", type: "ordinal", title: null, sort: null,
      axis: { values: ticks, labelAngle: 0, labelOverlap: "greedy", labelSeparation: 8 } };
    const y = { field: "value", type: "quantitative", title: unit, axis: { minExtent: WIDEST_LABEL } };
    const line = { type: "line", interpolate: "linear", strokeDash: [4, 3], point: { size: 12, filled: true } };
    return show("trend", {
      kind: ["trend", unit, ...range, ...keys, ...ticks].join(), data: { rows, past }, words: { caption, names: parts }, chosen,
      isRoomFixed: true,
      spec: {
        ...FIT, height: 260 + 18 * keys.length, config: config(paint),
        layer: [
          { data: { name: "rows" }, mark: { type: "bar", cursor: "pointer" },
            encoding: { x, y, color, order: { field: "place", type: "quantitative" }, tooltip: tooltip(unit, "From") } },
          { data: { name: "past" }, mark: line, encoding: { x, y, color, tooltip: tooltip(unit, "From") } },
        ],
      },
    });
  }

  // `rows`: {key, name, part, value, shown}; `past`: {key, value, shown}.
  function parts({ rows, past, names, caption, unit, chosen }) {
    const paint = colours();
    const keys = ["value", ...(rows.some((row) => row.part === "others") ? ["others"] : []), ...(past.length ? ["before"] : [])];
    const paints = { value: paint.bar, others: paint.others, before: paint.before };
    const color = { field: "part", type: "nominal", scale: { domain: keys, range: keys.map((key) => paints[key]) },
      legend: { labelExpr: "names[datum.label] || datum.label", columns: innerWidth < NARROW ? 1 : 3 } };
    const y = { field: "key", type: "nominal", sort: null, title: null, axis: { labelLimit: innerWidth < NARROW ? 130 : 260, labelExpr: NAMED } };
    const x = { field: "value", type: "quantitative", title: unit, axis: { tickCount: innerWidth < NARROW ? 3 : 6, labelOverlap: "greedy" } };
    const told = [{ field: "name", title: "What" }, { field: "shown", title: unit }];
    return show("parts", {
      kind: ["parts", unit, paint.bar, ...keys].join(), data: { rows, past }, words: { caption, names }, chosen, isRoomFixed: false,
      spec: {
        ...FIT, height: 34 * Math.max(rows.length, 1) + 90, config: config(paint),
        layer: [
          { data: { name: "rows" }, mark: { type: "bar", cursor: "pointer" }, encoding: { x, y, color, tooltip: told } },
          { data: { name: "past" }, mark: { type: "tick", thickness: 3 }, encoding: { x, y, color, tooltip: told } },
        ],
      },
    });
  }

  // `rows`: {weekday, hour, value, shown}; what is nothing, or not known, has no colour. `words` tells a number of the unit.
  function week({ rows, caption, unit, words }) {
    const paint = colours();
    const most = Math.max(0, ...rows.map((row) => row.value || 0));
    if (!most) {
      return hide("week");
    }
    const steps = paint.heat.length;
    const level = (value) => (value ? String(Math.min(steps - 1, Math.floor(steps * value / most))) : NOTHING);
    const named = rows.map((row) => ({ ...row, day: WEEKDAYS[row.weekday], level: level(row.value) }));
    const names = Object.fromEntries(paint.heat.map((colour, place) => [place, words(most * place / steps) + " – " + words(most * (place + 1) / steps)]));
    const domain = [NOTHING, ...Object.keys(names)];
    return show("week", {
      kind: ["week", unit, paint.bar].join(), data: { rows: named }, words: { caption, names: { ...names, [NOTHING]: "nothing" } }, isRoomFixed: true,
      spec: {
        ...FIT, height: 26 * 7 + 110, config: config(paint), data: { name: "rows" }, mark: "rect",
        encoding: {
          x: { field: "hour", type: "ordinal", title: "Local hour", axis: { labelAngle: 0, labelOverlap: "greedy" } },
          y: { field: "day", type: "nominal", sort: WEEKDAYS, title: null },
          color: { field: "level", type: "nominal", sort: null, scale: { domain, range: [paint.none, ...paint.heat] },
            legend: { labelExpr: "names[datum.label]", columns: innerWidth < NARROW ? 2 : 6 } },
          tooltip: [{ field: "day", title: "Weekday" }, { field: "hour", title: "Local hour" }, { field: "shown", title: unit }],
        },
      },
    });
  }

  return { trend, parts, week, WEEKDAYS };
})();
