// A table of accounts as an agency has one: its columns, what comes of it, its files.
//
// In: a browser. Out: findings, and the files that were downloaded.
// Owns what this flow expects. Never waits for a time: it waits for what the page says.

import { readFileSync } from "node:fs";
import { download, file, follow, look, open, press, says, titled, wrong } from "./page.mjs";

const { BASE, FILES } = process.env;

// Strange headers, days and amounts as people write them, a bad cell, a formula for a name.
const CLIENTS = [
  "Clients of March;;;;;;",
  "account.id;account.name;Country;account.registered_on;Qualifying spend;Owner;Remark",
  "a1;Bluebird Shoes;US;01.03.2026;1.250,00 USD;Ana;yes",
  "a2;=HYPERLINK(\"x\");TH;15.02.2026;n/a;Ben;",
  "a3;Harbor;USA;10.03.2026;20,00 USD;Ana;no",
  ...Array.from({ length: 60 }, (_, at) => `b${at};Client ${at};${["US", "DE", ""][at % 3]};0${(at % 9) + 1}.03.2026;${at * 20},00 USD;Ben;`),
].join("\r\n");

// Comes back once the table is decided. With scripting the page looks again by itself.
async function decided(page, scripted) {
  const done = page.locator(".count").first();
  for (;;) {
    await (scripted ? done : page.locator(".count, [data-again]").first()).waitFor();
    if ((await done.count()) > 0) return page.waitForLoadState("load");
    await follow(page, page.getByRole("link", { name: "Look again" }));
  }
}

export async function table(browser, options, name) {
  const { page, close } = await open(browser, options);
  const saved = (what) => `${FILES}/${file(name)}-${what}`;
  const give = async (called, text) => {
    await page.locator("#table").setInputFiles({ name: called, mimeType: "text/csv", buffer: Buffer.from(text) });
    await press(page, "Read the columns");
  };
  await page.goto(`${BASE}/agency`);
  await look(page, `${name} start`);
  await page.getByLabel("For which day should the check hold?").fill("2026-03-20");
  await give("clients.doc", CLIENTS);
  await says(page, "[role=alert]", "csv", `${name}: what can be read is not told`);
  await look(page, `${name} refused`);
  await page.getByLabel("For which day should the check hold?").fill("2026-03-20");
  await give("clients.csv", CLIENTS);
  await titled(page, "clients.csv", `${name} columns`);
  await look(page, `${name} columns`);
  await press(page, "Check the accounts");
  if ((await page.locator(".error").count()) === 0) wrong(`${name}: columns of which nobody said anything are passed over`);
  await look(page, `${name} columns open`);

  const column = (header) => page.locator("fieldset", { has: page.locator(`legend:text-is("${header}")`) });
  const say = async (header, what, fact) => {
    await column(header).locator("select").selectOption(what);
    if (fact !== undefined) await column(header).locator("input").fill(fact);
  };
  await say("Country", "fact", "account.contry");
  await say("Qualifying spend", "fact", "spend.qualifying");
  await say("Owner", "carry");
  await say("Remark", "ignore");
  await page.getByLabel("Days").selectOption({ label: "01.03.2026 (day first)" });
  await page.getByLabel("Amounts").selectOption("comma");
  await page.getByLabel("Texts that mean").fill("n/a");
  await press(page, "Check the accounts");
  await says(page, ".error", "account.country", `${name}: the nearest detail is not told`);
  await say("Country", "fact", "account.country");
  await press(page, "Check the accounts");
  await decided(page, options.javaScriptEnabled !== false);
  await says(page, ".count", "63 rows read · 1 invalid", `${name}: the rows are not counted`);
  await says(page, ".note.bad", "USA", `${name}: the bad cell is not told`);
  await look(page, `${name} results`);
  await follow(page, page.getByRole("link", { name: "More accounts" }));
  await look(page, `${name} second page`);
  await follow(page, page.locator("tbody a[href*='/list/']").nth(1));
  await look(page, `${name} one credit`);
  for (const what of ["results.csv", "results.ndjson", "results.xlsx", "problems.csv", "profile.yaml"]) {
    await download(page, page.locator(`a[href$='${what}']`).first(), saved(what));
  }
  if (!readFileSync(saved("results.csv"), "utf8").includes("'=HYPERLINK")) wrong(`${name}: a formula is not neutralised`);
  await follow(page, page.getByRole("link", { name: "Show all" }));
  await follow(page, page.getByRole("link", { name: "a1 · Bluebird Shoes" }));
  await look(page, `${name} account`);
  await press(page, "Open as a client");
  await titled(page, "Check what we read", `${name} client`);
  for (const part of ["United States", "row 1 of the table"]) await says(page, "main", part, `${name}: the row was not taken over`);
  await titled(page, "Bluebird Shoes", `${name} client`);
  await press(page, "Show the results");
  await look(page, `${name} client results`, { shot: false });

  // The profile names every column the next time.
  await page.goto(`${BASE}/agency`);
  await page.locator("#profile").setInputFiles(saved("profile.yaml"));
  await give("clients.csv", CLIENTS);
  await says(page, "main", "Every column is matched", `${name}: the profile is not taken`);
  await page.goto(`${BASE}/agency/0`);
  await look(page, `${name} gone`);
  await close();
}
