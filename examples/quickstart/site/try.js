"use strict";

// Sends the requests of the cards and shows what came back. All text goes in as text, never as HTML.

const ADMIN = "http://127.0.0.1:9090";

function element(name, text, className) {
  const made = document.createElement(name);
  if (name === "pre") made.tabIndex = 0; // it may scroll, so the keyboard must reach it
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function pretty(text, type) {
  if (!/json/.test(type) || text.trim().includes("\n")) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function head(response) {
  const shown = ["content-type", "content-length", "etag", "last-modified", "cache-control", "content-security-policy", "x-request-id"];
  return shown
    .filter((name) => response.headers.has(name))
    .map((name) => name + ": " + response.headers.get(name))
    .join("\n");
}

function explanation(id) {
  const why = element("div", undefined, "why");
  const url = ADMIN + "/explain/" + encodeURIComponent(id);
  const link = element("a", "the explanation of this request");
  link.href = url;
  const line = element("p", "Why? Open ");
  line.append(link, ", or ask for it:");
  why.append(line, element("pre", "curl " + url));
  return why;
}

async function show(card, out) {
  const method = card.dataset.method;
  const message = card.querySelector("input");
  const started = performance.now();
  const response = await fetch(card.dataset.url, {
    method,
    body: method === "POST" ? message.value : undefined,
    headers: method === "POST" ? { "content-type": "text/plain;charset=utf-8" } : {},
    cache: "no-store",
  });
  const text = await response.text();
  const millis = Math.max(1, Math.round(performance.now() - started));
  const status = element("p", undefined, response.ok ? "status" : "status refused");
  const id = response.headers.get("x-request-id");
  status.append(element("b", String(response.status)), element("span", millis + " ms"));
  if (id) status.append(element("span", "request " + id));
  out.replaceChildren(status);
  if (response.redirected) {
    out.append(element("p", "Sent on to " + response.url + ", which answered."));
  } else {
    const body = card.dataset.show === "head" ? head(response) : pretty(text, response.headers.get("content-type") ?? "");
    out.append(element("pre", body));
  }
  if (!response.ok && id) out.append(explanation(id));
}

for (const card of document.querySelectorAll(".card")) {
  const form = card.querySelector("form");
  const out = card.querySelector(".result");
  const button = card.querySelector("button");
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    out.hidden = false;
    try {
      await show(card, out);
    } catch {
      out.replaceChildren(element("p", "No answer came. Is Selvedge still running?"));
    } finally {
      button.disabled = false;
    }
  });
}

fetch("/", { method: "HEAD", cache: "no-store" })
  .then((response) => [response.ok, "answering on " + location.host])
  .catch(() => [false, "not answering"])
  .then(([good, text]) => {
    const state = document.getElementById("state");
    state.textContent = text;
    state.classList.toggle("bad", !good);
    state.hidden = false;
  });
