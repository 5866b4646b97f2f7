// What ids are called, so that no two of a dimension are called the same; and what there is to choose.
explorer.names = (function () {
  const { shownName } = explorer.words;
  const LABELS = { tenant: "Tenant", team: "Team", user: "User", item: "Agent or item", item_type: "Item type", project: "Project",
    task: "Task", model: "Model", provider: "Provider", tier: "Tier", channel: "Channel" };
  const KINDS = { assistant: "Assistant", agent: "Agent", workflow: "Workflow", app: "App", phone_agent: "Phone agent",
    economy: "Economy", standard: "Standard", premium: "Premium", unrated: "Unrated" };
  const known = {};

  function labelOf(dim) {
    return dim.startsWith("tag:") ? "Tag " + shownName(dim.slice(4)) : LABELS[dim];
  }

  function noneOf(dim) {
    return dim.startsWith("tag:") ? "Untagged" : dim === "item" ? "No item" : "No " + LABELS[dim].toLowerCase();
  }

  // The key's own id, and the tenant's that it belongs to, null for none; an id of somebody else's may look like a list.
  function idsOf(dim, key) {
    if (dim.startsWith("tag:")) {
      return [null, key.slice(1)];
    }
    return explorer.state.TENANTS_OWN.includes(dim) && key.startsWith("[") ? JSON.parse(key) : [null, key];
  }

  function isNone(dim, key) {
    return idsOf(dim, key)[1] === "(none)";
  }

  // The names of all keys in these months, each told from the others: by its tenant, then by its id, then by a number.
  function learn(months, state) {
    const tenants = new Map(months.flatMap(({ names }) => names.tenant || []).map(([id, name]) => [id, name]));
    const dims = new Set(months.flatMap(({ names }) => Object.keys(names)));
    for (const dim of dims) {
      const entries = new Map();
      for (const { names, keys } of months) {
        (names[dim] || []).forEach(([, name, tenant], place) => {
          if (!state.tenant || tenant === null || tenant === state.tenant) {
            entries.set(keys[dim][place], name);
          }
        });
      }
      known[dim] = toldApart(dim, entries, state.tenant ? new Map() : tenants);
    }
  }

  function toldApart(dim, entries, tenants) {
    const found = [...entries].map(([key, name]) => {
      const [tenant, id] = idsOf(dim, key);
      const own = isNone(dim, key) ? noneOf(dim) : shownName(["item_type", "tier"].includes(dim) && KINDS[name] || name);
      return { key, name: isNone(dim, key) ? "" : name, id, label: tenants.has(tenant) ? own + " · " + shownName(tenants.get(tenant)) : own };
    });
    found.sort((one, other) => compared(one.label, other.label) || compared(one.key, other.key));
    for (const add of [(entry) => shownName(entry.id), (entry, place) => String(place + 1)]) {
      const times = new Map();
      found.forEach(({ label }) => times.set(label, (times.get(label) || 0) + 1));
      found.forEach((entry, place) => {
        if (times.get(entry.label) > 1) {
          entry.label += " · " + add(entry, place);
        }
      });
    }
    return new Map(found.map((entry) => [entry.key, entry]));
  }

  function compared(one, other) {
    return one < other ? -1 : one > other ? 1 : 0;
  }

  function of(dim, key) {
    const entry = known[dim] && known[dim].get(key);
    const id = idsOf(dim, key)[1];
    return entry || { key, name: "", id, label: isNone(dim, key) ? noneOf(dim) : shownName(id) };
  }

  // The key that is called so; null where none is.
  function keyOf(dim, label) {
    const found = [...(known[dim] || new Map()).values()].find((entry) => entry.label === label);
    return found ? found.key : null;
  }

  function listed(dim) {
    return [...(known[dim] || new Map()).values()];
  }

  return { learn, of, keyOf, listed, idsOf, isNone, labelOf };
})();
