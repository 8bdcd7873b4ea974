// Columns that follow from others.

const CLOCKS = [
  [-Infinity, "behind by over a day"],
  [-86400, "behind by 1 to 24 hours"],
  [-3600, "behind by 1 to 60 minutes"],
  [-60, "within a minute"],
  [60.000001, "ahead by 1 to 60 minutes"],
  [3600.000001, "ahead by 1 to 24 hours"],
  [86400.000001, "ahead by over a day"],
];

export const CLOCK_NAMES = CLOCKS.map(([, name]) => name);

export function addDerived(table) {
  const { taken, skew, has_utc: hasUtc } = table.columns;
  table.columns.located = textsOf(table.count, ["", "known", "unknown"], (number) =>
    table.isLocated(number) ? 1 : 2);
  table.columns.dated = textsOf(table.count, ["", "UTC known", "local time only", "unknown"],
    (number) => Number.isNaN(taken[number]) ? 3 : hasUtc.codes[number] ? 1 : 2);
  table.columns.clock = textsOf(table.count, ["", ...CLOCK_NAMES], (number) => clockOf(skew[number]));
}

function clockOf(seconds) {
  if (Number.isNaN(seconds)) return 0;
  let code = 0;
  while (code < CLOCKS.length && seconds >= CLOCKS[code][0]) code += 1;
  return code;
}

function textsOf(count, values, codeOf) {
  return { values, codes: Uint32Array.from({ length: count }, (_, number) => codeOf(number)) };
}
