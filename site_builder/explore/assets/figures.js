// What is shown in figures: tiles, what there is to say of the dates, and the rows of charts and tables.
explorer.figures = (function () {
  const { people, changeOf, element, shownName } = explorer.words;
  const { ALL, TILES, UNKNOWN, whole } = explorer.measures;
  const { labelOf, of: nameOf } = explorer.names;
  // As many parts have a bar, and a colour in a stack, of their own.
  const MOST_PARTS = 12;
  const MOST_STACKED = 8;
  const OTHERS = "others";

  function bucketOf(by) {
    if (by === "hour") {
      return (day, hour) => day * 24 + hour;
    }
    if (by === "week") {
      return (day) => day - ((day + 3) % 7);
    }
    return by === "month" ? (day) => explorer.monthOf(day) : (day) => day;
  }

  function labelOfBucket(by, bucket) {
    if (by === "hour") {
      return explorer.isoOf(Math.floor(bucket / 24)) + " " + String(bucket % 24).padStart(2, "0");
    }
    return by === "month" ? bucket : explorer.isoOf(bucket);
  }

  // Every bucket of the dates, with the dates of it that are among them.
  function bucketsOf(days, by) {
    const found = new Map();
    const bucket = bucketOf(by);
    for (let day = days.first; day <= days.last; day += 1) {
      for (let hour = 0; hour < (by === "hour" ? 24 : 1); hour += 1) {
        const key = bucket(day, hour);
        found.set(key, { first: found.has(key) ? found.get(key).first : day, last: day });
      }
    }
    return [...found].map(([key, span]) => ({ key, label: labelOfBucket(by, key), ...span }));
  }

  function range(span) {
    return explorer.isoOf(span.first) + " – " + explorer.isoOf(span.last);
  }

  // A figure of a bucket: not known where all of it lies beyond the dates that there are.
  function valueIn(metric, sums, bucket, known) {
    return bucket.last < known.first || bucket.first > known.last ? UNKNOWN : metric.of(sums || {});
  }

  function tiles(state, now, past, isPastKnown) {
    const names = TILES.includes(state.metric) ? TILES : [...TILES, state.metric];
    const found = names.map((name) => [name, ALL[name].label, ALL[name].kind, ALL[name].of(now.all), past && isPastKnown ? ALL[name].of(past.all) : UNKNOWN]);
    const active = (sums) => whole([...sums.users].filter((key) => !explorer.names.isNone("user", key)).length);
    if (now.users && (!past || past.users)) {
      found.push(["users", "Active users", "count", active(now), past && isPastKnown ? active(past) : UNKNOWN]);
    }
    document.getElementById("tiles").replaceChildren(...found.map((figure) => tile(figure, past !== null, isPastKnown)));
  }

  function tile([name, label, kind, value, old], isCompared, isPastKnown) {
    const item = element("li", "tile");
    const figure = element("span", "tile-value", people(value, kind));
    figure.dataset.exact = value.text;
    figure.dataset.figure = name;
    item.append(element("span", "tile-label", label), figure);
    if (isCompared) {
      item.append(element("span", "delta", isPastKnown ? changeOf(value, old, kind) : "no earlier period"));
    }
    if (isCompared && isPastKnown) {
      item.append(element("span", "before", "before: " + people(old, kind)));
    }
    return item;
  }

  // Rows of the trend: each bucket, what it is compared with, and both sums.
  function trend({ by, days, before, now, past, metric, known }) {
    const earlier = past ? bucketsOf(before, by) : [];
    return bucketsOf(days, by).map((bucket, place) => {
      const old = earlier[place] || null;
      return { bucket, sums: now.buckets.get(bucket.key) || {}, value: valueIn(metric, now.buckets.get(bucket.key), bucket, known),
        old, oldSums: old && past.buckets.get(old.key) || {}, oldValue: old ? valueIn(metric, past.buckets.get(old.key), old, known) : UNKNOWN };
    });
  }

  // Rows of the parts, largest first, and last what is none of theirs, so that they add up.
  function parts({ split, now, past, metric, given }) {
    const row = (sums, oldSums) => ({ sums, oldSums, value: metric.of(sums), oldValue: past ? metric.of(oldSums) : UNKNOWN });
    const rows = [...new Set([...now.parts.keys(), ...(past ? past.parts.keys() : [])])].map((key) => (
      { key, ...nameOf(split, key), ...row(now.parts.get(key) || {}, past && past.parts.get(key) || {}) }));
    rows.sort((one, other) => (other.value.number ?? -1) - (one.value.number ?? -1) || (one.key < other.key ? -1 : 1));
    const sums = explorer.sums.less(now.all, now.parts.values()), oldSums = past ? explorer.sums.less(past.all, past.parts.values()) : {};
    if (given.columns.some((column) => sums[column] > 0 || oldSums[column] > 0)) {
      rows.push({ key: null, id: "", name: "", label: split.startsWith("tag:") ? "Without this tag" : "Not divided", ...row(sums, oldSums) });
    }
    return rows;
  }

  // The first of them for a chart, and all others in one. A chart goes by places: a key may be any text.
  function shortened(rows, now, past, metric) {
    const named = rows.filter((row) => row.key !== null).slice(0, MOST_PARTS);
    named.forEach((row, place) => { row.place = "p" + place; });
    if (named.length === rows.length) {
      return named;
    }
    const sums = explorer.sums.less(now.all, named.map((row) => row.sums)), oldSums = past ? explorer.sums.less(past.all, named.map((row) => row.oldSums)) : {};
    const count = rows.filter((row) => row.key !== null).length - named.length;
    const label = count ? count + (count > 1 ? " others" : " other") : rows.at(-1).label;
    return [...named, { key: null, place: OTHERS, label, sums, value: metric.of(sums), oldValue: past ? metric.of(oldSums) : UNKNOWN }];
  }

  return { bucketOf, bucketsOf, range, tiles, trend, parts, shortened, labelOf, shownName, MOST_STACKED, OTHERS };
})();
