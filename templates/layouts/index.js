"use strict";
(() => {
  const table = document.querySelector("table");
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const heads = [...table.tHead.rows[0].cells];
  const search = document.getElementById("search");
  const only = document.getElementById("attention");
  const order = document.getElementById("order");
  const told = document.getElementById("told");
  const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

  // Reviews that are due: only whoever opens the page knows which day it is.
  const now = new Date();
  const two = (number) => String(number).padStart(2, "0");
  const today = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  let overdue = 0;
  for (const row of rows) {
    const review = row.querySelector("time");
    if (!review || review.dateTime >= today) continue;
    overdue += 1;
    row.dataset.attention = "";
    const mark = document.createElement("strong");
    mark.className = "badge";
    mark.textContent = "overdue";
    review.after(" ", mark);
  }
  const count = document.getElementById("overdue");
  count.textContent = overdue === 1 ? "1 review overdue" : `${overdue} reviews overdue`;
  count.hidden = false;

  const key = (row, at) => row.cells[at].dataset.sort ?? row.cells[at].textContent.trim();
  let sorted = 0;
  let direction = 1;

  function sort(at, way) {
    sorted = at;
    direction = way;
    const keyed = rows.map((row, was) => [key(row, at), was, row]);
    keyed.sort((one, other) => {
      if (!one[0] !== !other[0]) return one[0] ? -1 : 1; // what is not there comes last either way
      return direction * collator.compare(one[0], other[0]) || one[1] - other[1];
    });
    body.append(...keyed.map((entry) => entry[2]));
    heads.forEach((head, number) => {
      if (number === at) head.setAttribute("aria-sort", way > 0 ? "ascending" : "descending");
      else head.removeAttribute("aria-sort");
    });
    order.value = `${at} ${way}`;
  }

  function filter() {
    const words = search.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const text = row.textContent.toLocaleLowerCase();
      row.hidden = !words.every((word) => text.includes(word)) || (only.checked && !("attention" in row.dataset));
      shown += !row.hidden;
    }
    told.textContent = shown === rows.length ? "" : `${shown} of ${rows.length} shown`;
  }

  heads.forEach((head, at) => {
    if (!("sortable" in head.dataset)) return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => sort(at, at === sorted ? -direction : 1));
    for (const way of [1, -1]) {
      const option = document.createElement("option");
      option.value = `${at} ${way}`;
      option.textContent = `${button.textContent}${way < 0 ? ", reversed" : ""}`;
      order.append(option);
    }
  });
  order.addEventListener("change", () => sort(...order.value.split(" ").map(Number)));
  search.addEventListener("input", filter);
  only.addEventListener("change", filter);
  document.getElementById("tools").hidden = false;
  sort(0, 1);
  filter();
})();
