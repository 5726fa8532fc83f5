// Forms that talk to the REST API and end in a full page load: sign-in and sign-out set a cookie, and the
// page's socket must be opened anew with it.
(() => {
  // Canvases draw with the theme's colors; the studio's theme may change without the root's class changing.
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-testid=theme-toggle]")) return;
    setTimeout(() => window.dispatchEvent(new Event("omnisonic:redraw")), 60);
  });

  // Visitors may ask for the demo song before the player has arrived: it looks for this mark.
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-demo-play]")) return;
    document.documentElement.dataset.demo = "wanted";
    document.getElementById("demo")?.scrollIntoView({ block: "center" });
    window.dispatchEvent(new Event("omnisonic:play-demo"));
  });

  // "Go back" leads to where the reader came from within Omnisonic; otherwise the link's own address counts.
  const arrivedAt = window.history.length;
  const cameFromHere = document.referrer.startsWith(`${window.location.origin}/`);
  document.addEventListener(
    "click",
    (event) => {
      if (!event.target.closest("[data-back]")) return;
      if (!cameFromHere && window.history.length === arrivedAt) return;
      event.preventDefault();
      event.stopPropagation();
      window.history.back();
    },
    true,
  );

  // A dialog of links has done its work once one of them is followed.
  document.addEventListener("click", (event) => event.target.closest("dialog a:not([download])")?.closest("dialog").close());

  const message = (problem) => {
    const first = problem.errors?.[0];
    return first?.message ?? problem.detail ?? problem.title ?? "That did not work. Try again.";
  };

  async function send(form) {
    const fields = Object.fromEntries(new FormData(form));
    const answer = await fetch(form.getAttribute("action"), {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify(fields),
    });
    if (answer.ok) return null;
    return message(await answer.json().catch(() => ({})));
  }

  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("form[data-api]");
    if (!form) return;
    event.preventDefault();
    const button = form.querySelector("[type=submit]");
    const place = form.querySelector("[data-problem]");
    button.disabled = true;
    let problem = null;
    try {
      problem = await send(form);
    } catch {
      problem = "Omnisonic is not reachable. Check your connection, then try again.";
    }
    if (problem === null) {
      window.location.assign(form.dataset.then);
      return;
    }
    button.disabled = false;
    if (place) {
      place.textContent = problem;
      place.hidden = false;
    }
  });
})();
