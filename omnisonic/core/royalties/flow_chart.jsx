import { useEffect, useMemo, useRef, useState } from "react";

const TOTAL_PX = 300; // the height of all the money
const [NODE_WIDTH, SLOT_LEAST, SLOT_GAP] = [10, 34, 8];
const [WIDTH_LEAST, WIDE] = [260, 640];
const LETTER_PX = 7;
const NARROW_LABEL_PX = 34;

const cut = (words, room) => {
  const letters = [...words];
  const most = Math.max(4, Math.floor(room / LETTER_PX));
  return letters.length > most ? `${letters.slice(0, most - 1).join("")}…` : words;
};

/** Nodes of one side from top to bottom: a slot is never lower than its two lines of words. */
function stack(nodes, isWide) {
  let y = 0;
  const placed = nodes.map((node) => {
    const height = Math.max(2, node.share * TOTAL_PX);
    const slot = isWide ? Math.max(height, SLOT_LEAST) : height + NARROW_LABEL_PX;
    const top = isWide ? y + (slot - height) / 2 : y + NARROW_LABEL_PX;
    y += slot + SLOT_GAP;
    return { ...node, top, height };
  });
  return { placed, height: Math.max(0, y - SLOT_GAP) };
}

/** Where everything is: both sides centered on each other, ribbons in the order of their ends. */
function layOut(figure, width) {
  const isWide = width >= WIDE;
  const sides = ["from", "to"].map((side) => stack(figure.nodes.filter((node) => node.side === side), isWide));
  const height = Math.max(...sides.map((side) => side.height), SLOT_LEAST);
  const at = {};
  sides.forEach((side, place) => {
    const offset = (height - side.height) / 2;
    side.placed.forEach((node, order) => {
      at[node.key] = { ...node, order, top: node.top + offset, used: 0, isLeft: place === 0 };
    });
  });
  const margin = isWide ? Math.min(220, width * 0.26) : 0;
  const [x0, x1] = [margin + NODE_WIDTH, width - margin - NODE_WIDTH];
  const ordered = figure.links.filter((link) => at[link.from] && at[link.to]);
  const sizes = ordered.map((link) => ({ ...link, thickness: Math.max(1, link.share * TOTAL_PX) }));
  const starts = new Map();
  for (const link of [...sizes].sort((a, b) => at[a.to].order - at[b.to].order)) {
    starts.set(link.key, at[link.from].top + at[link.from].used);
    at[link.from].used += link.share * TOTAL_PX;
  }
  for (const link of [...sizes].sort((a, b) => at[a.from].order - at[b.from].order)) {
    link.y0 = starts.get(link.key);
    link.y1 = at[link.to].top + at[link.to].used;
    at[link.to].used += link.share * TOTAL_PX;
  }
  const middle = (x0 + x1) / 2;
  const ribbons = sizes.map((link) => ({
    ...link,
    color: at[link.to].color,
    path: `M${x0} ${link.y0}C${middle} ${link.y0} ${middle} ${link.y1} ${x1} ${link.y1}V${link.y1 + link.thickness}C${middle} ${link.y1 + link.thickness} ${middle} ${link.y0 + link.thickness} ${x0} ${link.y0 + link.thickness}Z`,
  }));
  return { nodes: Object.values(at), ribbons, height, isWide, margin, x0, x1 };
}

function Label({ node, plan, width }) {
  const room = plan.isWide ? plan.margin - 12 : width / 2 - 8;
  const x = node.isLeft ? (plan.isWide ? plan.margin - 10 : 0) : plan.isWide ? width - plan.margin + 10 : width;
  const anchor = node.isLeft === plan.isWide ? "end" : "start";
  const y = plan.isWide ? node.top + node.height / 2 - 3 : node.top - 19;
  return (
    <text x={x} y={y} textAnchor={anchor} className="ry-flow-label">
      <tspan className="ry-flow-name">{cut(node.name, room)}</tspan>
      <tspan x={x} dy="15">{`${node.amount} · ${node.percent}`}</tspan>
    </text>
  );
}

/** Money from sources to parties and suspense. What it shows stands beside it as a table too. */
export function FlowChart({ name, summary, figure }) {
  const svg = useRef(null);
  const [width, setWidth] = useState(800);
  const [chosen, setChosen] = useState("");
  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => setWidth(Math.max(WIDTH_LEAST, Math.round(entry.contentRect.width))));
    watch.observe(svg.current);
    return () => watch.disconnect();
  }, []);
  const plan = useMemo(() => layOut(figure, width), [figure, width]);
  const isLit = (link) => !chosen || link.from === chosen || link.to === chosen;
  return (
    <svg ref={svg} className="ry-flow" viewBox={`0 0 ${width} ${plan.height + 4}`} style={{ height: plan.height + 4 }} role="img" aria-label={summary} data-testid={name}>
      {plan.ribbons.map((link) => (
        <path key={link.key} d={link.path} className="ry-flow-ribbon" data-lit={isLit(link)} style={{ color: `var(${link.color})` }}>
          <title>{link.words}</title>
        </path>
      ))}
      {plan.nodes.map((node) => (
        <g key={node.key} onMouseEnter={() => setChosen(node.key)} onMouseLeave={() => setChosen("")} data-testid={`${name}-node`}>
          <title>{`${node.name}: ${node.exact}`}</title>
          <rect x={node.isLeft ? plan.x0 - NODE_WIDTH : plan.x1} y={node.top} width={NODE_WIDTH} height={node.height} rx="2" fill={`var(${node.color})`} />
          <Label node={node} plan={plan} width={width} />
        </g>
      ))}
    </svg>
  );
}
