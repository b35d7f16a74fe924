"use strict";
// What the viewer says of an image: how it was made, each fact to be copied.

const make = (tag, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

function copyButton(text, what) {
  const button = make("button", { type: "button", textContent: "Copy", ariaLabel: `Copy ${what}` });
  button.addEventListener("click", async () => {
    button.textContent = await copied(text) ? "Copied" : "Not allowed";
    setTimeout(() => { button.textContent = "Copy"; }, 1400);
  });
  return button;
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch { // no clipboard outside a secure context: the old way
    const area = make("textarea", { value: text });
    document.getElementById("viewer").append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

function fact(name, value, { copy = "", code = false, kind = "" } = {}) {
  const head = make("header", {}, make("span", { textContent: name }));
  if (copy) head.append(copyButton(copy, name.toLowerCase()));
  const body = make("div", { className: code ? "value code" : "value", dir: "auto" }, ...[value].flat());
  return make("section", { className: `fact ${kind}` }, head, body);
}

function reference(note) {
  const web = /^https?:\/\//i.test(note.reference);
  const place = web
    ? make("a", { href: note.reference, target: "_blank", rel: "noopener noreferrer", textContent: note.reference })
    : note.reference;
  const lines = [
    make("span", { textContent: `${note.entity}, ${note.role}` }),
    make("span", { className: "code" }, place),
  ];
  if (note.sha256) {
    const digest = `sha256 ${note.sha256.slice(0, 16)}`;
    lines.push(make("span", { className: "code", textContent: digest, title: note.sha256 }));
  }
  return make("div", { className: "reference" }, ...lines);
}

function imageFacts(entry, pool) {
  const prompt = pool[entry.prompt];
  const negative = pool[entry.negative];
  const references = pool[entry.references];
  const found = [];
  const trouble = entry.image ? "Failed since; this is the former image" : "Error";
  if (entry.error) found.push(fact(trouble, entry.error, { copy: entry.error, kind: "alarm" }));
  found.push(make("div", { className: "facts-row" },
    fact("Seed", entry.seed, { copy: entry.seed, code: true }),
    fact("Size", `${entry.width} × ${entry.height}`),
    fact("Take", String(entry.take))));
  found.push(fact("Prompt", prompt || "none", { copy: prompt }));
  if (negative) found.push(fact("Negative", negative, { copy: negative }));
  found.push(fact(`References (${references.length})`, references.length ? references.map(reference) : "none"));
  found.push(fact("Recipe", entry.recipe, { copy: entry.recipe, code: true }));
  const made = [entry.renderer];
  if (entry.seconds !== null) made.push(`${entry.seconds.toFixed(entry.seconds < 10 ? 2 : 0)} s`);
  if (entry.usd) made.push(`$${entry.usd.toFixed(entry.usd < 1 ? 4 : 2)}`);
  found.push(fact("Renderer", made.filter(Boolean).join(", ") || "unknown"));
  if (entry.notes.length) found.push(fact("Notes", entry.notes.map((note) => make("div", { textContent: note }))));
  found.push(fact("Key", entry.key, { copy: entry.key, code: true }));
  if (entry.image) {
    const file = make("a", { href: entry.image, target: "_blank", textContent: entry.file });
    found.push(fact("File", file, { code: true }));
  }
  return found;
}

