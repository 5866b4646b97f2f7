// What is taken away: CSVs with the columns chosen, pictures, and the address.
explorer.exports = (function () {
  const { csv } = explorer.words;
  const { ALL } = explorer.measures;
  const { labelOf, idsOf } = explorer.names;

  // The measures that a CSV has: those chosen, else the one shown.
  function columnsOf(state) {
    const chosen = state.columns.split(".").filter((name) => Object.hasOwn(ALL, name));
    return chosen.length ? chosen : [state.metric];
  }

  function heads(names, isCompared) {
    const own = names.map((name) => ALL[name].csv);
    return { own, old: isCompared ? own.map((name) => "previous_" + name) : [] };
  }

  function texts(names, sums, isKnown) {
    return names.map((name) => (isKnown ? ALL[name].of(sums).text : ""));
  }

  function isIn(bucket, known) {
    return bucket.last >= known.first && bucket.first <= known.last;
  }

  function trend(names, rows, isCompared, known) {
    const { own, old } = heads(names, isCompared);
    return [["from", ...own, ...(isCompared ? ["previous_from", ...old] : [])], ...rows.map((row) => [
      row.bucket.label, ...texts(names, row.sums, isIn(row.bucket, known)),
      ...(isCompared ? [row.old ? row.old.label : "", ...texts(names, row.oldSums, row.old && isIn(row.old, known))] : []),
    ])];
  }

  // Two that are called the same differ by id, and what has no id by its words.
  function parts(names, rows, isCompared, split) {
    const { own, old } = heads(names, isCompared);
    const isTag = split.startsWith("tag:"), isOwn = explorer.state.TENANTS_OWN.includes(split);
    const ids = isTag ? ["tag_key", "tag_value"] : [...(isOwn ? ["tenant_id"] : []), split === "task" ? "task_category" : idName(split)];
    return [[...ids, "name", ...own, ...old], ...rows.map((row) => {
      const [tenant, id] = row.key === null ? ["", ""] : idsOf(split, row.key);
      const found = isTag ? [split.slice("tag:".length), id] : [...(isOwn ? [tenant ?? ""] : []), id];
      return [...found, row.name || row.label, ...texts(names, row.sums, true), ...(isCompared ? texts(names, row.oldSums, true) : [])];
    })];
  }

  function idName(dim) {
    return ["item_type", "channel", "provider", "tier"].includes(dim) ? dim : dim + "_id";
  }

  function save(blob, name) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    URL.revokeObjectURL(link.href);
  }

  function saveTable(rows, name) {
    save(new Blob([csv(rows)], { type: "text/csv;charset=utf-8" }), name + ".csv");
  }

  async function savePicture(chart, type, name) {
    const picture = await explorer.charts.picture(chart, type);
    if (picture) {
      save(picture, name + "." + type);
    }
    return picture !== null;
  }

  // Where a browser has no clipboard for a page on disk, a text that is selected is copied all the same.
  async function copyAddress() {
    try {
      await navigator.clipboard.writeText(location.href);
      return true;
    } catch (refusal) {
      const field = Object.assign(document.createElement("textarea"), { value: location.href });
      document.body.append(field);
      field.select();
      const isCopied = document.execCommand("copy");
      field.remove();
      return isCopied;
    }
  }

  return { columnsOf, trend, parts, saveTable, savePicture, copyAddress, labelOf };
})();
