"use strict";

const { rows, decimals } = JSON.parse(document.getElementById("data").textContent);
const ID = 0, SCORE = 1, P_VALUE = 2, FLAGGED = 3, NEAREST = 4, SIMILARITY = 5;

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

/* The table of candidates: sorted, filtered, a page at a time. */

function candidateTable() {
  const perPage = 25;
  const table = document.getElementById("table");
  const headers = [...table.tHead.rows[0].cells];
  const filter = document.getElementById("filter");
  const flaggedOnly = document.getElementById("flagged-only");
  const previous = document.getElementById("previous");
  const next = document.getElementById("next");
  const collator = new Intl.Collator("en", { numeric: true });
  const whole = new Intl.NumberFormat("en");
  const state = { column: SCORE, descending: true, page: 0 };
  let chosen = rows;

  const print = (value, digits) => value.toFixed(digits).replace("-", "−");
  const printP = (p) => (p === null ? "none" : p >= 0.0001 ? p.toFixed(4) : "<\u00a00.0001");

  function compare(a, b) {
    const [x, y] = [a[state.column], b[state.column]];
    if (x === null || y === null) return (x === null) - (y === null);
    const order = typeof x === "string" ? collator.compare(x, y) : x - y;
    return state.descending ? -order : order;
  }

  function nameCell(text) {
    const cell = element("td", "text");
    const name = element("bdi", "name", text);
    name.title = text;
    cell.append(name);
    return cell;
  }

  function line(row) {
    const made = element("tr", row[FLAGGED] ? "flagged" : "");
    made.append(
      nameCell(row[ID]),
      element("td", "number", print(row[SCORE], decimals.score)),
      element("td", "number", printP(row[P_VALUE])),
      element("td", "text decision", row[FLAGGED] ? "flagged" : "not flagged"),
      nameCell(row[NEAREST]),
      element("td", "number", print(row[SIMILARITY], decimals.similarity)),
    );
    return made;
  }

  function draw() {
    const start = state.page * perPage;
    const page = chosen.slice(start, start + perPage);
    table.tBodies[0].replaceChildren(...page.map(line));
    const last = Math.max(Math.ceil(chosen.length / perPage) - 1, 0);
    previous.disabled = state.page === 0;
    next.disabled = state.page === last;
    previous.parentElement.hidden = last === 0;
    document.getElementById("page").textContent = `Page ${state.page + 1} of ${last + 1}`;
    document.getElementById("shown").textContent =
      `${whole.format(chosen.length)} of ${whole.format(rows.length)} candidates`;
    headers.forEach((header, column) => {
      if (column !== state.column) header.removeAttribute("aria-sort");
      else header.setAttribute("aria-sort", state.descending ? "descending" : "ascending");
    });
  }

  function choose() {
    const wanted = filter.value.trim().toLowerCase();
    chosen = rows
      .filter((row) => row[FLAGGED] || !flaggedOnly.checked)
      .filter((row) => `${row[ID]}\n${row[NEAREST]}`.toLowerCase().includes(wanted))
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
      const numeric = header.className === "number" || column === FLAGGED;
      state.descending = column === state.column ? !state.descending : numeric;
      state.column = column;
      choose();
    });
  });
  filter.addEventListener("input", choose);
  flaggedOnly.addEventListener("change", choose);
  previous.addEventListener("click", () => turn(-1));
  next.addEventListener("click", () => turn(1));
  document.getElementById("browse").hidden = false;
  choose();
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
  const images = [...card.querySelectorAll(".pane:not(.compare)")].map((p) => p.cloneNode(true));
  const title = card.querySelector("h3").cloneNode(true);
  document.getElementById("viewer-title").replaceChildren(...title.childNodes);
  viewer.querySelector(".panes").replaceChildren(...images, wipe(card));
  viewer.querySelector(".about").replaceChildren(card.querySelector(".facts").cloneNode(true));
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
  const rest = cards.slice(first);
  for (const card of rest) card.classList.add("later");
  more.hidden = rest.length === 0;
  more.addEventListener("click", () => {
    for (const card of rest) card.classList.remove("later");
    more.hidden = true;
    rest[0].querySelector(".pair").focus();
  });
}

candidateTable();
gallery();
