// What can be shown: which columns it takes, and what their sums come to. What is not known has no number and no text.
explorer.measures = (function () {
  const UNKNOWN = { number: null, text: "" };

  // A number for charts, and the same exactly, as text.
  function whole(number) {
    return Number.isNaN(number) || number === undefined ? UNKNOWN : { number, text: String(number) };
  }

  // Whole units and millionths, which may be more than a unit, or less than none.
  function amount(units, millionths) {
    if (Number.isNaN(units) || Number.isNaN(millionths)) {
      return UNKNOWN;
    }
    const carried = Math.floor(millionths / 1000000);
    const rest = millionths - 1000000 * carried;
    const text = (units + carried) + "." + String(rest).padStart(6, "0");
    return { number: Number(text), text };
  }

  function ratio(part, whole, digits, scale) {
    return whole && !Number.isNaN(part / whole) ? { number: scale * part / whole, text: (part / whole).toFixed(digits) } : UNKNOWN;
  }

  function counted(label, column) {
    return { label, csv: column, columns: [column], isSum: true, kind: "count", of: (sums) => whole(sums[column] ?? 0) };
  }

  function money(label, csv, name) {
    const columns = [name + "_whole", name + "_millionths"];
    return { label, csv, columns, isSum: true, kind: "amount", of: (sums) => amount(sums[columns[0]] ?? 0, sums[columns[1]] ?? 0) };
  }

  // Of two columns, what the second leaves of the first.
  function rest(label, csv, column, part) {
    return { label, csv, columns: [column, part], isSum: true, kind: "count", of: (sums) => whole((sums[column] ?? 0) - (sums[part] ?? 0)) };
  }

  const CREDITS = ["credits_whole", "credits_millionths", "input_credits_whole", "input_credits_millionths"];
  const ALL = {
    credits: money("Credits", "credits", "credits"),
    input_credits: money("Input credits", "input_credits", "input_credits"),
    output_credits: { label: "Output credits", csv: "output_credits", columns: CREDITS, isSum: true, kind: "amount",
      of: (sums) => amount(...[0, 1].map((place) => (sums[CREDITS[place]] ?? 0) - (sums[CREDITS[place + 2]] ?? 0))) },
    requests: counted("Messages", "requests"),
    runs: counted("Runs", "runs"),
    calls: counted("Calls", "calls"),
    errors: counted("Failed messages", "errors"),
    success: { label: "Success rate", csv: "success_rate", columns: ["requests", "errors"], kind: "percent",
      of: (sums) => ratio(sums.requests - sums.errors, sums.requests, 6, 100) },
    tokens: counted("Tokens", "total_tokens"),
    input_tokens: counted("Input tokens", "input_tokens"),
    output_tokens: rest("Output tokens", "output_tokens", "total_tokens", "input_tokens"),
    latency: { label: "Response time, mean (s)", csv: "avg_latency_ms", columns: ["latency_ms", "latencies"], kind: "seconds",
      of: (sums) => ratio(sums.latency_ms, sums.latencies, 3, 0.001) },
    rating: { label: "Rating, mean", csv: "avg_rating", columns: ["rating_sum", "ratings"], kind: "mean",
      of: (sums) => ratio(sums.rating_sum, sums.ratings, 6, 1) },
    cost: money("Known cost (USD)", "cost_usd", "cost"),
  };
  // What use cost at providers is not everybody's to see.
  if (!explorer.about.hasCost) {
    delete ALL.cost;
  }
  // A tag's days know no single answers and no ratings.
  const NOT_OF_TAGS = ["latency", "rating"];
  const TILES = ["credits", "requests", "tokens", "cost", "errors", "success"].filter((name) => name in ALL);
  const TOTALS = explorer.about.hasCost ? ["uncosted_requests"] : [];

  return { ALL, NOT_OF_TAGS, TILES, TOTALS, UNKNOWN, whole };
})();
