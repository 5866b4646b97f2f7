// What a reader does.
(function () {
  const { filters, chosen } = explorer.controls;
  const { go, refresh, widen, saveTable, fileName } = explorer.page;
  const status = document.getElementById("done");

  function onChange(event) {
    const state = chosen(event);
    if (state) {
      go(state);
    }
  }

  function told(work) {
    return async () => {
      try {
        status.textContent = await work() || "";
      } catch (fault) {
        status.textContent = fault.message;
      }
    };
  }

  document.addEventListener("change", (event) => event.target.form === filters && onChange(event));
  filters.addEventListener("reset", (event) => {
    event.preventDefault();
    go(explorer.state.DEFAULTS);
  });
  filters.addEventListener("submit", (event) => event.preventDefault());
  document.getElementById("more-filters").addEventListener("toggle", (event) => event.target.open && widen(), { once: true });
  document.getElementById("copy").addEventListener("click", told(async () => (
    await explorer.exports.copyAddress() ? "Link copied." : "The link is in the address bar.")));
  for (const button of document.querySelectorAll("button[data-save]")) {
    const [name, type] = button.dataset.save.split(".");
    button.addEventListener("click", told(() => (type === "csv" ? saveTable(name)
      : explorer.exports.savePicture(name, type, fileName(name)).then((is) => (is ? "" : "There is nothing to draw.")))));
  }
  addEventListener("popstate", refresh);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { explorer.charts.forget(); refresh(); });
  refresh();
})();
