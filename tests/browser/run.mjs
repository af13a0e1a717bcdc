// Drives the pages of a running server in Chromium and says what is wrong.
//
// In: BASE (the address of a server that keeps former rules, see `tests/it/browser.rs`), LOGIN (of one that asks for TOKEN),
// CHROMIUM (its path), ROOT (the repository), FILES (a folder for what is downloaded); where wanted SHOTS (a folder for
// screenshots) and ONLY (the name of one flow).
// Out: one line a finding on standard error, figures with each flow's seconds on standard output; exit code 1 where there is
// a finding.
// Owns which flows there are, and that two run at once. Never talks to another host.

import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";
import { figures, findings, wrong } from "./page.mjs";
import { agency, charts, kept, mistakes, prospect } from "./client.mjs";
import { keyboard, login, rules } from "./manual.mjs";
import { table } from "./table.mjs";

const { CHROMIUM, FILES, SHOTS, ONLY } = process.env;
const AT_ONCE = 2;
for (const folder of [FILES, SHOTS]) if (folder) mkdirSync(folder, { recursive: true });

// The longest ones first, so that none is left alone at the end.
const flows = { agency, table, prospect, kept, login };
const plain = (flow, name) => [`${name} without scripting`, (browser) => flow(browser, { javaScriptEnabled: false }, `${name} without scripting`)];
const scripted = (flow, name) => [name, (browser) => flow(browser, {}, name)];
const both = Object.entries(flows).flatMap(([name, flow]) => [plain(flow, name), scripted(flow, name)]);
const all = [...both, ...Object.entries({ rules, mistakes, charts, keyboard })];
const wanted = all.filter(([name]) => !ONLY || ONLY === name);
if (wanted.length === 0) wrong(`no flow is called ${ONLY}; there are: ${all.map(([name]) => name).join(", ")}`);

const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
const begun = performance.now();
const seconds = (since) => Math.round((performance.now() - since) / 100) / 10;
const waiting = [...wanted];
const runner = async () => {
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const [name, flow] = next;
    const since = performance.now();
    try {
      await flow(browser);
    } catch (error) {
      wrong(`${name}: ${error.stack.split("\n").slice(0, 12).join(" ")}`);
    }
    figures.seconds[name] = seconds(since);
  }
};
await Promise.all(Array.from({ length: AT_ONCE }, runner));
figures.seconds.all = seconds(begun);
await browser.close();
console.log(JSON.stringify(figures));
process.exit(findings.length > 0 ? 1 : 0);
