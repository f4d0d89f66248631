// Comforts only: every page works without this file. No state but one switch in localStorage.
const root = document.documentElement;
root.classList.add("js");

const YEAR = 31536000;
const typing = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;

// Theme: the links work by themselves; here they work without a new page.
document.addEventListener("click", (event) => {
  const choice = event.target.closest("[data-theme-choice]");
  if (!choice) return;
  event.preventDefault();
  const theme = choice.dataset.themeChoice;
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme;
  document.cookie = `tesuri_theme=${theme}; path=/; max-age=${YEAR}; samesite=lax`;
  for (const other of document.querySelectorAll("[data-theme-choice]")) other.removeAttribute("aria-current");
  choice.setAttribute("aria-current", "true");
  choice.closest("details").open = false;
});

// Copy an id.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button || !navigator.clipboard) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  button.classList.add("copied");
  setTimeout(() => button.classList.remove("copied"), 1200);
});

// A menu closes when the reader goes elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// The table twin of a chart opens when its link is followed.
const openTwin = () => {
  const twin = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
  if (twin && twin.tagName === "DETAILS") twin.open = true;
};
addEventListener("hashchange", openTwin);
openTwin();

// Keys. They can be turned off (WCAG 2.1.4).
const OFF = "tesuri-keys-off";
const keys = document.getElementById("keys");
const off = document.getElementById("keys-off");
off.checked = localStorage.getItem(OFF) === "1";
off.addEventListener("change", () => localStorage.setItem(OFF, off.checked ? "1" : "0"));

const PLACES = { w: "/week", f: "/findings", s: "/services", b: "/slo", r: "/guardrails", v: "/waivers", e: "/evidence" };
let isGoing = false;

const move = (step) => {
  const links = [...document.querySelectorAll(".rows a.do")].filter((link) => link.offsetParent !== null);
  if (!links.length) return;
  const at = links.indexOf(document.activeElement);
  const next = at < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, at + step));
  links[next].focus();
};

const asOf = new URLSearchParams(location.search).get("as_of");
const PAST = asOf ? `?${new URLSearchParams({ as_of: asOf })}` : "";

const ACTIONS = {
  "/": () => document.getElementById("q")?.focus(),
  j: () => move(1),
  k: () => move(-1),
  "?": () => keys.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = false;
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (event.key === "?") { event.preventDefault(); keys.showModal(); return; }
  if (off.checked || keys.open) return;
  if (isGoing) {
    isGoing = false;
    if (PLACES[event.key]) { location.assign(PLACES[event.key] + PAST); return; }
  }
  if (event.key === "g") { isGoing = true; setTimeout(() => { isGoing = false; }, 1200); return; }
  const action = ACTIONS[event.key];
  if (action) { event.preventDefault(); action(); }
});
