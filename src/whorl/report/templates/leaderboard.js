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

/* A method's row unfolds to the one below it; its images are set when it is first seen. */

const details = new Map();

function isMethod(row) {
  return "label" in row.dataset;
}

function show(detail) {
  const data = detail.closest("section").querySelector("script.images");
  if (!data || detail.dataset.shown) return;
  detail.dataset.shown = "yes";
  const pictures = JSON.parse(data.textContent);
  for (const image of detail.querySelectorAll("img[data-image]")) {
    image.src = pictures.candidates[image.dataset.image];
  }
  for (const image of detail.querySelectorAll("img[data-nearest]")) {
    image.src = pictures.nearest[image.dataset.nearest].image;
  }
}

function unfolds(detail) {
  const row = detail.previousElementSibling;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "unfold";
  button.setAttribute("aria-expanded", "false");
  button.setAttribute("aria-controls", detail.id);
  button.append(...row.cells[1].childNodes);
  row.cells[1].append(button);
  button.addEventListener("click", () => {
    detail.hidden = !detail.hidden;
    button.setAttribute("aria-expanded", String(!detail.hidden));
    if (!detail.hidden) show(detail);
  });
  detail.hidden = true;
  details.set(row, detail);
}

document.querySelectorAll("tr.detail").forEach(unfolds);

function sort(table, column, descending) {
  const body = table.tBodies[0];
  const rows = [...body.rows].filter(isMethod).map((row) => [worth(row.cells[column]), row]);
  rows.sort(([x], [y]) => {
    if (x === null || y === null) return (x === null) - (y === null);
    const order = typeof x === "string" ? collator.compare(x, y) : x - y;
    return descending ? -order : order;
  });
  for (const [, row] of rows) {
    const below = details.get(row);
    body.append(row, ...(below ? [below] : []));
  }
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
const rows = [...document.querySelectorAll("table.board > tbody > tr")].filter(isMethod);

function choose() {
  const text = find.value.trim().toLowerCase();
  for (const row of rows) {
    const { label, sees: kind, team: whose } = row.dataset;
    row.hidden =
      !label.toLowerCase().includes(text) ||
      (sees.value !== "" && kind !== sees.value) ||
      (team.value !== "" && whose !== undefined && whose !== team.value);
    const below = details.get(row);
    if (below) below.hidden = row.hidden || row.querySelector(".unfold").ariaExpanded !== "true";
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
