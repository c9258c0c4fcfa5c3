"use strict";
// The search of the catalogue's index. What is searched for stands in the address, so a view can be mailed.
(() => {
  const form = document.getElementById("search");
  const rows = [...document.querySelectorAll("#specs > tr")];
  if (!form || !rows.length) return;
  const box = form.elements.q, status = document.getElementById("count"), more = document.getElementById("more");
  const body = document.getElementById("specs"), selects = [...form.querySelectorAll("select")];
  const filters = document.getElementById("filters");
  const texts = window.rulewrightTexts, FIRST = 100;
  const all = rows.map((_, i) => i);
  let order = all, shown = FIRST, typing = false;

  // As the texts were folded when the site was made: small letters, no accents, words between single blanks.
  const fold = text => text.normalize("NFKD").toLowerCase().replace(/\p{M}/gu, "").replace(/[^\p{L}\p{N}_$%.-]+/gu, " ").trim();
  const name = text => fold(text).replace(/[\s-]+/g, "").replace(/([a-z])0+(?=\d)/, "$1");
  const names = rows.map(row => row.dataset.names.split("|").map(name));
  const values = rows.map(row => Object.fromEntries(selects.map(s => [s.name, (row.dataset[s.name] || "").split("|")])));

  const fits = (i, wanted) => wanted.every(([key, value]) =>
    key === "changed" ? values[i].changed[0] >= value : values[i][key].includes(value));

  function show() {
    const words = fold(box.value).split(" ").filter(word => /[\p{L}\p{N}]/u.test(word)), called = name(box.value);
    const wanted = selects.filter(s => s.value).map(s => [s.name, s.value]);
    const first = [], rest = [];
    rows.forEach((_, i) => {
      if (!fits(i, wanted)) return;
      if (called && names[i].includes(called)) first.push(i);
      else if (words.every(word => texts[i].includes(word))) rest.push(i);
    });
    const found = [...first, ...rest], visible = new Set(found.slice(0, shown));
    rows.forEach((row, i) => { if (row.hidden === visible.has(i)) row.hidden = !visible.has(i); });
    const next = first.length ? [...first, ...all.filter(i => !first.includes(i))] : all;
    if (next.some((i, place) => i !== order[place])) { body.append(...next.map(i => rows[i])); order = next; }
    const total = rows.length.toLocaleString("en-US"), count = found.length.toLocaleString("en-US");
    status.textContent = found.length === rows.length ? `${total} specs` : `${count} of ${total} specs`;
    more.hidden = found.length <= shown;
    more.textContent = `Show all ${count}`;
  }

  function address() {
    const state = new URLSearchParams();
    if (box.value.trim()) state.set("q", box.value.trim());
    selects.forEach(s => { if (s.value) state.set(s.name, s.value); });
    const text = state.toString();
    return text ? `#${text}` : "#";
  }

  function read() {
    const state = new URLSearchParams(location.hash.slice(1));
    box.value = state.get("q") || "";
    selects.forEach(s => { s.value = state.get(s.name) || ""; if (s.selectedIndex < 0) s.value = ""; });
    shown = FIRST;
    typing = false;
    if (selects.some(s => s.value)) filters.open = true;
    show();
  }

  // A word typed is one step back, however many letters it has; so is every filter.
  function changed(letter) {
    if (address() !== (location.hash || "#")) history[letter && typing ? "replaceState" : "pushState"](null, "", address());
    typing = letter;
    shown = FIRST;
    show();
  }

  form.addEventListener("submit", event => event.preventDefault());
  form.addEventListener("reset", event => { event.preventDefault(); box.value = ""; selects.forEach(s => { s.value = ""; }); changed(false); box.focus(); });
  box.addEventListener("input", () => changed(true));
  selects.forEach(s => s.addEventListener("change", () => changed(false)));
  more.addEventListener("click", () => {
    const last = shown;
    shown = Infinity;
    show();
    const row = [...body.querySelectorAll("tr:not([hidden]) a")][last];
    if (row) row.focus();
  });
  addEventListener("popstate", read);
  addEventListener("pageshow", read);
  addEventListener("keydown", event => {
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) {
      event.preventDefault();
      box.focus();
    }
  });
  form.hidden = false;
  filters.open = matchMedia("(min-width: 52rem)").matches;
  read();
})();

// On paper nothing stays folded.
addEventListener("beforeprint", () => document.querySelectorAll("details:not([open])").forEach(d => { d.open = true; d.dataset.folded = ""; }));
addEventListener("afterprint", () => document.querySelectorAll("details[data-folded]").forEach(d => { d.open = false; delete d.dataset.folded; }));
