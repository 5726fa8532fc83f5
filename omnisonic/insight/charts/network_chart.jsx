import { useEffect, useMemo, useRef, useState } from "react";

import { ChartHead, cssColor, DataTable, download } from "./toolbar.jsx";

const [HEIGHT, WIDTH_LEAST, MARGIN_X, MARGIN_Y] = [360, 280, 44, 28];
const DEPTHS = ["1 step", "2 steps", "3 steps"];
const LETTER_PX = 6.4;
const NAMES_MAX = 24;
const SHAPES = { artist: "circle", work: "square", recording: "diamond" };

/** Where a node is in a drawing of this width, filled to its edges whatever the layout left free. */
function placer(nodes, width) {
  const axis = (values, length, margin) => {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return (value) => (high - low < 1e-6 ? length / 2 : margin + ((value - low) / (high - low)) * (length - 2 * margin));
  };
  const [x, y] = [axis(nodes.map((node) => node.x), width, MARGIN_X), axis(nodes.map((node) => node.y), HEIGHT, MARGIN_Y)];
  return (node) => [x(node.x), y(node.y)];
}
const short = (name) => ([...name].length > NAMES_MAX ? `${[...name].slice(0, NAMES_MAX - 1).join("")}…` : name);

/** Names that do not lie on each other, the center's and the most named first. */
function chooseNames(nodes, radii, at, width) {
  const boxes = nodes.map((node, place) => [at(node)[0] - radii[place], at(node)[1] - radii[place], at(node)[0] + radii[place], at(node)[1] + radii[place]]);
  const order = nodes.map((_, place) => place).sort((a, b) => nodes[a].hops - nodes[b].hops || nodes[b].stories - nodes[a].stories);
  const shown = new Set();
  for (const place of order) {
    const [x, y] = at(nodes[place]);
    const half = ([...short(nodes[place].name)].length * LETTER_PX) / 2;
    const box = [x - half, y + radii[place] + 3, x + half, y + radii[place] + 17];
    const isInside = box[0] >= 0 && box[2] <= width;
    const isFree = isInside && !boxes.some((other, index) => index !== place && box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1]);
    if (isFree || place === order[0]) {
      shown.add(place);
      boxes.push(box);
    }
  }
  return shown;
}

function Mark({ type, x, y, r }) {
  if (SHAPES[type] === "square") return <rect x={x - r * 0.88} y={y - r * 0.88} width={r * 1.76} height={r * 1.76} rx="3" />;
  if (SHAPES[type] === "diamond") return <path d={`M${x} ${y - r * 1.2}L${x + r * 1.2} ${y}L${x} ${y + r * 1.2}L${x - r * 1.2} ${y}Z`} />;
  return <circle cx={x} cy={y} r={r} />;
}

/** The drawing with its colors written into it, as a picture. */
async function savePicture(svg, name, width) {
  const copy = svg.cloneNode(true);
  const [from, to] = [svg.querySelectorAll("*"), copy.querySelectorAll("*")];
  from.forEach((one, place) => {
    const style = getComputedStyle(one);
    for (const property of ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-opacity", "font", "text-anchor"])
      to[place].style.setProperty(property, style.getPropertyValue(property));
  });
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", width);
  copy.setAttribute("height", HEIGHT);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: width * 2, height: HEIGHT * 2 });
  const context = canvas.getContext("2d");
  context.fillStyle = cssColor(svg, "--om-surface");
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  download(canvas.toDataURL("image/png"), `${name}.png`);
}

function edgeWords(edge) {
  return edge.kind === "credit" ? edge.label : `named together in ${edge.stories} ${edge.stories === 1 ? "story" : "stories"}`;
}

/** Artists, works and recordings around one of them, as the server laid them out. `onPick(key, name)` asks for articles. */
export function NetworkChart({ name, title, summary, figure, csv, depth, onPick, onDepth }) {
  const [isTable, setTable] = useState(false);
  const [width, setWidth] = useState(420);
  const svg = useRef(null);
  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => setWidth(Math.max(WIDTH_LEAST, Math.round(entry.contentRect.width))));
    watch.observe(svg.current);
    return () => watch.disconnect();
  }, []);
  const nodes = figure?.nodes ?? [];
  const edges = figure?.edges ?? [];
  const most = Math.max(1, ...nodes.map((node) => node.stories));
  const crowd = nodes.length > 60 ? 0.6 : 1;
  const radii = useMemo(() => nodes.map((node, place) => (place === figure.center ? 15 : 5 + 8 * Math.sqrt(node.stories / most) * crowd)), [figure]);
  const at = useMemo(() => placer(nodes, width), [figure, width]);
  const names = useMemo(() => chooseNames(nodes, radii, at, width), [figure, at]);
  const describe = (node) => [node.name, node.detail, node.type, `${node.stories} ${node.stories === 1 ? "story" : "stories"}`].filter(Boolean).join(", ");
  const activate = (event, node) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    onPick?.(node.key, node.name);
  };
  return (
    <section className="ui-card ui-chart" aria-labelledby={`${name}-title`} data-testid={name}>
      <ChartHead name={name} title={title} summary={summary} csv={csv} isTable={isTable} onTable={() => setTable(!isTable)} onPicture={() => savePicture(svg.current, name, width)} />
      <svg ref={svg} className="ui-network" viewBox={`0 0 ${width} ${HEIGHT}`} role="group" aria-label={`${title}. ${summary}`}>
        {edges.map((edge, place) => {
          const [[x1, y1], [x2, y2]] = [at(nodes[edge.a]), at(nodes[edge.b])];
          return <line key={place} x1={x1} y1={y1} x2={x2} y2={y2} className={`ui-edge ui-edge-${edge.kind}`} strokeWidth={edge.kind === "credit" ? 1.5 : 0.8 + 2.4 * Math.max(0, edge.npmi ?? 0)} />;
        })}
        {nodes.map((node, place) => (
          <g key={node.key} role="button" tabIndex={0} className="ui-node" aria-label={describe(node)} style={{ color: `var(${node.color})` }}
            onClick={() => onPick?.(node.key, node.name)} onKeyDown={(event) => activate(event, node)} data-testid={`${name}-node`}>
            <title>{describe(node)}</title>
            <Mark type={node.type} x={at(node)[0]} y={at(node)[1]} r={radii[place]} />
          </g>
        ))}
        {[...names].map((place) => (
          <text key={nodes[place].key} x={at(nodes[place])[0]} y={at(nodes[place])[1] + radii[place] + 14} className={place === figure.center ? "ui-node-name ui-node-center" : "ui-node-name"} aria-hidden="true">
            {short(nodes[place].name)}
          </text>
        ))}
      </svg>
      <ul className="ui-chart-legend">
        <li>
          <select className="ui-select ui-network-depth" aria-label="How far the network goes" value={depth} onChange={(event) => onDepth?.(event.target.value)} data-testid="filter-depth">
            {DEPTHS.map((words, place) => <option key={words} value={`${place + 1}`}>{words}</option>)}
          </select>
        </li>
        {Object.entries({ artist: "--om-track-1", work: "--om-track-3", recording: "--om-track-4" }).map(([type, color]) => (
          <li key={type}>
            <svg width="16" height="16" aria-hidden="true" className="ui-node" style={{ color: `var(${color})` }}><Mark type={type} x={8} y={8} r={5} /></svg>
            {`${type[0].toUpperCase()}${type.slice(1)}s`}
          </li>
        ))}
        <li className="ui-chart-hint">Solid: credits · dashed: named together{figure?.isCut ? " · the strongest only" : ""}</li>
      </ul>
      {isTable && (
        <DataTable name={name} caption={`${title}: what is connected, and how`} head={["From", "To", "How", "NPMI"]}
          rows={edges.map((edge, place) => ({
            key: place, label: nodes[edge.a].name, cells: [nodes[edge.b].name, edgeWords(edge), edge.npmi === null ? "–" : edge.npmi.toFixed(2)],
            onPick: () => onPick?.(nodes[edge.a].key, nodes[edge.a].name),
          }))} />
      )}
    </section>
  );
}
