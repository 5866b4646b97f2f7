"use strict";
// The months that are loaded, and sums over them. Amounts are added up as whole units and millionths apart: exact as long as
// neither sum outgrows 2^53.
const explorer = (function () {
  const MEASURES = ["requests", "errors", "uncosted_requests", "total_tokens", "credits_whole", "credits_millionths",
    "cost_whole", "cost_millionths"];
  const DAY = 86400000;
  const months = new Map();
  const arrivals = new Map();

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
  function add(month, packed) {
    const found = arrivals.get(month);
    unpacked(packed).then((text) => found.resolve(decoded(month, JSON.parse(text))), found.reject);
  }

  async function unpacked(packed) {
    const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).text();
  }

  function decoded(month, document) {
    const start = dayOf(month + "-01") - 1;
    const keys = {};
    for (const [dim, entries] of Object.entries(document.names)) {
      keys[dim] = entries.map(([id, , tenant]) => keyOf(id, tenant));
    }
    const tables = {};
    for (const name of ["days", "hours"].filter((each) => each in document)) {
      const table = document[name];
      const columns = { rows: table.usage_date.length, day: Int32Array.from(table.usage_date, (day) => start + day) };
      for (const [column, values] of Object.entries(table)) {
        columns[column] = MEASURES.includes(column) ? Float64Array.from(values) : Int32Array.from(values);
      }
      tables[name] = columns;
    }
    return { month, tables, keys, names: document.names };
  }

  function keyOf(id, tenant) {
    return tenant === null ? id : JSON.stringify([tenant, id]);
  }

  // A script, since a page on disk may not fetch.
  function load(month) {
    if (!months.has(month)) {
      months.set(month, new Promise((resolve, reject) => {
        arrivals.set(month, { resolve, reject });
        const script = document.createElement("script");
        script.src = "data/" + month + ".js";
        script.onerror = () => reject(new Error("data/" + month + ".js could not be read"));
        document.head.append(script);
      }));
    }
    return months.get(month);
  }

  function nothing() {
    return named(new Float64Array(MEASURES.length));
  }

  // Sums of the days first … last: in all, by bucket of time, and by the key of a dimension; the users that were active, null
  // where some month does not know; whether some month lacks the dimension; the months left out, since they lack one that is
  // filtered by. Rows are in the order of their days, so that the bucket seldom changes.
  async function sum(days, filters, bucketOf, isHourly, split) {
    const buckets = new Map();
    const parts = new Map();
    const users = new Set();
    const leftOut = [];
    let isDivided = true;
    let areUsersKnown = true;
    for (const month of await loaded(days)) {
      const { tables, keys } = month;
      // Hours that lack nothing say what days would, too.
      const table = isHourly ? tables.hours : tables.days || tables.hours;
      if (Object.keys(filters).some((dim) => !(dim in table))) {
        leftOut.push(month.month);
        continue;
      }
      const tests = Object.entries(filters).map(([dim, key]) => [table[dim], keys[dim].indexOf(key)]);
      const columns = MEASURES.map((measure) => table[measure]);
      const divided = split in table ? table[split] : null;
      const found = divided ? keys[split].map(() => null) : [];
      const active = "user" in table ? new Uint8Array(keys.user.length) : null;
      let label, bucket;
      for (let row = 0; row < table.rows; row += 1) {
        const day = table.day[row];
        if (day < days.first || day > days.last || !passes(tests, row)) {
          continue;
        }
        const next = bucketOf(day, isHourly ? table.hour[row] : 0);
        if (next !== label) {
          label = next;
          bucket = entry(buckets, label);
        }
        const part = divided ? found[divided[row]] || (found[divided[row]] = new Float64Array(MEASURES.length)) : null;
        for (let place = 0; place < columns.length; place += 1) {
          const value = columns[place][row];
          bucket[place] += value;
          if (part) {
            part[place] += value;
          }
        }
        if (active) {
          active[table.user[row]] = 1;
        }
      }
      found.forEach((sums, place) => sums && addTo(entry(parts, keys[split][place]), sums));
      active && active.forEach((is, place) => is && users.add(keys.user[place]));
      isDivided = isDivided && divided !== null;
      areUsersKnown = areUsersKnown && active !== null;
    }
    const all = new Float64Array(MEASURES.length);
    buckets.forEach((sums) => addTo(all, sums));
    return { all: named(all), buckets: namedAll(buckets), parts: namedAll(parts), users: areUsersKnown ? users : null, isDivided, leftOut };
  }

  // Each test is a column and the number that it has to have; -1 is in no row.
  function passes(tests, row) {
    for (const [column, key] of tests) {
      if (column[row] !== key) {
        return false;
      }
    }
    return true;
  }

  function entry(sums, key) {
    let found = sums.get(key);
    if (found === undefined) {
      found = new Float64Array(MEASURES.length);
      sums.set(key, found);
    }
    return found;
  }

  function addTo(sums, more) {
    more.forEach((value, place) => { sums[place] += value; });
  }

  function named(sums) {
    return Object.fromEntries(MEASURES.map((measure, place) => [measure, sums[place]]));
  }

  function namedAll(sums) {
    return new Map([...sums].map(([key, each]) => [key, named(each)]));
  }

  function monthsBetween(first, last) {
    const found = [];
    for (let month = monthOf(first); month <= monthOf(last); month = following(month)) {
      found.push(month);
    }
    return found;
  }

  function following(month) {
    const [year, number] = month.split("-").map(Number);
    return new Date(Date.UTC(year, number, 1)).toISOString().slice(0, 7);
  }

  // The dimensions that the hours of some month lack.
  async function hoursLack(days) {
    const found = new Set();
    for (const { tables } of await loaded(days)) {
      explorer.state.DIMS.filter((dim) => !(dim in tables.hours)).forEach((dim) => found.add(dim));
    }
    return found;
  }

  async function loaded(days) {
    const wanted = monthsBetween(days.first, days.last).filter((month) => explorer.about.months.includes(month));
    return Promise.all(wanted.map(load));
  }

  return { add, sum, hoursLack, loaded, dayOf, isoOf, monthOf, keyOf, nothing };
})();
