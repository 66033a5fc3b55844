"use strict";

/* Tables are whole without scripts; with them they are sorted and filtered. */

const collator = new Intl.Collator("en", { numeric: true });

function worth(cell) {
  if (!cell) return null;
  const given = cell.dataset.value ?? cell.textContent.trim().replace("−", "-");
  if (!cell.classList.contains("number")) return given;
  const number = parseFloat(given);
  return Number.isNaN(number) ? null : number;
}

function sort(table, column, descending) {
  const body = table.tBodies[0];
  const rows = [...body.rows].map((row) => [worth(row.cells[column]), row]);
  rows.sort(([x], [y]) => {
    if (x === null || y === null) return (x === null) - (y === null);
    const order = typeof x === "string" ? collator.compare(x, y) : x - y;
    return descending ? -order : order;
  });
  body.append(...rows.map(([, row]) => row));
}

for (const table of document.querySelectorAll("table.board")) {
  const headers = [...table.tHead.rows[0].cells];
  headers.forEach((header, column) => {
    if ("plain" in header.dataset) return;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = header.textContent;
    const arrow = document.createElement("span");
    arrow.className = "arrow";
    arrow.setAttribute("aria-hidden", "true");
    button.append(arrow);
    header.replaceChildren(button);
    button.addEventListener("click", () => {
      const before = header.getAttribute("aria-sort");
      const first = header.textContent.includes("↑") ? "descending" : "ascending";
      const other = first === "descending" ? "ascending" : "descending";
      const wanted = before === first ? other : first;
      headers.forEach((one) => one.removeAttribute("aria-sort"));
      header.setAttribute("aria-sort", wanted);
      sort(table, column, wanted === "descending");
    });
  });
}

const [find, task, sees, team] = ["find", "task", "sees", "team"].map((id) => document.getElementById(id));
const rows = [...document.querySelectorAll("table.board tbody tr")];

function choose() {
  const text = find.value.trim().toLowerCase();
  for (const row of rows) {
    const { label, sees: kind, team: whose } = row.dataset;
    row.hidden =
      !label.toLowerCase().includes(text) ||
      (sees.value !== "" && kind !== sees.value) ||
      (team.value !== "" && whose !== undefined && whose !== team.value);
  }
  for (const section of document.querySelectorAll("section.task")) {
    section.hidden = task.value !== "" && section.id !== task.value;
  }
  const left = rows.filter((row) => !row.hidden && !row.closest("section").hidden).length;
  document.getElementById("shown").textContent = `${left} of ${rows.length} rows`;
}

find.addEventListener("input", choose);
[task, sees, team].forEach((one) => one.addEventListener("change", choose));
document.querySelector(".filters").hidden = false;
choose();
