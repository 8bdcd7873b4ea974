// Draw the map on its canvas, in the colours of the style sheet.

import { projected } from "./atlas.js";
import { radiusOf } from "./clusters.js";
import { count } from "./words.js";

export function drawnMap(canvas, camera, shapes, clusters, box) {
  const { width, height, scale } = camera;
  const ratio = devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const style = getComputedStyle(canvas);
  const colour = (name) => style.getPropertyValue(name).trim();
  const pen = canvas.getContext("2d");
  const [left, top] = camera.onScreen(0, 0);
  const [[west, north], [east, south]] = camera.corners();
  const seen = shapes.filter(({ box: [x1, y1, x2, y2] }) => x2 >= west && x1 <= east && y2 >= north && y1 <= south);

  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.fillStyle = colour("--sea");
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.setTransform(ratio * scale, 0, 0, ratio * scale, ratio * left, ratio * top);
  pen.fillStyle = colour("--land");
  pen.strokeStyle = colour("--border");
  pen.lineWidth = 0.7 / scale;
  pen.lineJoin = "round";
  for (const { path } of seen) {
    pen.fill(path);
    pen.stroke(path);
  }
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  drawNames(pen, camera, seen, colour("--place"));
  if (box) drawBox(pen, camera, box, colour("--accent"));
  for (const cluster of clusters) drawCluster(pen, camera, cluster, colour);
}

function drawNames(pen, camera, shapes, ink) {
  pen.fillStyle = ink;
  pen.font = "11px system-ui, sans-serif";
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  for (const { name, breadth, center } of shapes) {
    if (breadth * camera.scale < name.length * 7 + 8 || Number.isNaN(center[0])) continue;
    pen.fillText(name, ...camera.onScreen(...center));
  }
}

function drawBox(pen, camera, [west, south, east, north], ink) {
  const [left, top] = camera.onScreen(...projected(north, west));
  const [right, bottom] = camera.onScreen(...projected(south, east));
  pen.strokeStyle = ink;
  pen.lineWidth = 1.5;
  pen.setLineDash([5, 4]);
  pen.strokeRect(left, top, right - left, bottom - top);
  pen.setLineDash([]);
}

function drawCluster(pen, camera, cluster, colour) {
  const [x, y] = camera.onScreen(cluster.x, cluster.y);
  const radius = radiusOf(cluster);
  if (x < -radius || y < -radius || x > camera.width + radius || y > camera.height + radius) return;
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fillStyle = colour("--accent");
  pen.globalAlpha = cluster.count === 1 ? 1 : 0.88;
  pen.fill();
  pen.globalAlpha = 1;
  pen.lineWidth = 1.5;
  pen.strokeStyle = colour("--surface");
  pen.stroke();
  if (cluster.count === 1) return;
  pen.fillStyle = colour("--on-accent");
  pen.font = `600 ${radius < 14 ? 10 : 11}px system-ui, sans-serif`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText(cluster.count > 9999 ? `${Math.round(cluster.count / 1000)}k` : count(cluster.count), x, y + 0.5);
}
