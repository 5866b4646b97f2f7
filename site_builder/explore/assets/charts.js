// Charts by Vega-Lite, without a compiler for its expressions: the page's policy forbids code from text.
explorer.charts = (function () {
  const OPTIONS = { ast: true, actions: false, defaultStyle: false, renderer: "svg", logLevel: 1, tooltip: { disableDefaultStyle: true } };
  const STACKED = ["s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7"];
  // How many dots of a picture stand for one of the page.
  const PICTURE_SCALE = 2;
  // Below so many pixels a page is a phone's.
  const NARROW = 600;
  const drawn = new Map();

  function colours() {
    const style = getComputedStyle(document.documentElement);
    const of = (name) => style.getPropertyValue("--" + name).trim();
    return { surface: of("surface"), ink: of("ink"), muted: of("muted"), grid: of("grid"), bar: of("c1"), others: of("c4"), before: of("ink"),
      stacked: STACKED.map(of), heat: ["h1", "h2", "h3", "h4", "h5"].map(of), none: of("h0") };
  }

  function config(paint) {
    return {
      aria: false, background: paint.surface, font: "system-ui, sans-serif", view: { stroke: null },
      title: { color: paint.muted, fontSize: 12, fontWeight: "normal", anchor: "start", offset: 8, },
      axis: { labelColor: paint.muted, titleColor: paint.muted, gridColor: paint.grid, domainColor: paint.grid,
        tickColor: paint.grid, labelFontSize: 12, titleFontSize: 12 },
      legend: { labelColor: paint.ink, titleColor: paint.muted, orient: "bottom", title: null, labelFontSize: 12, labelLimit: innerWidth < NARROW ? 235 : 260,
        symbolLimit: 0, symbolType: "square", symbolOpacity: 1 },
    };
  }

  // Groups of digits are counted from the right, and start over where the list ends.
  function marks() {
    const { decimal, thousands, grouping: [last, other] } = explorer.about.marks;
    return { decimal, thousands, grouping: [last, ...Array(6).fill(other)], currency: ["", ""] };
  }

  // The same chart gets other rows and words; another one, or one in another theme, is drawn again. One whose room is fixed,
  // whatever its rows, is not measured again: that takes as long as drawing it. `chosen` hears of a datum that was clicked.
  async function show(id, { kind, data, words, spec, isRoomFixed, chosen }) {
    const known = drawn.get(id);
    if (known && known.kind === kind) {
      known.chosen = chosen;
      const view = known.view.height(spec.height);
      Object.entries(data).forEach(([name, rows]) => view.data(name, rows));
      Object.entries(words).forEach(([name, value]) => view.signal(name, value));
      return (isRoomFixed ? view : view.resize()).runAsync();
    }
    hide(id);
    const whole = { ...spec, title: { text: { expr: "caption" }, limit: document.getElementById(id).clientWidth },
      params: Object.entries(words).map(([name, value]) => ({ name, value })), datasets: data };
    const embedded = await vegaEmbed(document.getElementById(id), whole, { ...OPTIONS, formatLocale: marks() });
    const entry = { kind, view: embedded.view, chosen, finalize: () => embedded.finalize() };
    embedded.view.addEventListener("click", (event, item) => item && item.datum && entry.chosen && entry.chosen(item.datum));
    drawn.set(id, entry);
  }

  function hide(id) {
    if (drawn.has(id)) {
      drawn.get(id).finalize();
      drawn.delete(id);
      document.getElementById(id).replaceChildren();
    }
  }

  function forget() {
    [...drawn.keys()].forEach(hide);
  }

  // The chart as a file's content; null where none is drawn.
  async function picture(id, type) {
    const known = drawn.get(id);
    if (!known) {
      return null;
    }
    if (type === "svg") {
      const title = document.createElementNS("http://www.w3.org/2000/svg", "title");
      title.textContent = known.view.signal("caption").join(" · ");
      const text = (await known.view.toSVG()).replace(/^<svg[^>]*>/, (start) => start.slice(0, -1) + ' role="img">' + new XMLSerializer().serializeToString(title));
      return new Blob([text], { type: "image/svg+xml" });
    }
    const canvas = await known.view.toCanvas(PICTURE_SCALE);
    return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  }

  return { show, hide, forget, picture, colours, config, NARROW };
})();
