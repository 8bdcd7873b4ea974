// Natural Earth's countries as paths in a square world, Mercator, WORLD units wide.

import { unpackedJson } from "./unpack.js";

export const WORLD = 1000;
const MAX_LATITUDE = 85.05;

export function projected(latitude, longitude) {
  const angle = (Math.max(-MAX_LATITUDE, Math.min(MAX_LATITUDE, latitude)) * Math.PI) / 180;
  return [
    (WORLD * (longitude + 180)) / 360,
    WORLD * (0.5 - Math.log(Math.tan(Math.PI / 4 + angle / 2)) / (2 * Math.PI)),
  ];
}

export function located([x, y]) {
  const angle = 2 * Math.atan(Math.exp(Math.PI * (1 - (2 * y) / WORLD))) - Math.PI / 2;
  return [(180 * angle) / Math.PI, (360 * x) / WORLD - 180];
}

let countries;

export function atlas() {
  countries ??= unpackedJson(document.getElementById("atlas")).then(shapes);
  return countries;
}

function shapes(topology) {
  const { features } = topojson.feature(topology, topology.objects.countries);
  const projection = d3.geoMercator().scale(WORLD / (2 * Math.PI)).translate([WORLD / 2, WORLD / 2]);
  const bounds = d3.geoPath(projection);
  return features.map((feature) => {
    const path = new Path2D();
    d3.geoPath(projection, path)(feature);
    const box = bounds.bounds(feature).flat();
    return { feature, path, box, name: feature.properties.name, center: bounds.centroid(feature),
      breadth: 1.5 * Math.sqrt(bounds.area(feature)) };
  });
}

// The name of the country that has a place, or "" on the sea.
export function countryOf(shapesOfAll, latitude, longitude) {
  const [x, y] = projected(latitude, longitude);
  const found = shapesOfAll.find(({ box, feature }) => x >= box[0] && y >= box[1]
    && x <= box[2] && y <= box[3] && d3.geoContains(feature, [longitude, latitude]));
  return found?.name ?? "";
}
