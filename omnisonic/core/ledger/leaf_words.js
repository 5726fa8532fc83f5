/** What a leaf says, in plain words; the same rows as `describe` in `offline_verifier.py`. */
const TITLES = {
  entry: "One entry of the ledger",
  journal: "One balanced booking of the ledger",
  line: "One line of a statement",
  cycle: "A closed cycle with its totals",
  release: "A registered release",
  split: "An accepted split sheet",
  dispute: "A dispute of a statement line, opened or answered",
  claim: "A claim to a share, opened or answered",
  rate: "A stated exchange rate",
};
const LABELS = {
  "account.kind": "Account",
  "account.owner": "Account of",
  at: "Written at",
  count: "Entries",
  cycle: "Cycle",
  currency: "Currency",
  event: "Usage event",
  id: "Id",
  journal: "Booking",
  journalHash: "Booking (hash)",
  kind: "Kind",
  party: "Payee (salted hash)",
  period: "Period",
  position: "Position",
  quantity: "Uses",
  recording: "Recording",
  root: "Root of the entries",
  source: "Source",
  statement: "Statement",
  territory: "Territory",
  usage: "Usage",
  v: "Version of the leaf",
  work: "Work",
};
const wordFor = (words, name) => (Object.hasOwn(words, name) ? words[name] : undefined);

/** Pairs of a label and a text, the amount in its currency first. */
export function describe(leaf) {
  let facts = null;
  let flat = [];
  try {
    facts = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(leaf));
    flat = flatten("", facts);
  } catch {
    facts = null;
  }
  if (facts === null || typeof facts !== "object" || Array.isArray(facts)) {
    const start = Array.from(leaf.slice(0, 64), (one) => one.toString(16).padStart(2, "0")).join("");
    return [["Leaf", `${leaf.length} bytes that are not a record of Omnisonic: ${start}`]];
  }
  const rows = [["This is", wordFor(TITLES, String(facts.kind)) ?? "A record of a kind that is not known here"]];
  const { amount, scale } = facts;
  const isAmount = typeof amount === "string" && /^-?[0-9]{1,30}$/.test(amount);
  if (isAmount && Number.isInteger(scale) && scale > 0 && scale < 19) {
    rows.push(["Amount", amountWords(amount, scale, String(facts.currency ?? ""), facts.kind === "entry")]);
    flat = flat.filter(([name]) => name !== "amount" && name !== "scale");
  }
  return [...rows, ...flat.map(([name, text]) => [wordFor(LABELS, name) ?? name, text])];
}

function amountWords(amount, scale, currency, isEntry) {
  const isNegative = amount.startsWith("-");
  const digits = amount.replace("-", "").padStart(scale + 1, "0");
  const fraction = digits.slice(-scale).replace(/0+$/, "").padEnd(Math.min(2, scale), "0");
  const text = `${digits.slice(0, -scale)}.${fraction} ${currency}`;
  if (isEntry) return `${text}, ${isNegative ? "credit" : "debit"}`;
  return isNegative ? `-${text}` : text;
}

function flatten(start, value) {
  if (value === null) return [];
  if (typeof value === "object") {
    const isList = Array.isArray(value);
    return Object.entries(value).flatMap(([name, one]) => {
      const step = isList ? String(Number(name) + 1) : name;
      return flatten(start || isList ? `${start}.${step}` : step, one);
    });
  }
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return [[start, text.replace(/[^ \P{Z}]|\p{C}/gu, "\ufffd")]];
}

/** A POSIX time in seconds as people read it. */
export function instant(timeS) {
  const at = new Date(Number(timeS) * 1000);
  if (Number.isNaN(at.getTime())) return `second ${timeS}`;
  return `${at.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
