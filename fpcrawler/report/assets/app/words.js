// Numbers, times and codes as a person reads them. Times are shown as they were written:
// the seconds of the table are those of the clock's own hands, so UTC is used to print.

const NUMBER = new Intl.NumberFormat("en");
const UNITS = ["bytes", "KB", "MB", "GB", "TB"];

export function count(number) {
  return NUMBER.format(number);
}

export function plural(number, noun) {
  return `${count(number)} ${noun}${number === 1 ? "" : "s"}`;
}

export function bytes(number) {
  if (!Number.isFinite(number)) return "unknown";
  let unit = 0;
  while (number >= 999.95 && unit < UNITS.length - 1) {
    number /= 1000;
    unit += 1;
  }
  return `${unit ? number.toFixed(1) : NUMBER.format(number)} ${UNITS[unit]}`;
}

export function moment(seconds) {
  if (!Number.isFinite(seconds)) return "";
  return new Date(seconds * 1000).toISOString().replace("T", " ").slice(0, 19);
}

// As RFC 9110 section 5.6.7 writes it.
export function httpDate(seconds) {
  return Number.isNaN(seconds) ? null : new Date(seconds * 1000).toUTCString();
}

export function day(seconds) {
  return moment(seconds).slice(0, 10);
}

export function share(part, whole) {
  if (!whole) return "0 %";
  const percent = (100 * part) / whole;
  return percent > 0 && percent < 1 ? "< 1 %" : `${Math.round(percent)} %`;
}

export function degrees(latitude, longitude) {
  return `${latitude.toFixed(6)}, ${longitude.toFixed(6)}`;
}

export function duration(seconds) {
  const size = Math.abs(seconds);
  if (size < 120) return `${Math.round(size)} s`;
  if (size < 7200) return `${Math.round(size / 60)} min`;
  if (size < 172800) return `${(size / 3600).toFixed(1)} h`;
  return `${NUMBER.format(Math.round(size / 86400))} days`;
}

// A text as the search compares it: in any case, accents as one character each.
export function folded(text) {
  return text.normalize().toLowerCase();
}

// The last part of a URL's path, which is what people call the image.
export function fileName(url) {
  const path = url.split(/[?#]/, 1)[0];
  const name = path.slice(path.lastIndexOf("/") + 1) || url;
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

const DEVICE_KINDS = {
  serial: "Body serial",
  internal_serial: "Internal serial",
  lens_serial: "Lens serial",
};

export function deviceKind(kind) {
  return DEVICE_KINDS[kind] ?? kind;
}
