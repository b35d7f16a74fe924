// The page: filters, steps, the viewer, keys. What the viewer says of an image is in contact_sheet_details.js.
(() => {
  const $ = (id) => document.getElementById(id);
  const { pool, entries } = JSON.parse($("entries").textContent);
  const cells = [...document.querySelectorAll(".frames > li")];
  const shots = [...document.querySelectorAll(".shot")];
  const places = new Map(entries.map((entry, index) => [entry.key, index]));
  const viewer = $("viewer");
  let shown = entries.map((_, index) => index); // what the filters leave, in order
  let current = -1;
  let pushed = false; // whether closing the viewer goes back in the history

  // ---- filters

  const haystack = (entry) => [
    entry.key, entry.shot, entry.angle, entry.seed, entry.recipe, pool[entry.prompt], pool[entry.negative],
    entry.renderer, entry.error, ...entry.notes,
    ...pool[entry.references].flatMap((note) => [note.entity, note.reference]),
  ].join("\n").toLowerCase();
  let haystacks = null; // made at the first search: a large sheet opens without it

  function filter() {
    const words = $("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const angle = $("angle").value;
    const statuses = [...document.querySelectorAll(".statuses [aria-pressed=true]")].map((b) => b.dataset.status);
    if (words.length) haystacks ??= entries.map(haystack);
    shown = [];
    entries.forEach((entry, index) => {
      const fits = (!angle || entry.angle === angle) && (!statuses.length || statuses.includes(entry.status))
        && words.every((word) => haystacks[index].includes(word));
      cells[index].hidden = !fits;
      if (fits) shown.push(index);
    });
    shots.forEach((shot) => { shot.hidden = !shot.querySelector("li:not([hidden])"); });
    $("nothing").hidden = shown.length > 0 || entries.length === 0;
    $("shown").value = shown.length === entries.length ? "" : `${shown.length} of ${entries.length}`;
  }

  function showAll() {
    $("search").value = "";
    $("angle").value = "";
    document.querySelectorAll(".statuses button").forEach((button) => button.setAttribute("aria-pressed", "false"));
    filter();
  }

  // ---- steps: from an index to another among those shown

  function along(from, by) {
    const found = by > 0 ? shown.find((index) => index > from) : shown.findLast((index) => index < from);
    return found ?? from;
  }

  function acrossShots(from, by) {
    const groups = [...new Set(shown.map((index) => entries[index].shot_id))];
    const target = groups[groups.indexOf(entries[from].shot_id) + by];
    if (target === undefined) return from;
    const found = shown.filter((index) => entries[index].shot_id === target);
    return found.find((index) => entries[index].angle === entries[from].angle) ?? found[0];
  }

  function stepped(key, from) {
    return {
      ArrowRight: () => along(from, 1), ArrowLeft: () => along(from, -1),
      ArrowDown: () => acrossShots(from, 1), ArrowUp: () => acrossShots(from, -1),
      Home: () => shown[0], End: () => shown.at(-1),
    }[key]?.();
  }

  // ---- the viewer

  function absent(entry, word = entry.status === "completed" ? "no image" : entry.status) {
    const text = make("div", { className: `absent ${entry.status}` }, make("b", { textContent: word }));
    if (entry.error) text.append(make("span", { textContent: entry.error }));
    return text;
  }

  function large(entry) {
    const alt = `${entry.shot || entry.shot_id}, ${entry.angle_title}`;
    const picture = make("img", { alt, width: entry.width, height: entry.height, src: entry.image });
    picture.addEventListener("error", () => picture.replaceWith(absent(entry, "The image file is not there.")));
    return picture;
  }

  function show(index) {
    const entry = entries[index];
    current = index;
    $("picture").replaceChildren(entry.image ? large(entry) : absent(entry));
    $("name").textContent = entry.shot || entry.shot_id;
    $("angle-name").textContent = entry.angle_title;
    $("position").textContent = `${index + 1} of ${entries.length}`;
    $("facts").replaceChildren(...imageFacts(entry, pool));
    $("details").scrollTop = 0;
    $("before").disabled = along(index, -1) === index;
    $("after").disabled = along(index, 1) === index;
    $("strip").replaceChildren(...strip(index));
    $("strip").querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
    cells[index].classList.add("visited");
    [along(index, 1), along(index, -1)].forEach((next) => {
      if (entries[next].image) new Image().src = entries[next].image; // so that a step shows it at once
    });
  }

  function strip(index) {
    return [...entries.keys()].filter((i) => entries[i].shot_id === entries[index].shot_id).map((i) => {
      const entry = entries[i];
      const inside = entry.image
        ? make("img", { src: entry.image, alt: entry.angle_title, width: entry.width, height: entry.height })
        : make("span", { textContent: entry.angle_title });
      const button = make("button", { type: "button", title: entry.angle_title }, inside);
      if (i === index) button.setAttribute("aria-current", "true");
      button.addEventListener("click", () => go(i));
      return button;
    });
  }

  const hashOf = (index) => `#${entries[index].key.split("/").map(encodeURIComponent).join("/")}`;

  function indexInHash() {
    try {
      return places.get(decodeURIComponent(location.hash.slice(1)));
    } catch { // a hash that is no encoded text
      return undefined;
    }
  }

  function open(index) {
    if (!shown.includes(index)) showAll();
    if (!viewer.open) viewer.showModal();
    show(index);
  }

  function go(index) {
    if (index === undefined || index === current) return;
    history.replaceState(null, "", hashOf(index));
    show(index);
  }

  viewer.addEventListener("close", () => {
    const cell = cells[current];
    current = -1;
    $("picture").replaceChildren();
    if (indexInHash() !== undefined) {
      if (pushed) history.back();
      else history.replaceState(null, "", location.pathname + location.search);
    }
    pushed = false;
    cell?.scrollIntoView({ block: "nearest" });
    cell?.querySelector("a").focus({ preventScroll: true });
  });

  function followHash() {
    const index = indexInHash();
    if (index !== undefined) {
      if (index !== current) open(index);
      return;
    }
    if (viewer.open) viewer.close();
    const shot = location.hash.length > 1 ? `${location.hash.slice(1)}/` : "";
    const first = shot ? entries.findIndex((entry) => entry.key.startsWith(shot)) : -1;
    if (first < 0) return;
    if (cells[first].closest(".shot").hidden) showAll();
    cells[first].closest(".shot").scrollIntoView(); // #ep0/shot-001: a shot
  }
  window.addEventListener("popstate", followHash);
  window.addEventListener("hashchange", followHash);

  // ---- hands

  cells.forEach((cell, index) => cell.querySelector("a").addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    history.pushState(null, "", hashOf(index));
    pushed = true;
    open(index);
  }));
  $("before").addEventListener("click", () => go(along(current, -1)));
  $("after").addEventListener("click", () => go(along(current, 1)));
  $("close").addEventListener("click", () => viewer.close());
  $("help").addEventListener("click", () => $("keys").showModal());
  $("clear").addEventListener("click", showAll);
  $("smaller").addEventListener("click", () => zoom(1 / 1.25));
  $("larger").addEventListener("click", () => zoom(1.25));
  $("search").addEventListener("input", filter);
  $("angle").addEventListener("change", filter);
  document.querySelector(".tools").addEventListener("submit", (event) => event.preventDefault());
  document.querySelectorAll(".statuses button").forEach((button) => button.addEventListener("click", () => {
    button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
    filter();
  }));

  let scale = 1;
  function zoom(by) {
    scale = Math.min(Math.max(scale * by, 0.4), 4);
    document.documentElement.style.setProperty("--zoom", scale);
  }

  function onSheet(event) {
    if (event.key === "/") { event.preventDefault(); $("search").focus(); }
    if (event.key === "+" || event.key === "=") zoom(1.25);
    if (event.key === "-") zoom(1 / 1.25);
    const from = cells.indexOf(document.activeElement.closest?.(".frames > li"));
    const steps = from >= 0 ? stepped(event.key, from) : event.key.startsWith("Arrow") ? shown[0] : undefined;
    if (steps === undefined) return;
    event.preventDefault();
    cells[steps].querySelector("a").focus();
  }

  function inViewer(event) {
    if (event.key.toLowerCase() === "i") viewer.classList.toggle("bare");
    if (event.key === "PageDown") $("details").scrollBy(0, $("details").clientHeight * 0.8);
    if (event.key === "PageUp") $("details").scrollBy(0, -$("details").clientHeight * 0.8);
    const steps = stepped(event.key, current);
    if (steps === undefined) return;
    event.preventDefault();
    go(steps);
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches("input, select")) {
      if (event.key === "Escape" && event.target.id === "search") {
        event.target.value = "";
        event.target.blur();
        filter();
      }
      return;
    }
    if ($("keys").open) return;
    if (event.key === "?") { $("keys").showModal(); return; }
    (viewer.open ? inViewer : onSheet)(event);
  });

  // A swipe steps, as an arrow key does.
  let touch = null;
  $("picture").addEventListener("touchstart", (event) => {
    touch = event.touches.length === 1 ? event.touches[0] : null;
  }, { passive: true });
  $("picture").addEventListener("touchend", (event) => {
    if (!touch) return;
    const across = event.changedTouches[0].clientX - touch.clientX;
    const down = event.changedTouches[0].clientY - touch.clientY;
    if (Math.abs(across) > 40 && Math.abs(across) > 2 * Math.abs(down)) go(along(current, across < 0 ? 1 : -1));
  }, { passive: true });

  // An image whose file is gone leaves a word in its place.
  document.addEventListener("error", ({ target }) => {
    if (!target.closest?.(".shade")) return;
    target.parentElement.append(make("span", { className: "word", textContent: "image file not found" }));
    target.style.visibility = "hidden";
  }, true);

  document.querySelector(".tools").hidden = false;
  followHash();
})();
