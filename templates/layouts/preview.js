"use strict";
(() => {
  const stage = document.getElementById("stage");
  const state = document.getElementById("state");
  const overlay = document.getElementById("overlay");
  const warnings = document.getElementById("warnings");
  let frame = null;
  let edition = 0;

  const made = (name, kind, text) => {
    const element = document.createElement(name);
    if (kind) element.className = kind;
    element.textContent = text;
    return element;
  };

  function told(found) {
    const item = document.createElement("li");
    const place = [found.file, found.line, found.column].filter((part) => part !== null).join(":");
    item.append(made("div", "place", `${place} ${found.severity}[${found.code}]`), made("p", "message", found.message));
    if (found.lines.length) {
      const text = document.createElement("pre");
      for (const [number, line] of found.lines) {
        text.append(made("span", number === found.line ? "at" : "", `${String(number).padStart(4)}  ${line}`));
      }
      item.append(text);
    }
    if (found.hint) item.append(made("p", "hint", `Hint: ${found.hint}`));
    return item;
  }

  // The links of an edition: those inside it work as they are, the web opens beside it, other files are not there.
  function followed(event) {
    const link = event.target.closest?.("a[href]");
    const target = link?.getAttribute("href");
    if (!target || target.startsWith("#")) return;
    event.preventDefault();
    if (/^(https?|mailto|tel):/i.test(target)) window.open(target, "_blank", "noopener");
    else state.textContent = `${target} is another file; the preview shows one document`;
  }

  function show(number) {
    const next = document.createElement("iframe");
    next.title = "The HTML edition";
    next.className = "coming";
    next.src = `edition/${number}`;
    next.addEventListener("load", () => {
      if (number !== edition) return next.remove();
      const old = frame;
      if (old) next.contentWindow.scrollTo({ left: old.contentWindow.scrollX, top: old.contentWindow.scrollY, behavior: "instant" });
      next.contentDocument.addEventListener("click", followed);
      document.title = `${next.contentDocument.title} – preview`;
      next.className = "";
      old?.remove();
      frame = next;
    });
    stage.append(next);
  }

  function update(shown) {
    const faults = shown.diagnostics.filter((found) => found.severity === "error");
    const cautions = shown.diagnostics.filter((found) => found.severity !== "error");
    const count = faults.length === 1 ? "1 fault" : `${faults.length} faults`;
    document.getElementById("faults").textContent = shown.edition ? `${count}: the last good edition stays` : count;
    overlay.querySelector("ol").replaceChildren(...faults.map(told));
    overlay.hidden = shown.good;
    warnings.querySelector("summary").textContent = cautions.length === 1 ? "1 warning" : `${cautions.length} warnings`;
    warnings.querySelector("ol").replaceChildren(...cautions.map(told));
    warnings.hidden = cautions.length === 0;
    state.textContent = shown.good ? "shows what was last saved" : "what was last saved cannot be shown";
    if (shown.edition !== edition) {
      edition = shown.edition;
      show(edition);
    }
  }

  document.getElementById("close").addEventListener("click", () => { overlay.hidden = true; });
  const events = new EventSource("events");
  events.addEventListener("message", (event) => update(JSON.parse(event.data)));
  events.addEventListener("error", () => { state.textContent = "the preview has ended, or cannot be reached"; });
})();
