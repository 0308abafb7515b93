// Small improvements for pages that all work without this file.
"use strict";

// htmx may not evaluate text nor add a style element: the page's policy
// forbids both.
if (window.htmx) {
  htmx.config.allowEval = false;
  htmx.config.includeIndicatorStyles = false;
  htmx.config.allowScriptTags = false;
}

// "/" goes to the search field of the page, or of the header.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, select, textarea, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const search = document.querySelector("main input[type=search], .ap-search input");
    if (search) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  }
  if (event.key === "Escape" && location.hash === "#menu") closeMenu();
});

// The menu of narrow screens is opened by its address. With script, the focus
// goes into it and comes back, and a touch beside it closes it.
const menu = document.getElementById("menu");
function closeMenu() {
  location.hash = "#contenuto";
  document.querySelector('a[href="#menu"]')?.focus();
}
if (menu) {
  window.addEventListener("hashchange", () => {
    if (location.hash === "#menu") menu.querySelector("a")?.focus();
  });
  document.addEventListener("click", (event) => {
    if (location.hash !== "#menu" || menu.contains(event.target)) return;
    if (event.target.closest('a[href="#menu"]')) return;
    event.preventDefault();
    closeMenu();
  });
  menu.addEventListener("focusout", (event) => {
    const goesOut = event.relatedTarget && !menu.contains(event.relatedTarget);
    if (location.hash === "#menu" && goesOut) menu.querySelector("a")?.focus();
  });
}

// A form that came back with errors: start from the list of them.
document.querySelector(".ap-errors")?.focus();

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.dataset.again !== undefined) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// A choice that changes what the page shows presses its own button:
// <select data-press="#aggiorna">.
document.addEventListener("change", (event) => {
  const control = event.target.closest("[data-press]");
  if (control) document.querySelector(control.dataset.press)?.click();
});

// Rows on many: the box in the head, the count in the bar.
// <input type="checkbox" data-all="id">, <strong data-count="id"> and, on a phone
// only while something is ticked, the bar: <form data-bar="id">.
function countRows(name) {
  const boxes = [...document.querySelectorAll(`input[type=checkbox][name="${name}"]`)];
  const chosen = boxes.filter((box) => box.checked).length;
  const all = document.querySelector(`[data-all="${name}"]`);
  if (all) {
    all.checked = chosen > 0 && chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
  }
  for (const place of document.querySelectorAll(`[data-count="${name}"]`)) place.textContent = chosen;
  for (const bar of document.querySelectorAll(`[data-bar="${name}"]`)) bar.classList.toggle("idle", chosen === 0);
}
document.addEventListener("change", (event) => {
  const box = event.target.closest("input[type=checkbox]");
  if (!box) return;
  const name = box.dataset.all || box.name;
  if (box.dataset.all) {
    for (const row of document.querySelectorAll(`input[type=checkbox][name="${name}"]`)) row.checked = box.checked;
  }
  if (name) countRows(name);
});
function countAllRows() {
  for (const all of document.querySelectorAll("[data-all]")) {
    all.hidden = false;
    countRows(all.dataset.all);
  }
}
countAllRows();
document.addEventListener("htmx:afterSettle", countAllRows); // other rows have come

// Print without a shortcut: <button type="button" data-print hidden>.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
