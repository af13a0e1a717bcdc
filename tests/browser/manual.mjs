// The pages about rules, and a client's way by keyboard alone.
//
// In: a browser. Out: findings.
// Owns what these flows expect. Never clicks where the keyboard is tried.

import { readFileSync } from "node:fs";
import { follow, led, look, open, wrong } from "./page.mjs";
import { asked } from "./client.mjs";

const { BASE, ROOT } = process.env;

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
  for (const path of ["/rules/version", "/support"]) {
    await page.goto(BASE + path);
    await look(page, path.slice(1));
  }
  await follow(page, page.locator("main a").first());
  await look(page, "support route");
  const answer = await page.goto(`${BASE}/rules/of/woocomerce`);
  if (answer.status() !== 404) wrong(`an unknown name: ${answer.status()}`);
  if (!(await page.locator("main").innerText()).includes("woocommerce")) wrong("an unknown name: the nearest one is not told");
  await look(page, "not found");
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
