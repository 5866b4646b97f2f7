"use strict";
// The months that are loaded, as columns of numbers. A month's scripts are loaded, and unpacked, where they are asked for.
const explorer = (function () {
  const DAY = 86400000;
  // What a month's first script has; the rest of its columns is in the other.
  const FIRST = ["tenant", "team", "user", "item", "channel", "model", "requests", "errors", "uncosted_requests", "total_tokens",
    "credits_whole", "credits_millionths", "cost_whole", "cost_millionths"];
  const about = JSON.parse(document.getElementById("about").textContent);
  const months = new Map();
  const waiting = new Map();

  function dayOf(text) {
    return Date.parse(text + "T00:00:00Z") / DAY;
  }

  function isoOf(day) {
    return new Date(day * DAY).toISOString().slice(0, 10);
  }

  function monthOf(day) {
    return isoOf(day).slice(0, 7);
  }

  // Called by the scripts of the months.
  function add(month, packed, tagKeys) {
    waiting.get(month).resolve({ packed, tagKeys });
  }

  function addMore(month, packed, tags) {
    waiting.get(month + "-more").resolve({ packed, tags });
  }

  async function unpacked(packed) {
    const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return JSON.parse(await new Response(stream).text());
  }

  // A script, since a page on disk may not fetch.
  function arrived(name) {
    return new Promise((resolve, reject) => {
      waiting.set(name, { resolve, reject });
      const script = document.createElement("script");
      script.src = "data/" + name + ".js";
      script.onerror = () => reject(new Error("data/" + name + ".js could not be read"));
      document.head.append(script);
    });
  }

  async function load(name) {
    const { packed, tagKeys } = await arrived(name);
    const document = await unpacked(packed);
    const month = { month: name, start: dayOf(name + "-01") - 1, tables: {}, keys: {}, names: {}, tagKeys, tags: new Map() };
    for (const [table, columns] of tablesOf(document)) {
      const rows = columns.usage_date.length;
      month.tables[table] = { rows, day: Int32Array.from(columns.usage_date, (day) => month.start + day) };
    }
    return widened(month, document);
  }

  function tablesOf(document) {
    return ["days", "hours"].filter((name) => name in document).map((name) => [name, document[name]]);
  }

  function widened(month, document) {
    for (const [dim, entries] of Object.entries(document.names)) {
      month.names[dim] = entries;
      month.keys[dim] = entries.map(([id, , tenant]) => keyOf(id, tenant));
    }
    for (const [table, columns] of tablesOf(document)) {
      for (const [column, values] of Object.entries(columns).filter(([name]) => name !== "usage_date")) {
        const isKey = column in document.names || column === "hour";
        month.tables[table][column] = isKey ? Int32Array.from(values) : Float64Array.from(values);
      }
    }
    return month;
  }

  function keyOf(id, tenant) {
    return tenant === null ? id : JSON.stringify([tenant, id]);
  }

  function moreOf(month) {
    month.more = month.more || arrived(month.month + "-more");
    return month.more;
  }

  function widen(month) {
    month.wide = month.wide || moreOf(month).then(({ packed }) => unpacked(packed)).then((document) => widened(month, document));
    return month.wide;
  }

  // A tag's own days: a month that has them, but nothing else. A value is told from what is summed up of many.
  function tagged(month, dim) {
    const key = dim.slice("tag:".length);
    if (!month.tags.has(dim)) {
      month.tags.set(dim, moreOf(month).then(async ({ tags }) => {
        const found = { month: month.month, start: month.start, tables: { days: { rows: 0 } }, keys: {}, names: {} };
        if (!Object.hasOwn(tags, key)) {
          return found;
        }
        const { days, values } = await unpacked(tags[key]);
        found.tables.days = { rows: days.usage_date.length, day: Int32Array.from(days.usage_date, (day) => found.start + day) };
        found.names[dim] = values.map((value) => [value === null ? "…" : "=" + value, value === null ? "Other values" : value, null]);
        return widened(found, { names: found.names, days: { ...days, [dim]: days.value } });
      }));
    }
    return month.tags.get(dim);
  }

  function monthsBetween(days) {
    return about.months.filter((month) => monthOf(days.first) <= month && month <= monthOf(days.last));
  }

  // The months of these days, with the columns asked for as far as they have them.
  function loaded(days, columns) {
    const tag = columns.find((column) => column.startsWith("tag:"));
    const isWide = columns.some((column) => !FIRST.includes(column));
    return Promise.all(monthsBetween(days).map(async (name) => {
      if (!months.has(name)) {
        months.set(name, load(name));
      }
      const month = await months.get(name);
      return tag ? tagged(month, tag) : isWide ? widen(month) : month;
    }));
  }

  return { about, add, addMore, loaded, dayOf, isoOf, monthOf, keyOf };
})();
