// Sums over the months that are loaded. Amounts are added up as whole units and millionths apart: exact as long as neither sum
// outgrows 2^53. What some month does not know is NaN, which stays so in every sum.
explorer.sums = (function () {
  const OTHERS = "";

  // Sums of the days first … last: in all, by bucket of time, by the key of a dimension and, of the keys in `only`, by both,
  // with OTHERS for all other keys; the users that were active, null where some month does not know; whether some month lacks
  // the dimension; the months left out, since they lack one that is filtered by. `totals` are columns that only all of it has.
  async function sum({ days, filters, bucketOf, isHourly, split, columns, totals = [], only = null }) {
    const found = { all: {}, buckets: new Map(), parts: new Map(), stacks: new Map(), users: new Set(), isDivided: true, leftOut: [], rows: 0 };
    for (const column of [...columns, ...totals]) {
      found.all[column] = 0;
    }
    const wanted = [...columns, ...totals, ...Object.keys(filters), ...(split ? [split] : [])];
    for (const month of await explorer.loaded(days, wanted)) {
      const table = tableOf(month, isHourly);
      if (Object.keys(filters).some((dim) => !(dim in table))) {
        found.leftOut.push(month.month);
        continue;
      }
      const picked = pick(month, table, { days, filters, bucketOf, isHourly, split });
      found.rows += picked.count;
      found.isDivided = found.isDivided && (picked.parts !== null || !picked.count);
      countUsers(found, month, table, picked);
      addUp(found, table, picked, { columns, totals, only });
    }
    return found;
  }

  // Hours that lack nothing say what days would, too.
  function tableOf(month, isHourly) {
    return isHourly ? month.tables.hours || { rows: 0 } : month.tables.days || month.tables.hours;
  }

  // The rows that count, with the places of their bucket and their part. Rows are in the order of their days, so that the
  // bucket seldom changes.
  function pick(month, table, { days, filters, bucketOf, isHourly, split }) {
    const tests = Object.entries(filters).map(([dim, key]) => [table[dim], month.keys[dim].indexOf(key)]);
    const rows = new Int32Array(table.rows), bucketAt = new Int32Array(table.rows);
    const labels = [], places = new Map();
    let count = 0, label, place;
    for (let row = 0; row < table.rows; row += 1) {
      const day = table.day[row];
      if (day < days.first || day > days.last || !passes(tests, row)) {
        continue;
      }
      const next = bucketOf(day, isHourly ? table.hour[row] : 0);
      if (next !== label) {
        label = next;
        place = places.get(label);
        if (place === undefined) {
          place = labels.push(label) - 1;
          places.set(label, place);
        }
      }
      rows[count] = row;
      bucketAt[count] = place;
      count += 1;
    }
    return { rows, bucketAt, labels, count, parts: split && split in table ? table[split] : null, keys: month.keys[split] || [] };
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

  function countUsers(found, month, table, { rows, count }) {
    if (!("user" in table)) {
      found.users = count ? null : found.users;
      return;
    }
    const active = new Uint8Array(month.keys.user.length);
    for (let place = 0; place < count; place += 1) {
      active[table.user[rows[place]]] = 1;
    }
    active.forEach((is, key) => is && found.users && found.users.add(month.keys.user[key]));
  }

  function addUp(found, table, picked, { columns, totals, only }) {
    const { rows, bucketAt, labels, count, parts, keys } = picked;
    const group = only && parts ? keys.map((key) => (only.includes(key) ? only.indexOf(key) : only.length)) : null;
    for (const column of columns) {
      const values = table[column] || new Float64Array(table.rows).fill(NaN);
      const byBucket = new Float64Array(labels.length);
      const byPart = parts ? new Float64Array(keys.length) : null;
      const byBoth = group ? new Float64Array(labels.length * (only.length + 1)) : null;
      for (let place = 0; place < count; place += 1) {
        const value = values[rows[place]];
        byBucket[bucketAt[place]] += value;
        if (byPart) {
          byPart[parts[rows[place]]] += value;
        }
        if (byBoth) {
          byBoth[group[parts[rows[place]]] * labels.length + bucketAt[place]] += value;
        }
      }
      byBucket.forEach((value, place) => {
        add(entry(found.buckets, labels[place]), column, value);
        found.all[column] += value;
      });
      if (byPart) {
        const has = new Uint8Array(keys.length);
        for (let place = 0; place < count; place += 1) {
          has[parts[rows[place]]] = 1;
        }
        has.forEach((is, place) => is && add(entry(found.parts, keys[place]), column, byPart[place]));
      }
      if (byBoth) {
        byBoth.forEach((value, place) => {
          const part = Math.floor(place / labels.length);
          const stack = entryOf(found.stacks, part < only.length ? only[part] : OTHERS, () => new Map());
          add(entry(stack, labels[place % labels.length]), column, value);
        });
      }
    }
    for (const column of totals) {
      const values = table[column];
      for (let place = 0; place < count; place += 1) {
        found.all[column] += values ? values[rows[place]] : NaN;
      }
    }
  }

  function add(sums, column, value) {
    sums[column] = (sums[column] || 0) + value;
  }

  function entry(sums, key) {
    return entryOf(sums, key, () => ({}));
  }

  function entryOf(map, key, make) {
    if (!map.has(key)) {
      map.set(key, make());
    }
    return map.get(key);
  }

  // The dimensions of these that the hours of some month of the days lack.
  async function hoursLack(days, dims) {
    const months = await explorer.loaded(days, dims);
    return dims.filter((dim) => months.some(({ tables }) => !tables.hours || !(dim in tables.hours)));
  }

  // Sums of all but some of them, by the same columns.
  function less(all, some) {
    const rest = { ...all };
    for (const sums of some) {
      for (const column of Object.keys(rest)) {
        rest[column] -= sums[column] || 0;
      }
    }
    // Nothing of an amount is nothing of both its columns, however it was cut into them.
    for (const column of Object.keys(rest).filter((name) => name.endsWith("_millionths"))) {
      const carried = Math.floor(rest[column] / 1000000);
      rest[column.replace("_millionths", "_whole")] += carried;
      rest[column] -= 1000000 * carried;
    }
    return rest;
  }

  return { sum, hoursLack, less, OTHERS };
})();
