// The controls: what they offer, what they show, and what a reader's choice makes of the state.
explorer.controls = (function () {
  const { element } = explorer.words;
  const { ALL, NOT_OF_TAGS } = explorer.measures;
  const { labelOf, listed, of: nameOf } = explorer.names;
  const filters = document.getElementById("filters");

  // By this name alone: a form's own `item` is a method.
  function control(name) {
    return filters.elements.namedItem(name);
  }

  // What there is to choose: the names in the months loaded, and the keys of their tags.
  function offer(state, days, tagKeys) {
    const tag = explorer.state.tagOf(state);
    for (const dim of explorer.state.DIMS.filter(control)) {
      document.getElementById("list-" + dim).replaceChildren(...listed(dim).map(({ label }) => new Option(label, label)));
      control(dim).value = state[dim] ? nameOf(dim, state[dim]).label : "";
      control(dim).disabled = tag !== "";
    }
    offerTags(state, tag, tagKeys);
    for (const name of ["range", "metric", "by", "split"]) {
      control(name).value = state[name];
    }
    control("from").value = explorer.isoOf(days.first);
    control("to").value = explorer.isoOf(days.last);
    for (const name of ["previous", "stack"]) {
      control(name).checked = state[name] === "on";
    }
    control("stack").disabled = !ALL[state.metric].isSum;
    for (const option of control("metric").options) {
      option.disabled = tag !== "" && NOT_OF_TAGS.includes(option.value);
    }
    for (const name of ["billing", "last_billing"]) {
      control("range").querySelector(`option[value=${name}]`).disabled = !explorer.state.billingOf(state);
    }
    const chosen = explorer.exports.columnsOf(state);
    document.querySelectorAll("#columns input").forEach((box) => { box.checked = chosen.includes(box.value); });
    chips(state);
  }

  function offerTags(state, tag, keys) {
    const known = [...new Set([...keys, ...(tag ? [tag.slice("tag:".length)] : []), ...(state.tag ? [state.tag] : [])])].sort();
    const group = document.getElementById("split-tags");
    group.replaceChildren(...known.map((key) => new Option(labelOf("tag:" + key), "tag:" + key)));
    group.hidden = !known.length;
    control("tag").replaceChildren(new Option("None", ""), ...known.map((key) => new Option(explorer.words.shownName(key), key)));
    control("tag").value = state.tag;
    control("tag").closest(".tags").hidden = !known.length;
    const dim = "tag:" + state.tag;
    document.getElementById("list-tagged").replaceChildren(...listed(dim).map(({ label }) => new Option(label, label)));
    control("tagged").value = state.tagged ? nameOf(dim, state.tagged).label : "";
    control("tagged").disabled = !state.tag;
  }

  // What is filtered by, each to be taken away by a click.
  function chips(state) {
    const found = Object.entries(explorer.state.filtersOf(state)).map(([dim, key]) => {
      const item = document.createElement("li");
      const button = element("button", "chip", labelOf(dim) + ": " + nameOf(dim, key).label + " ×");
      button.type = "button";
      button.setAttribute("aria-label", "Remove the filter " + labelOf(dim) + ": " + nameOf(dim, key).label);
      button.addEventListener("click", () => explorer.page.go(explorer.state.toggled(explorer.state.read(), dim, key)));
      item.append(button);
      return item;
    });
    document.getElementById("chips").replaceChildren(...found);
  }

  // The state after a control has changed; null where what was typed is nobody's name.
  function chosen(event) {
    const state = explorer.state.read();
    const { name, value, type, checked } = event.target;
    if (name === "column") {
      const boxes = [...document.querySelectorAll("#columns input:checked")].map((box) => box.value);
      return { ...state, columns: boxes.join(".") };
    }
    if (explorer.state.DIMS.includes(name) || name === "tagged") {
      const key = value ? explorer.names.keyOf(name === "tagged" ? "tag:" + state.tag : name, value) : "";
      event.target.setCustomValidity(key === null ? "Choose one of the list." : "");
      event.target.reportValidity();
      const own = name === "tenant" ? Object.fromEntries(explorer.state.TENANTS_OWN.map((dim) => [dim, ""])) : {};
      return key === null ? null : { ...state, ...own, [name]: key };
    }
    if (name === "tag") {
      return { ...state, tag: value, tagged: "", split: value ? "tag:" + value : state.split.startsWith("tag:") ? "model" : state.split };
    }
    state[name] = type === "checkbox" ? (checked ? "on" : "off") : value;
    if (["from", "to"].includes(name) || value === "custom") {
      Object.assign(state, { range: "custom", from: control("from").value, to: control("to").value });
    }
    return name === "split" ? { ...state, tag: "", tagged: "" } : state;
  }

  return { filters, offer, chosen };
})();
