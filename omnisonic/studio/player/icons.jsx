/** Line icons drawn on a 24 px grid; decoration only, the control that holds one carries the name. */
const PATHS = {
  play: "M7 4.5v15l12-7.5z",
  pause: "M8 5v14M16 5v14",
  start: "M6 5v14M19 5.5v13L9.5 12z",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  fit: "M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M8 12h8",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  check: "M5 12.5l4.5 4.5L19 7.5",
  cloudOff: "M3 3l18 18M9 5.4A7 7 0 0 1 18.7 10 4.5 4.5 0 0 1 20.6 17M16 19H7a5 5 0 0 1-1.6-9.7",
  alert: "M12 8v5M12 16.5h.01M12 3.5l9.2 16H2.8z",
  close: "M6 6l12 12M18 6L6 18",
  retry: "M4 5v5h5M4.6 10A8 8 0 1 1 4 13.5",
  upload: "M12 16V4.5M7 9l5-5 5 5M4 16v3a1.5 1.5 0 0 0 1.5 1.5h13A1.5 1.5 0 0 0 20 19v-3",
  people: "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20a6.5 6.5 0 0 1 13 0M16 4.3a3.5 3.5 0 0 1 0 6.4M18 14.2a6.5 6.5 0 0 1 3.5 5.8",
  chevron: "M6 9.5l6 6 6-6",
  faders: "M6 4v6M6 15v5M12 4v3M12 12v8M18 4v9M18 18v2M3.5 12.5h5M9.5 9.5h5M15.5 15.5h5",
  keyboard: "M3 7h18v10H3zM7 10.5h.01M11 10.5h.01M15 10.5h.01M8 14h8",
};

const FILLED = new Set(["play"]);

export function Icon({ name, size = 16 }) {
  return (
    <svg
      className="om-icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill={FILLED.has(name) ? "currentColor" : "none"}
      stroke="currentColor"
      strokeWidth={name === "more" ? 3 : 1.8}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
