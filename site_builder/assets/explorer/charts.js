// Charts by Vega-Lite, without a compiler for its expressions: the page's policy forbids code from text.
explorer.charts = (function () {
  const OPTIONS = { ast: true, actions: false, defaultStyle: false, renderer: "svg", logLevel: 1, tooltip: { disableDefaultStyle: true } };
  const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
  const drawn = new Map();

  function colours() {
    const style = getComputedStyle(document.documentElement);
    const of = (name) => style.getPropertyValue("--" + name).trim();
    return { ink: of("ink"), muted: of("muted"), grid: of("grid"), bar: of("c1"), ghost: of("c4"), heat: [of("h0"), of("h3"), of("h5")] };
  }

  function config(paint) {
    return {
      background: null, font: "system-ui, sans-serif", view: { stroke: null },
      axis: { labelColor: paint.muted, titleColor: paint.muted, gridColor: paint.grid, domainColor: paint.grid,
        tickColor: paint.grid, labelFontSize: 12, titleFontSize: 12 },
      legend: { labelColor: paint.muted, titleColor: paint.muted },
    };
  }

  // Groups of digits are counted from the right, and start over where the list ends.
  function marks() {
    const { decimal, thousands, grouping: [last, other] } = explorer.about.marks;
    return { decimal, thousands, grouping: [last, ...Array(6).fill(other)], currency: ["", ""] };
  }

  // The same chart gets other rows; another one, or one in another theme, is drawn anew.
  async function show(id, kind, rows, spec) {
    const element = document.getElementById(id);
    const known = drawn.get(id);
    if (known && known.kind === kind) {
      return known.view.data("rows", rows).resize().runAsync();
    }
    if (known) {
      known.finalize();
    }
    const embedded = await vegaEmbed(element, { ...spec, data: { name: "rows", values: rows } }, { ...OPTIONS, formatLocale: marks() });
    drawn.set(id, { kind, view: embedded.view, finalize: () => embedded.finalize() });
  }

  function forget() {
    drawn.forEach((known) => known.finalize());
    drawn.clear();
  }

  function trend(rows, unit) {
    const paint = colours();
    const x = { field: "place", type: "ordinal", title: null, sort: null,
      axis: { labelExpr: "datum.label", labelAngle: 0, labelOverlap: "greedy", labelSeparation: 8 } };
    const labelled = rows.map((row) => ({ ...row, place: row.label }));
    return show("trend", "trend " + unit + paint.bar, labelled, {
      width: "container", height: 240, autosize: { type: "fit", contains: "padding" }, config: config(paint),
      layer: [
        { mark: { type: "bar", color: paint.bar }, encoding: { x, y: { field: "value", type: "quantitative", title: unit } } },
        { mark: { type: "line", color: paint.ghost, strokeDash: [4, 3], interpolate: "monotone" },
          encoding: { x, y: { field: "before", type: "quantitative" } } },
      ],
    });
  }

  function parts(rows, unit) {
    const paint = colours();
    return show("parts", ["parts", unit, paint.bar, rows.length].join(), rows, {
      width: "container", height: 26 * Math.max(rows.length, 1) + 40, autosize: { type: "fit", contains: "padding" }, config: config(paint),
      mark: { type: "bar", color: paint.bar },
      encoding: {
        y: { field: "label", type: "nominal", sort: null, title: null, axis: { labelLimit: 140 } },
        x: { field: "value", type: "quantitative", title: unit },
      },
    });
  }

  function week(rows, unit) {
    const paint = colours();
    const named = rows.map((row) => ({ ...row, day: WEEKDAYS[row.weekday] }));
    return show("week", "week " + unit + paint.bar, named, {
      width: "container", height: 26 * 7 + 40, autosize: { type: "fit", contains: "padding" }, config: config(paint),
      mark: "rect",
      encoding: {
        x: { field: "hour", type: "ordinal", title: "Local hour", axis: { labelAngle: 0, labelOverlap: "greedy" } },
        y: { field: "day", type: "nominal", sort: WEEKDAYS, title: null },
        color: { field: "value", type: "quantitative", legend: null, scale: { range: paint.heat, domainMin: 0 } },
      },
    });
  }

  return { trend, parts, week, forget, WEEKDAYS };
})();
