// Where the map looks, and how pointer, wheel and keys move it.

import { WORLD } from "./atlas.js";

const MAX_SCALE = 60_000; // pixels for a unit of the world: about half a metre each
const STEP = 80; // pixels an arrow key moves
const MARGIN = 0.8; // the part of the stage that is fitted to
const EDGE = 24; // pixels beyond the world, so that a circle on its edge is whole

export class Camera {
  constructor(stage, { onmove, onpick, onhover, onall }) {
    Object.assign(this, { stage, onmove, onpick, onhover, onall, width: 0, height: 0 });
    this.x = WORLD / 2;
    this.y = WORLD / 2;
    this.scale = 1;
    this.pointers = new Map();
    stage.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    stage.addEventListener("keydown", (event) => this.press(event));
    stage.addEventListener("pointerdown", (event) => this.down(event));
    stage.addEventListener("pointermove", (event) => this.move(event));
    for (const name of ["pointerup", "pointercancel"]) stage.addEventListener(name, (event) => this.up(event));
    stage.addEventListener("pointerleave", () => this.onhover(-99, -99));
  }

  resize(width, height) {
    Object.assign(this, { width, height });
    this.moved();
  }

  onScreen(x, y) {
    return [(x - this.x) * this.scale + this.width / 2, (y - this.y) * this.scale + this.height / 2];
  }

  inWorld(left, top) {
    return [(left - this.width / 2) / this.scale + this.x, (top - this.height / 2) / this.scale + this.y];
  }

  corners() {
    return [this.inWorld(0, 0), this.inWorld(this.width, this.height)];
  }

  sees(x, y) {
    const [left, top] = this.onScreen(x, y);
    return left >= 0 && top >= 0 && left <= this.width && top <= this.height;
  }

  isDeepest() {
    return this.scale >= MAX_SCALE;
  }

  fit([left, top, right, bottom]) {
    this.x = (left + right) / 2;
    this.y = (top + bottom) / 2;
    this.scale = Math.min((MARGIN * this.width) / Math.max(right - left, 0.02),
      (MARGIN * this.height) / Math.max(bottom - top, 0.02));
    this.moved();
  }

  zoomBy(factor, left = this.width / 2, top = this.height / 2) {
    const [x, y] = this.inWorld(left, top);
    this.scale = this.bounded(this.scale * factor);
    this.x = x - (left - this.width / 2) / this.scale;
    this.y = y - (top - this.height / 2) / this.scale;
    this.moved();
  }

  // At the least scale the whole world is in view.
  bounded(scale) {
    return Math.max((MARGIN * Math.min(this.width, this.height)) / WORLD, Math.min(MAX_SCALE, scale));
  }

  moved() {
    this.scale = this.bounded(this.scale);
    const half = Math.min(WORLD / 2, (this.width / 2 - EDGE) / this.scale);
    this.x = Math.max(half, Math.min(WORLD - half, this.x));
    this.y = Math.max(0, Math.min(WORLD, this.y));
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => { this.frame = 0; this.onmove(); });
  }

  pan(left, top) {
    this.x -= left / this.scale;
    this.y -= top / this.scale;
    this.moved();
  }

  place(event) {
    const { left, top } = this.stage.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  }

  wheel(event) {
    event.preventDefault();
    this.zoomBy(2 ** (-event.deltaY / (event.deltaMode ? 12 : 320)), ...this.place(event));
  }

  press(event) {
    if (event.target !== this.stage || event.ctrlKey || event.metaKey || event.altKey) return;
    const moves = { ArrowLeft: [STEP, 0], ArrowRight: [-STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] };
    if (event.key in moves) this.pan(...moves[event.key]);
    else if (event.key === "+" || event.key === "=") this.zoomBy(2);
    else if (event.key === "-") this.zoomBy(0.5);
    else if (event.key === "0") this.onall();
    else return;
    event.preventDefault();
  }

  down(event) {
    if (event.target.closest("button")) return;
    this.stage.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, this.place(event));
    this.distance = 0;
  }

  move(event) {
    const before = this.pointers.get(event.pointerId);
    const now = this.place(event);
    if (!before) return this.onhover(...now);
    this.distance += Math.hypot(now[0] - before[0], now[1] - before[1]);
    const other = [...this.pointers].find(([id]) => id !== event.pointerId)?.[1];
    if (other) {
      const factor = gap(now, other) / Math.max(1, gap(before, other));
      this.zoomBy(factor, (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
    } else this.pan(now[0] - before[0], now[1] - before[1]);
    return this.pointers.set(event.pointerId, now);
  }

  up(event) {
    if (!this.pointers.delete(event.pointerId)) return;
    if (event.type === "pointerup" && this.distance < 5) this.onpick(...this.place(event));
  }
}

function gap(one, other) {
  return Math.hypot(one[0] - other[0], one[1] - other[1]);
}
