// A page under watch: what every page keeps in every state, and steps that end when their document is there.
//
// In: a browser, and the environment of `run.mjs`. Out: findings and figures.
// Owns what is wrong with any page: errors, other hosts, weight, landmarks, headings, violations, sideways scrolling.
// Never knows what a page is about.

import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { createRequire } from "node:module";

const { BASE, SHOTS } = process.env;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const LIMITS = { html: 30 * 1024, css: 18 * 1024, js: 20 * 1024 };

export const findings = [];
export const wrong = (text) => {
  findings.push(text);
  console.error(text);
};
export const figures = { pages: 0, states: 0, html: 0, largest: "", seconds: {} };

// A page of its own that reports errors, requests to other hosts, and answers that are too heavy.
export async function open(browser, options = {}, base = BASE) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(60000);
  page.on("console", (message) => {
    // A page that says 404 or 413 is meant to.
    if (message.type() === "error" && !/status of 4\d\d/.test(message.text())) wrong(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => wrong(`script: ${error.message}`));
  page.on("request", (request) => {
    if (!request.url().startsWith(base) && !request.url().startsWith("data:")) wrong(`request to another host: ${request.url()}`);
  });
  const weighed = [];
  page.on("response", (response) => weighed.push(weigh(response)));
  // Without scripting axe cannot wait for anything: it looks at a twin that shows the same document without the site's script.
  if (options.javaScriptEnabled === false) page.twin = await browser.newPage();
  const close = async () => {
    await Promise.all(weighed);
    await page.twin?.close();
    await context.close();
  };
  return { page, close };
}

async function weigh(response) {
  const type = response.headers()["content-type"] ?? "";
  const kind = type.startsWith("text/html") ? "html" : type.startsWith("text/css") ? "css" : type.includes("javascript") ? "js" : null;
  if (!kind || response.status() >= 300) return;
  // Nothing is left of the body where the next document came first.
  const size = await response.body().then((body) => gzipSync(body, { level: 6 }).length, () => 0);
  const path = new URL(response.url()).pathname;
  if (size > LIMITS[kind]) wrong(`${path}: ${size} bytes of ${kind} compressed, more than ${LIMITS[kind]}`);
  if (kind === "html") figures.pages += 1;
  if (kind === "html" && size > figures.html) [figures.html, figures.largest] = [size, path];
  // The login is told where it leads, which is a path.
  if (/[?&]/.test(response.url()) && path !== "/login") wrong(`a query in an address: ${response.url()}`);
}

// The page that axe looks at.
async function judged(page) {
  if (!page.twin) return page;
  const html = await page.content();
  await page.twin.unrouteAll();
  await page.twin.route("**/*", (route) => {
    if (route.request().isNavigationRequest()) return route.fulfill({ contentType: "text/html; charset=utf-8", body: html });
    return route.request().url().endsWith(".js") ? route.abort() : route.continue();
  });
  await page.twin.goto(page.url());
  return page.twin;
}

// Violations by axe: every rule in light; in dark those about colours, because the dark scheme sets nothing but colours.
async function violations(page, name) {
  await page.evaluate(axe);
  for (const scheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme: scheme });
    const found = await page.evaluate(async (dark) => {
      const only = dark ? { runOnly: { type: "tag", values: ["cat.color"] } } : {};
      const { violations, passes, incomplete } = await globalThis.axe.run(document, { resultTypes: ["violations"], ...only });
      const told = violations.map(({ id, help, nodes }) => ({ id, help, nodes: nodes.slice(0, 3).map((node) => node.html.slice(0, 160)) }));
      return { told, tried: violations.length + passes.length + incomplete.length };
    }, scheme === "dark");
    if (found.tried === 0) wrong(`${name} (${scheme}): axe tried no rule`);
    for (const one of found.told) wrong(`${name} (${scheme}): ${one.id}: ${one.help}: ${one.nodes.join(" | ")}`);
  }
  await page.emulateMedia({ colorScheme: "light" });
}

// No sideways scrolling on a phone or a desk; screenshots where they are wanted.
async function fits(page, name, shot) {
  const before = page.viewportSize();
  for (const width of [320, 390, 1280]) {
    await page.setViewportSize({ width, height: 900 });
    const { over, high } = await page.evaluate(() => {
      const { scrollWidth, clientWidth, scrollHeight } = document.documentElement;
      return { over: scrollWidth - clientWidth, high: scrollHeight };
    });
    if (over > 0) wrong(`${name}: ${over} px wider than a screen of ${width} px`);
    if (SHOTS && shot && width !== 320) {
      // The whole of a long page would be too small to look at.
      const clip = { x: 0, y: 0, width, height: Math.min(high, 1600) };
      await page.screenshot({ path: `${SHOTS}/${file(name)}-${width}.png`, fullPage: true, clip });
    }
  }
  await page.setViewportSize(before);
}

// A name as a file's.
export const file = (name) => name.replaceAll(/\W+/g, "-");

// What every page keeps in every state: no violation in light and dark, headings in order, no sideways scrolling, one main.
export async function look(page, name, { shot = true } = {}) {
  figures.states += 1;
  const { mains, levels, text } = await page.evaluate(() => ({
    mains: document.querySelectorAll("main").length,
    levels: [...document.querySelectorAll("h1,h2,h3,h4,h5,h6")].map((one) => Number(one.tagName[1])),
    text: document.querySelector("main")?.innerText ?? "",
  }));
  if (mains !== 1) wrong(`${name}: ${mains} main landmarks`);
  levels.forEach((level, at) => {
    if (level > (levels[at - 1] ?? 0) + 1) wrong(`${name}: a heading of level ${level} follows one of level ${levels[at - 1] ?? 0}`);
  });
  if (levels.filter((level) => level === 1).length !== 1) wrong(`${name}: not exactly one heading of level 1`);
  // The rules quote what others say; the results never say it.
  if (!/^(rules|terms|support)/.test(name) && /\bnot eligible\b/i.test(text)) wrong(`${name}: says “not eligible”`);
  await violations(await judged(page), name);
  await fits(page, name, shot);
}

// Does what leads to another document, and comes back once that document is there.
export const led = (page, step) => Promise.all([page.waitForNavigation({ waitUntil: "load" }), step()]);
// Clicks what leads to another document.
export const follow = (page, target) => led(page, () => target.click());
// Presses the first button with this in its name, which leads to another document.
export const press = (page, name) => follow(page, page.getByRole("button", { name, exact: false }).first());

// Opens a document from the first page.
export async function read(page, text) {
  await page.goto(BASE);
  await page.getByLabel("Paste YAML or JSON").fill(text);
  await follow(page, page.locator("form[action='/open'] button"));
}

// Clicks what leads to a file, and keeps that.
export async function download(page, target, path) {
  const [saved] = await Promise.all([page.waitForEvent("download"), target.click()]);
  await saved.saveAs(path);
}

export async function titled(page, text, name) {
  const title = await page.locator("h1").innerText();
  if (!title.includes(text)) wrong(`${name}: the page is called “${title}”, not “${text}”`);
}

// Says it where the selected part of the page does not say `text`.
export async function says(page, selector, text, complaint) {
  const said = await page.locator(selector).first().innerText();
  if (!said.includes(text)) wrong(`${complaint}: ${said.slice(0, 200)}`);
}
