// The pages about rules, the login, and a client's way by keyboard alone.
//
// In: a browser. Out: findings.
// Owns what these flows expect. Never clicks where the keyboard is tried.

import { readFileSync } from "node:fs";
import { follow, led, look, open, press, says, titled, wrong } from "./page.mjs";
import { asked } from "./client.mjs";

const { BASE, LOGIN, ROOT, TOKEN } = process.env;

// The pages about rules.
export async function rules(browser) {
  const { page, close } = await open(browser);
  await page.goto(`${BASE}/rules`);
  await look(page, "rules");
  const links = await page.$$eval("main a[href^='/rules/of/']", (all) => all.map((one) => one.getAttribute("href")));
  if (links.length < 70) wrong(`rules: only ${links.length} decisions are listed`);
  for (const [at, link] of links.entries()) {
    const answer = await page.goto(BASE + link);
    if (answer.status() !== 200) wrong(`${link}: ${answer.status()}`);
    if (at % 15 !== 0) continue;
    await page.$$eval("main details", (all) => all.forEach((one) => (one.open = true)));
    await look(page, `terms ${at}`, { shot: at === 0 });
  }
  await former(page);
  await page.goto(`${BASE}/support`);
  await look(page, "support");
  await follow(page, page.locator("main a").first());
  await look(page, "support route");
  const answer = await page.goto(`${BASE}/rules/of/woocomerce`);
  if (answer.status() !== 404) wrong(`an unknown name: ${answer.status()}`);
  if (!(await page.locator("main").innerText()).includes("woocommerce")) wrong("an unknown name: the nearest one is not told");
  await look(page, "not found");
  await close();
}

// What the rules said before, from the list of versions and from a decision that changed.
async function former(page) {
  await page.goto(`${BASE}/rules/version`);
  await look(page, "rules version");
  await says(page, "main", "2026-03-03 12:00 UTC", "versions: the former one is not told");
  await follow(page, page.locator("a[href^='/rules/kept/']").last());
  await look(page, "rules kept");
  await follow(page, page.locator("main a[href$='/of/shopify']"));
  await look(page, "terms kept");
  await page.goto(`${BASE}/rules/of/woocommerce`);
  await says(page, "main", "21 days → 30 days", "history: what changed is not told");
  await look(page, "terms changed");
  await follow(page, page.getByRole("link", { name: "The terms as they stood before" }));
  await says(page, "main", "Other rules are in force", "former terms: they are shown as if they were in force");
  await says(page, "main", "within 21 days", "former terms: they are not told");
  await look(page, "terms former");
}

// A server for others asks for a token, once.
export async function login(browser, options, name) {
  const { page, close } = await open(browser, options, LOGIN);
  const give = async (token) => {
    await page.getByLabel("Your token").fill(token);
    await press(page, "Log in");
  };
  await page.goto(`${LOGIN}/rules/version`);
  await titled(page, "Log in", name);
  await look(page, name);
  await give("accredit_wrong");
  await says(page, "[role=alert]", "not known", `${name}: a wrong token is passed over`);
  await look(page, `${name} refused`);
  await give(TOKEN);
  if (new URL(page.url()).pathname !== "/rules/version") wrong(`${name}: it leads to ${page.url()}`);
  await page.goto(`${LOGIN}/agency`);
  await titled(page, "Check a table", `${name} inside`);
  await close();
}

// A client by keyboard alone: nothing is clicked.
export async function keyboard(browser) {
  const { page, close } = await open(browser);
  await page.goto(BASE);
  const to = async (selector) => {
    for (let count = 0; count < 400; count += 1) {
      await page.keyboard.press("Tab");
      const outline = await page.evaluate((selector) => {
        const here = document.activeElement;
        return here?.matches(selector) ? getComputedStyle(here).outlineStyle : null;
      }, selector);
      if (outline === "none") wrong(`keyboard: the focus on ${selector} cannot be seen`);
      if (outline) return;
    }
    throw new Error(`the keyboard does not reach ${selector}`);
  };
  const key = async (name, path) => {
    await led(page, () => page.keyboard.press(name));
    if (!new URL(page.url()).pathname.startsWith(path)) wrong(`keyboard: ${name} leads to ${page.url()}, not ${path}`);
  };
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.waitForURL(/#main$/);
  await to("#text");
  await page.keyboard.insertText(readFileSync(`${ROOT}/rules/examples/prospect.yaml`, "utf8"));
  await to("form[action='/open'] button");
  await key("Enter", "/open");
  await to("button.main[formaction='/results']");
  await key("Enter", "/results");
  const before = await asked(page);
  await to("button[name=unknown]");
  await key("Space", "/results");
  if ((await asked(page)) === before) wrong(`keyboard: asked again: ${before}`);
  await to("details.card > summary");
  await page.keyboard.press("Enter");
  await page.locator("details.card[open]").first().waitFor();
  await to("button[formaction='/one']");
  await key("Enter", "/one");
  await to("details > summary");
  await page.keyboard.press("Enter");
  await page.locator("main details[open]").first().waitFor();
  await to("main a[href^='/rules/of/']");
  await key("Enter", "/rules/of/");
  await close();
}
