// What fpcrawler/report/packing.py packs: base64 of gzip of a head and typed arrays.

const ARRAYS = { I: Uint32Array, d: Float64Array };

async function gunzipped(text) {
  const stream = new Blob([fromBase64(text)]).stream();
  const inflated = stream.pipeThrough(new DecompressionStream("gzip"));
  return new Response(inflated).arrayBuffer();
}

function fromBase64(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const binary = atob(text);
  const data = new Uint8Array(binary.length);
  for (let at = 0; at < data.length; at += 1) data[at] = binary.charCodeAt(at);
  return data;
}

export async function unpackedJson(element) {
  return JSON.parse(new TextDecoder().decode(await gunzipped(element.textContent)));
}

export async function unpackedTable(element) {
  const buffer = await gunzipped(element.textContent);
  element.remove(); // it is needed once
  const length = new DataView(buffer).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const arrays = {};
  for (const [name, [code, offset, count]] of Object.entries(head.arrays)) {
    arrays[name] = new ARRAYS[code](buffer, 4 + length + offset, count);
  }
  return { head, arrays };
}
