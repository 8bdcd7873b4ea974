// The columns of all records, and the groups of copies and devices.

export class Table {
  constructor({ head, arrays }, { hasTags }) {
    this.count = head.count;
    this.hasTags = hasTags;
    this.urls = head.urls;
    this.matches = head.matches;
    this.columns = {};
    for (const [name, { kind, values }] of Object.entries(head)) {
      if (kind === "texts") this.columns[name] = { values: ["", ...values], codes: arrays[name] };
      if (kind === "numbers") this.columns[name] = arrays[name];
      if (kind === "lists") {
        this.columns[name] = { values, codes: arrays[name], starts: arrays[`${name}:starts`] };
      }
    }
    this.copies = groupsOf(head, arrays, "copies");
    this.devices = groupsOf(head, arrays, "devices");
    for (const group of [...this.copies, ...this.devices]) {
      group.hosts = this.distinct("host", group.members);
    }
    this.columns.verdict = joinedTo(this.count, this.copies, (group) => group.verdict);
    this.columns.shared = joinedTo(
      this.count,
      this.devices.filter((group) => group.hosts.length > 1),
      () => "on several hosts",
    );
  }

  text(name, number) {
    const { values, codes } = this.columns[name];
    return values[codes[number]];
  }

  number(name, number) {
    return this.columns[name][number];
  }

  list(name, number) {
    const { values, codes, starts } = this.columns[name];
    return [...codes.subarray(starts[number], starts[number + 1])].map((code) => values[code]);
  }

  isLocated(number) {
    return !Number.isNaN(this.columns.latitude[number]) && !Number.isNaN(this.columns.longitude[number]);
  }

  distinct(name, members) {
    const { values, codes } = this.columns[name];
    const found = new Set();
    for (const number of members) found.add(codes[number]);
    return [...found].map((code) => values[code]);
  }
}

function groupsOf(head, arrays, name) {
  const members = arrays[name];
  const starts = arrays[`${name}:starts`];
  return head[name].map((facts, at) => (
    { ...facts, id: `${name}:${at}`, members: members.subarray(starts[at], starts[at + 1]) }));
}

// A column of lists: what the groups of each record are called.
function joinedTo(count, groups, nameOf) {
  const values = [];
  const names = Array.from({ length: count });
  for (const group of groups) {
    const name = nameOf(group);
    if (!values.includes(name)) values.push(name);
    const code = values.indexOf(name);
    for (const number of group.members) {
      if (!names[number]) names[number] = [code];
      else if (!names[number].includes(code)) names[number].push(code);
    }
  }
  const starts = new Uint32Array(count + 1);
  for (let at = 0; at < count; at += 1) starts[at + 1] = starts[at] + (names[at]?.length ?? 0);
  const codes = new Uint32Array(starts[count]);
  for (let at = 0; at < count; at += 1) if (names[at]) codes.set(names[at], starts[at]);
  return { values, codes, starts };
}
