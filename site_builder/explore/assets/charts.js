// Charts by Vega-Lite, without a compiler for its expressions: the page's policy forbids code from text.
explorer.charts = (function () {
  const OPTIONS = { ast: true, actions: false, defaultStyle: false, renderer: "svg", logLevel: 1, tooltip: { disableDefaultStyle: true } };
  const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
  // More labels than these are not tried: Vega-Lite would lay them all out to see which overlap.
  const MOST_TICKS = 12;
  // Room for the longest number beside an axis (px), so that the plot need not be laid out again when numbers change.
  const WIDEST_LABEL = 60;
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

  // The same chart gets other rows; another one, or one in another theme, is drawn again. One whose room is fixed, whatever
  // its rows, is not measured again: that takes as long as drawing it.
  async function show(id, kind, rows, spec, isRoomFixed) {
    const element = document.getElementById(id);
    const known = drawn.get(id);
    if (known && known.kind === kind) {
      const view = known.view.height(spec.height).data("rows", rows);
      return (isRoomFixed ? view : view.resize()).runAsync();
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
    const step = Math.ceil(rows.length / MOST_TICKS);
    const ticks = rows.map((row) => row.label).filter((label, place) => place % step === 0);
    const x = { field: "label", type: "ordinal", title: null, sort: null,
      axis: { values: ticks, labelAngle: 0, labelOverlap: "greedy", labelSeparation: 8 } };
    const y = { field: "value", type: "quantitative", title: unit, axis: { minExtent: WIDEST_LABEL } };
    return show("trend", ["trend", unit, paint.bar, ...ticks].join(), rows, {
      width: "container", height: 240, autosize: { type: "fit", contains: "padding" }, config: config(paint),
      layer: [
        { mark: { type: "bar", color: paint.bar }, encoding: { x, y } },
        { mark: { type: "line", color: paint.ghost, strokeDash: [4, 3], interpolate: "monotone" },
          encoding: { x, y: { field: "before", type: "quantitative" } } },
      ],
    }, true);
  }

  function parts(rows, unit) {
    const paint = colours();
    return show("parts", ["parts", unit, paint.bar].join(), rows, {
      width: "container", height: 26 * Math.max(rows.length, 1) + 40, autosize: { type: "fit", contains: "padding" }, config: config(paint),
      mark: { type: "bar", color: paint.bar },
      encoding: {
        y: { field: "label", type: "nominal", sort: null, title: null, axis: { labelLimit: 140 } },
        x: { field: "value", type: "quantitative", title: unit },
      },
    }, false);
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
    }, true);
  }

  return { trend, parts, week, forget, WEEKDAYS };
})();
