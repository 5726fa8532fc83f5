import { useState } from "react";

import { download } from "./toolbar.jsx";

/** Asks the server for the page as a PDF, with the filters that the page has now. */
export function ReportButton({ filters }) {
  const [phase, setPhase] = useState("");
  const make = async () => {
    setPhase("busy");
    try {
      const answer = await fetch("/api/analytics/report.pdf", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(filters),
      });
      if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).detail ?? "The report could not be made. Try again in a moment.");
      const name = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1] ?? "analytics.pdf";
      const url = URL.createObjectURL(await answer.blob());
      download(url, name);
      setTimeout(() => URL.revokeObjectURL(url), 10_000);
      setPhase("");
    } catch (error) {
      setPhase(error.message);
    }
  };
  return (
    <span className="ui-report">
      <button type="button" className="ui-button ui-button-outline" disabled={phase === "busy"} onClick={make} data-testid="report-pdf">
        <svg width="16" height="16" viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
          <path d="M14 2H6a2 2 0 0 0-2 2v16a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2V8zM14 2v6h6M12 18v-6M9 15l3 3 3-3" />
        </svg>
        <span>{phase === "busy" ? "Writing …" : "PDF report"}</span>
      </button>
      {phase && phase !== "busy" && <span role="alert" className="ui-field-error">{phase}</span>}
    </span>
  );
}
