// Points that are close on the screen are one circle. The cells lie fixed on the map, so
// that circles stay where they are while it is moved.

export const CELL = 44; // pixels

// Group the points near the view that pass. `points`: x, y in units of the world, and
// record numbers.
export function clustersOf(points, camera, passes) {
  const size = CELL / camera.scale;
  const [[west, north], [east, south]] = camera.corners();
  const edge = 2 * size;
  const cells = new Map();
  const { xs, ys, numbers } = points;
  for (let at = 0; at < numbers.length; at += 1) {
    const x = xs[at];
    const y = ys[at];
    if (x < west - edge || x > east + edge || y < north - edge || y > south + edge) continue;
    if (!passes(numbers[at])) continue;
    const key = Math.floor(x / size) * 4194304 + Math.floor(y / size);
    const cell = cells.get(key);
    if (cell) add(cell, x, y, numbers[at]);
    else cells.set(key, { count: 1, sumX: x, sumY: y, members: [numbers[at]], box: [x, y, x, y] });
  }
  return merged([...cells.values()], camera.scale);
}

function add(cell, x, y, number) {
  cell.count += 1;
  cell.sumX += x;
  cell.sumY += y;
  cell.members.push(number);
  cell.box = [Math.min(cell.box[0], x), Math.min(cell.box[1], y), Math.max(cell.box[2], x), Math.max(cell.box[3], y)];
}

// Circles that would overlap become one, the largest first; returns the smallest first.
function merged(cells, scale) {
  cells.sort((one, other) => other.count - one.count);
  const kept = [];
  for (const cell of cells) {
    place(cell);
    const near = kept.find((other) =>
      Math.hypot(other.x - cell.x, other.y - cell.y) * scale < 0.9 * (radiusOf(other) + radiusOf(cell)));
    if (near) absorb(near, cell);
    else kept.push(cell);
  }
  return kept.reverse();
}

// A cluster stays where its largest part is.
function absorb(large, small) {
  large.count += small.count;
  large.members = large.members.concat(small.members);
  const [left, top, right, bottom] = small.box;
  large.box = [Math.min(large.box[0], left), Math.min(large.box[1], top), Math.max(large.box[2], right), Math.max(large.box[3], bottom)];
}

function place(cell) {
  cell.x = cell.sumX / cell.count;
  cell.y = cell.sumY / cell.count;
}

export function radiusOf({ count }) {
  return count === 1 ? 6 : Math.min(24, 9 + 2.2 * Math.log2(count));
}
