"use strict";

const { rows, patients, decimals } = JSON.parse(document.getElementById("data").textContent);

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

/* How each kind of cell is printed. */

const whole = new Intl.NumberFormat("en");
const print = (value, digits) => value.toFixed(digits).replace("-", "−");
const cells = {
  name(value) {
    const cell = element("td", "text");
    const name = element("bdi", "name", value);
    name.title = value;
    cell.append(name);
    return cell;
  },
  count: (value) => element("td", "number", whole.format(value)),
  score: (value) => element("td", "number", print(value, decimals.score)),
  similarity: (value) => element("td", "number", print(value, decimals.similarity)),
  p: (value) =>
    element("td", "number", value === null ? "none" : value >= 0.0001 ? value.toFixed(4) : "<\u00a00.0001"),
  flag: (value) => element("td", "text decision", value ? "flagged" : "not flagged"),
};

const CANDIDATES = ["name", "name", "score", "p", "flag", "name", "similarity"];
const PATIENT = 1, SCORE = 2, FLAG = 4;
const OWN = [0, 2, 3, 4, 5, 6]; // columns of the candidates' table that a patient's images show
const PATIENTS = ["name", "count", "count", "score", "p", "flag", "name"];
const BEST = 3;

/* A table of rows: sorted, filtered, a page at a time; a row may unfold. */

function browse(prefix, rows, kinds, start, noun, unfold) {
  const perPage = 25;
  const at = (id) => document.getElementById(prefix + id);
  const table = at("table");
  const headers = [...table.tHead.rows[0].cells];
  const flag = kinds.indexOf("flag");
  const names = kinds.flatMap((kind, column) => (kind === "name" ? [column] : []));
  const [filter, flaggedOnly, previous, next] = ["filter", "flagged-only", "previous", "next"].map(at);
  const collator = new Intl.Collator("en", { numeric: true });
  const state = { column: start, descending: true, page: 0 };
  let chosen = rows;

  function compare(a, b) {
    const [x, y] = [a[state.column], b[state.column]];
    if (x === null || y === null) return (x === null) - (y === null);
    const order = typeof x === "string" ? collator.compare(x, y) : x - y;
    return state.descending ? -order : order;
  }

  function line(row) {
    const made = element("tr", row[flag] ? "flagged" : "");
    made.append(...kinds.map((kind, column) => cells[kind](row[column])));
    if (unfold) unfold(made, row);
    return made;
  }

  function draw() {
    const first = state.page * perPage;
    table.tBodies[0].replaceChildren(...chosen.slice(first, first + perPage).map(line));
    const last = Math.max(Math.ceil(chosen.length / perPage) - 1, 0);
    previous.disabled = state.page === 0;
    next.disabled = state.page === last;
    previous.parentElement.hidden = last === 0;
    at("page").textContent = `Page ${state.page + 1} of ${last + 1}`;
    at("shown").textContent =
      `${whole.format(chosen.length)} of ${whole.format(rows.length)} ${noun}`;
    headers.forEach((header, column) => {
      if (column !== state.column) header.removeAttribute("aria-sort");
      else header.setAttribute("aria-sort", state.descending ? "descending" : "ascending");
    });
  }

  function choose() {
    const wanted = filter.value.trim().toLowerCase();
    const text = (row) => names.map((column) => row[column]).join("\n").toLowerCase();
    chosen = rows
      .filter((row) => row[flag] || !flaggedOnly.checked)
      .filter((row) => text(row).includes(wanted))
      .sort(compare);
    state.page = 0;
    draw();
  }

  function turn(pages) {
    state.page += pages;
    draw();
    table.parentElement.scrollTop = 0;
  }

  headers.forEach((header, column) => {
    header.querySelector("button").addEventListener("click", () => {
      const numeric = header.className === "number" || column === flag;
      state.descending = column === state.column ? !state.descending : numeric;
      state.column = column;
      choose();
    });
  });
  filter.addEventListener("input", choose);
  flaggedOnly.addEventListener("change", choose);
  previous.addEventListener("click", () => turn(-1));
  next.addEventListener("click", () => turn(1));
  at("browse").hidden = false;
  choose();
}

/* A patient's row opens to the patient's images, under the headings of the candidates' table. */

function heading(column) {
  const above = document.querySelectorAll("#table th")[column];
  const made = element("th", above.className, column === 0 ? "Image" : above.textContent.trim());
  made.scope = "col";
  return made;
}

function unfoldImages(made, patient) {
  const opener = element("button", "unfold", patient[0]);
  opener.type = "button";
  opener.setAttribute("aria-expanded", "false");
  made.cells[0].replaceChildren(opener);
  opener.addEventListener("click", () => {
    const open = opener.getAttribute("aria-expanded") === "true";
    opener.setAttribute("aria-expanded", String(!open));
    if (open) {
      made.nextElementSibling.remove();
      return;
    }
    const inner = element("table", "images");
    const head = inner.createTHead().insertRow();
    head.append(...OWN.map((column) => heading(column)));
    const body = inner.createTBody();
    const own = rows.filter((row) => row[PATIENT] === patient[0]);
    for (const row of own.sort((a, b) => b[SCORE] - a[SCORE])) {
      const line = element("tr", row[FLAG] ? "flagged" : "");
      line.append(...OWN.map((column) => cells[CANDIDATES[column]](row[column])));
      body.append(line);
    }
    const cell = element("td");
    cell.colSpan = made.cells.length;
    cell.append(inner);
    const below = element("tr", "opened");
    below.append(cell);
    made.after(below);
  });
}

/* The gallery: a wipe beside each pair, the map over it, the pair enlarged in a dialog. */

function wipe(card) {
  const [candidate, generated] = card.querySelectorAll(".pair img");
  const made = document.getElementById("compare").content.firstElementChild.cloneNode(true);
  made.querySelector(".below").src = candidate.src;
  made.querySelector(".above").src = generated.src;
  const map = made.querySelector(".map");
  if (card.dataset.map) map.src = card.dataset.map;
  else map.remove();
  const slider = made.querySelector("input");
  slider.setAttribute("aria-label", `Wipe: ${candidate.alt}, ${generated.alt}`);
  const move = () => {
    made.style.setProperty("--cut", slider.value / 100);
    slider.setAttribute("aria-valuetext", `${slider.value} % candidate`);
  };
  slider.addEventListener("input", move);
  move();
  return made;
}

function enlarge(card, viewer) {
  const panes = card.querySelectorAll(".panes .pane:not(.compare)");
  const images = [...panes].map((pane) => pane.cloneNode(true));
  const title = card.querySelector("h3").cloneNode(true);
  document.getElementById("viewer-title").replaceChildren(...title.childNodes);
  viewer.querySelector(".panes").replaceChildren(...images, wipe(card));
  const words = [...card.querySelectorAll(".facts, .told")].map((part) => part.cloneNode(true));
  viewer.querySelector(".about").replaceChildren(...words);
  viewer.classList.toggle("wide", card.classList.contains("wide"));
  viewer.showModal();
}

function gallery() {
  const first = 6;
  const cards = [...document.querySelectorAll(".card")];
  const viewer = document.getElementById("viewer");
  if (!viewer) return;
  for (const card of cards) {
    card.querySelector(".panes").append(wipe(card));
    card.querySelector(".pair").addEventListener("click", () => enlarge(card, viewer));
  }
  viewer.querySelector(".close").addEventListener("click", () => viewer.close());
  viewer.addEventListener("click", (event) => {
    if (event.target === viewer) viewer.close();
  });

  const switches = [...document.querySelectorAll(".show-map")];
  for (const one of switches) {
    one.addEventListener("change", () => {
      document.body.classList.toggle("maps", one.checked);
      for (const other of switches) other.checked = one.checked;
    });
  }
  document.querySelector("#evidence .tools").hidden = false;

  const more = document.getElementById("more");
  const rest = cards.filter((card) => !card.closest(".copies")).slice(first);
  for (const card of rest) card.classList.add("later");
  more.hidden = rest.length === 0;
  more.addEventListener("click", () => {
    for (const card of rest) card.classList.remove("later");
    more.hidden = true;
    rest[0].querySelector(".pair").focus();
  });
}

if (document.getElementById("patients-table")) {
  browse("patients-", patients, PATIENTS, BEST, "patients", unfoldImages);
}
browse("", rows, CANDIDATES, SCORE, "candidates");
gallery();
