// Drives the pages of a running server in Chromium and says what is wrong.
//
// In: BASE (the server's address), CHROMIUM (its path), SHOTS (a folder for screenshots), ROOT (the repository), and ONLY,
// the name of one flow, where not all are wanted.
// Out: one line a finding on standard error, figures on standard output; exit code 1 where there is a finding.
// Owns the flows: by mouse, without scripting, by keyboard alone. Never talks to another host.

import { readFileSync, mkdirSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const { BASE, CHROMIUM, SHOTS, ROOT, ONLY } = process.env;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const example = (name) => readFileSync(`${ROOT}/rules/examples/${name}.yaml`, "utf8");
mkdirSync(SHOTS, { recursive: true });

const findings = [];
const wrong = (text) => {
  findings.push(text);
  console.error(text);
};
const figures = { pages: 0, states: 0, html: 0, largest: "" };
const LIMITS = { html: 30 * 1024, css: 18 * 1024, js: 20 * 1024 };

// A page of its own that reports errors, requests to other hosts, and answers that are too heavy.
async function open(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(30000);
  page.on("console", (message) => {
    // A page that says 404 or 413 is meant to.
    if (message.type() === "error" && !/status of 4\d\d/.test(message.text())) wrong(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => wrong(`script: ${error.message}`));
  page.on("request", (request) => {
    if (!request.url().startsWith(BASE) && !request.url().startsWith("data:")) wrong(`request to another host: ${request.url()}`);
  });
  page.on("response", async (response) => {
    const type = response.headers()["content-type"] ?? "";
    const kind = type.startsWith("text/html") ? "html" : type.startsWith("text/css") ? "css" : type.includes("javascript") ? "js" : null;
    if (!kind || response.status() >= 300) return;
    const size = await response.body().then((body) => gzipSync(body, { level: 6 }).length, () => 0);
    const path = new URL(response.url()).pathname;
    if (size > LIMITS[kind]) wrong(`${path}: ${size} bytes of ${kind} compressed, more than ${LIMITS[kind]}`);
    if (kind === "html" && size > figures.html) [figures.html, figures.largest] = [size, path];
    if (/[?&]/.test(response.url())) wrong(`a query in an address: ${response.url()}`);
  });
  // Without scripting axe cannot wait for anything: it looks at a twin that shows the same document without the site's script.
  if (options.javaScriptEnabled === false) page.twin = await browser.newPage();
  return { context, page };
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

// What every page keeps in every state: no violation in light and dark, headings in order, no sideways scrolling, one main.
async function look(page, name, { shot = true } = {}) {
  figures.states += 1;
  const main = await page.locator("main").count();
  if (main !== 1) wrong(`${name}: ${main} main landmarks`);
  const levels = await page.$$eval("h1,h2,h3,h4,h5,h6", (all) => all.map((one) => Number(one.tagName[1])));
  levels.forEach((level, at) => {
    if (level > (levels[at - 1] ?? 0) + 1) wrong(`${name}: a heading of level ${level} follows one of level ${levels[at - 1] ?? 0}`);
  });
  if (levels.filter((level) => level === 1).length !== 1) wrong(`${name}: not exactly one heading of level 1`);
  const text = await page.locator("main").innerText();
  // The rules quote what others say; the results never say it.
  if (!/^(rules|terms|support)/.test(name) && /\bnot eligible\b/i.test(text)) wrong(`${name}: says “not eligible”`);
  const seen = await judged(page);
  for (const scheme of ["light", "dark"]) {
    await seen.emulateMedia({ colorScheme: scheme });
    await seen.evaluate(axe);
    const { violations } = await seen.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
    for (const one of violations) {
      wrong(`${name} (${scheme}): ${one.id}: ${one.help}: ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`);
    }
  }
  await seen.emulateMedia({ colorScheme: "light" });
  const { width, height } = page.viewportSize();
  for (const wide of [320, 390, 1280]) {
    await page.setViewportSize({ width: wide, height: 900 });
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (over > 0) wrong(`${name}: ${over} px wider than a screen of ${wide} px`);
    if (shot && wide !== 320) {
      // The whole of a long page would be too small to look at.
      const high = await page.evaluate(() => Math.min(document.documentElement.scrollHeight, 1600));
      const path = `${SHOTS}/${name.replaceAll(/\W+/g, "-")}-${wide}.png`;
      await page.screenshot({ path, fullPage: true, clip: { x: 0, y: 0, width: wide, height: high } });
    }
  }
  await page.setViewportSize({ width, height });
}

// Clicks what leads to another document, and comes back once that document is there.
async function follow(page, target) {
  const arrived = page.waitForNavigation({ waitUntil: "load" });
  arrived.catch(() => {});
  await target.click();
  await arrived;
}
const press = (page, name) => follow(page, page.getByRole("button", { name, exact: false }).first());
const titled = async (page, text, name) => {
  const title = await page.locator("h1").innerText();
  if (!title.includes(text)) wrong(`${name}: the page is called “${title}”, not “${text}”`);
};

// The pages about rules.
async function rules(browser) {
  const { context, page } = await open(browser);
  await page.goto(`${BASE}/rules`);
  await look(page, "rules");
  const links = await page.$$eval("main a[href^='/rules/of/']", (all) => all.map((one) => one.getAttribute("href")));
  if (links.length < 70) wrong(`rules: only ${links.length} decisions are listed`);
  for (const [at, link] of links.entries()) {
    const answer = await page.goto(BASE + link);
    figures.pages += 1;
    if (answer.status() !== 200) wrong(`${link}: ${answer.status()}`);
    if (at % 15 === 0) {
      await page.locator("summary").last().click().catch(() => {});
      await look(page, `terms ${at}`, { shot: at === 0 });
    }
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
  await context.close();
}

// What a card of the results says, by decision and record.
const cards = (page) =>
  page.$$eval("[data-verdict]", (all) => Object.fromEntries(all.map((one) => [one.dataset.decision + "/" + (one.dataset.subject ?? ""), one.dataset.verdict])));

// Says whether the results show a question, and which.
const asked = async (page) => ((await page.locator("legend.q").count()) > 0 ? page.locator("legend.q").innerText() : null);

// The five facts of the example, by the words of their questions, as somebody on the phone would know them.
const FIVE = [
  [/country is the ad account/, "US"],
  [/first created/, "ads manager"],
  [/run any paid ads before/, "no"],
  [/sign up|entry|offer page|page did/i, "official getstarted"],
  [/run a TikTok Shop/, "no"],
];

// A prospect of whom five facts are known, by answering questions.
async function prospect(browser, options, name) {
  const { context, page } = await open(browser, options);
  await page.goto(BASE);
  await look(page, `${name} start`);
  await page.getByLabel("What is the ad account called?").fill("Bluebird Shoes");
  await press(page, "Start with the first question");
  await titled(page, "Bluebird Shoes", name);
  await look(page, `${name} first question`);
  const known = [];
  const seen = new Set();
  for (let count = 0; count < 60; count += 1) {
    const question = await asked(page);
    if (!question) break;
    if (seen.has(question)) wrong(`${name}: asked twice: ${question}`);
    seen.add(question);
    const fact = FIVE.find(([words]) => words.test(question));
    if (!fact) {
      await press(page, "I don’t know");
      continue;
    }
    known.push(question);
    const button = page.locator("[data-answer]", { hasText: new RegExp(`^${fact[1]}$`) });
    if (await button.count()) await follow(page, button);
    else {
      const field = page.locator("#answer");
      if ((await field.evaluate((one) => one.tagName)) === "SELECT") await field.selectOption({ label: fact[1] });
      else await field.fill(fact[1]);
      await follow(page, page.getByRole("button", { name: "Answer" }));
    }
  }
  if (known.length !== 5) wrong(`${name}: ${known.length} of five known facts were asked for: ${known.join(" / ")}; asked: ${[...seen].join(" / ")}`);
  const verdicts = await cards(page);
  if (Object.keys(verdicts).length < 16) wrong(`${name}: only ${Object.keys(verdicts).length} verdicts`);
  if (!/^\d+ [a-z]/.test(await page.locator(".count").innerText())) wrong(`${name}: no line of counts`);
  if (!(await page.locator("main").innerText()).includes("Nothing is left to ask")) wrong(`${name}: the end of the questions is not told`);
  await look(page, `${name} results`);
  await press(page, "Check what we read");
  const text = await page.locator("main").innerText();
  if ((text.match(/your answer/g) ?? []).length < 5) wrong(`${name}: the details do not say which were answered`);
  await look(page, `${name} details`);
  figures[name] = { questions: seen.size, verdicts: Object.values(verdicts).reduce((all, one) => ({ ...all, [one]: (all[one] ?? 0) + 1 }), {}) };
  await context.close();
}

// The example of an agency, pasted; every page from there.
async function agency(browser, options, name) {
  const { context, page } = await open(browser, options);
  await page.goto(BASE);
  await page.getByLabel("Paste YAML or JSON").fill(example("agency"));
  await follow(page, page.locator("form[action='/open'] button"));
  await titled(page, "Harbor Outfitters", name);
  if (!(await page.locator("main").innerText()).includes("line 6 of the document")) wrong(`${name}: lines are not told`);
  await look(page, `${name} details`);

  // A slip stays as it was typed, and nothing is decided.
  await page.getByLabel("In which country is the ad account registered?").fill("USA");
  await press(page, "Show the results");
  await titled(page, "Check what we read", `${name} slip`);
  const field = page.getByLabel("In which country is the ad account registered?");
  if ((await field.inputValue()) !== "USA") wrong(`${name}: what was typed is lost`);
  if (!(await page.locator(".error").first().innerText()).includes("US")) wrong(`${name}: the nearest value is not told`);
  await look(page, `${name} slip`);
  await field.fill("US");

  // Add, change, remove.
  await page.getByLabel("What do you know?").selectOption({ label: "How far is business verification?" }).catch(() => {});
  await press(page, "Save changes");
  await page.getByLabel("How does the account pay?").selectOption("automatic");
  await press(page, "Save changes");
  if (!(await page.locator("main").innerText()).includes("entered on this page")) wrong(`${name}: a change is not told`);
  await page.getByLabel("How does the account pay?").selectOption("manual");
  await page.getByRole("button", { name: "Remove: How many charges failed" }).click().catch(() => {});

  await press(page, "Show the results");
  await titled(page, "Harbor Outfitters", `${name} results`);
  const credits = await cards(page);
  if (credits["managed_incentive/"] !== "qualifies") wrong(`${name}: managed_incentive is ${credits["managed_incentive/"]}`);
  if (!Object.values(credits).includes("does_not_qualify")) wrong(`${name}: the No group is missing`);
  if (!(await page.getByRole("heading", { name: /^Does not qualify/ }).isVisible())) wrong(`${name}: the No group is hidden`);
  if (!(await page.locator("main").innerText()).includes("meets the published terms; TikTok decides")) wrong(`${name}: the promise is missing`);
  await look(page, `${name} results`);
  await page.$$eval("details", (all) => all.forEach((one) => (one.open = true)));
  await look(page, `${name} results unfolded`, { shot: false });
  for (const tab of ["What may be done with them", "Account set-up"]) {
    await follow(page, page.getByRole("button", { name: tab }));
    await look(page, `${name} ${tab}`);
  }
  await follow(page, page.getByRole("button", { name: "Credits", exact: true }));

  for (const one of ["Managed account incentive", "New advertiser credit"]) {
    const button = page.getByRole("button", { name: new RegExp(`All about this one ?: ${one}`) }).first();
    await button.evaluate((element) => element.closest("details")?.setAttribute("open", ""));
    await follow(page, button);
    await titled(page, one, `${name} one`);
    await look(page, `${name} one ${one}`);
    await follow(page, page.getByRole("button", { name: "Back to the results" }));
  }

  await press(page, "Compare with a change");
  await look(page, `${name} compare`);
  await page.getByLabel("What is changed?").selectOption({ label: "Which type of agreement is it?" }).catch(async () => {
    await page.getByLabel("What is changed?").selectOption("agreement.type");
  });
  await press(page, "Choose for copy 1");
  await page.locator("#c1").waitFor();
  await page.locator("#c1").selectOption("none");
  await press(page, "Take this change");
  await page.locator("td.differs").first().waitFor();
  if (!(await page.locator("td.differs").first().innerText()).startsWith("differs:")) wrong(`${name}: a difference is not said in words`);
  await look(page, `${name} compared`);
  await press(page, "Add another copy");
  await look(page, `${name} two copies`);
  await press(page, "Back to the results");

  await press(page, "Share or print");
  await look(page, `${name} share`);
  const mail = await page.locator("#mail").inputValue();
  if (!mail.startsWith("# Harbor Outfitters")) wrong(`${name}: the e-mail begins with ${mail.slice(0, 40)}`);
  const chat = await page.locator("#chat").inputValue();
  if (chat.length > 4000 || !chat.includes("TikTok decides")) wrong(`${name}: the chat text has ${chat.length} signs`);
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download the case" }).click();
  const download = await saved;
  await download.saveAs(`${SHOTS}/${name.replaceAll(/\W+/g, "-")}.cases.yaml`);
  await press(page, "Sheet to print");
  await titled(page, "Harbor Outfitters", `${name} print`);
  await look(page, `${name} print`);
  await page.emulateMedia({ media: "print" });
  await page.screenshot({ path: `${SHOTS}/${name.replaceAll(/\W+/g, "-")}-paper.png` });
  await context.close();
}

// A client on the way up a ladder of spend, with a name that is an attempt at markup.
const ON_TRACK = `as_of: 2026-03-20
account: {name: "<script>alert(1)</script> | Blue Kettle", country: US, currency: USD, registered_on: 2026-03-01, status: approved,
  creation_path: ads_manager, ownership_transferred: no, prior_paid_delivery: no, earlier_coupon_same_business: no, billing: automatic,
  payment_method: card, business_profile_complete: yes}
signup: {entry_point: official_getstarted, offer_banner_seen: yes}
shop: {operates_shop: no}
partner: {route: none}
spend: {qualifying: 180 USD}
offers: [{program: new_advertiser_ladder, visible_in_promotions: yes, country: US, tier_table: us_five_tier, status: earning}]
`;

// The two charts of one decision, each with a table that says the same.
async function charts(browser) {
  const { context, page } = await open(browser);
  await page.goto(BASE);
  await page.getByLabel("Paste YAML or JSON").fill(ON_TRACK);
  await follow(page, page.locator("form[action='/open'] button"));
  await press(page, "Show the results");
  await titled(page, "<script>", "charts results");
  const verdict = (await cards(page))["new_advertiser_ladder/"];
  if (verdict !== "on_track") wrong(`charts: the ladder is ${verdict}`);
  await follow(page, page.locator("[data-decision=new_advertiser_ladder] button[formaction='/one']"));
  for (const [said, caption] of [[/^Timeline: from 20 March 2026 on track, from /, /day to day/], [/^Steps of spend: 0 of \d/, /tiers/i]]) {
    const drawn = await page.$$eval("svg[role=img]", (all) => all.map((one) => one.getAttribute("aria-label")));
    if (!drawn.some((one) => said.test(one))) wrong(`charts: none says ${said}: ${drawn.join(" / ")}`);
    const tables = await page.$$eval("main > table caption", (all) => all.map((one) => one.innerText));
    if (!tables.some((one) => caption.test(one))) wrong(`charts: no table ${caption}: ${tables.join(" / ")}`);
  }
  await page.$$eval("details", (all) => all.forEach((one) => (one.open = true)));
  if (!(await page.locator("main").innerText()).includes("line 8 of the document")) wrong("charts: where a value came from is not told");
  await look(page, "charts");
  await context.close();
}

// A spreadsheet of an agency: strange headers, days and amounts as people write them, a bad cell, a formula for a name.
const CLIENTS = [
  "Clients of March;;;;;;",
  "account.id;account.name;Country;account.registered_on;Qualifying spend;Owner;Remark",
  "a1;Bluebird Shoes;US;01.03.2026;1.250,00 USD;Ana;yes",
  "a2;=HYPERLINK(\"x\");TH;15.02.2026;n/a;Ben;",
  "a3;Harbor;USA;10.03.2026;20,00 USD;Ana;no",
  ...Array.from({ length: 60 }, (_, at) => `b${at};Client ${at};${["US", "DE", ""][at % 3]};0${(at % 9) + 1}.03.2026;${at * 20},00 USD;Ben;`),
].join("\r\n");

async function table(browser, options, name) {
  const { context, page } = await open(browser, options);
  await page.goto(`${BASE}/agency`);
  await look(page, `${name} start`);
  await page.getByLabel("For which day should the check hold?").fill("2026-03-20");
  const give = async (called, text) => {
    await page.locator("#table").setInputFiles({ name: called, mimeType: "text/csv", buffer: Buffer.from(text) });
    await press(page, "Read the columns");
  };
  await give("clients.doc", CLIENTS);
  if (!(await page.locator("[role=alert]").innerText()).includes("csv")) wrong(`${name}: what can be read is not told`);
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
  if (!(await page.locator(".error").first().innerText()).includes("account.country")) wrong(`${name}: the nearest detail is not told`);
  await say("Country", "fact", "account.country");
  await press(page, "Check the accounts");
  for (let count = 0; count < 20 && (await page.locator("[data-again]").count()) > 0; count += 1) {
    await page.waitForTimeout(500);
    if ((await page.locator("[data-again]").count()) > 0) await follow(page, page.getByRole("link", { name: "Look again" }));
  }
  if (!(await page.locator(".count").innerText()).includes("63 rows read · 1 invalid")) wrong(`${name}: ${await page.locator(".count").innerText()}`);
  if (!(await page.locator(".note.bad").innerText()).includes("USA")) wrong(`${name}: the bad cell is not told`);
  await look(page, `${name} results`);
  await follow(page, page.getByRole("link", { name: "More accounts" }));
  await look(page, `${name} second page`);
  await follow(page, page.locator("tbody a[href*='/list/']").nth(1));
  await look(page, `${name} one credit`);
  for (const file of ["results.csv", "results.ndjson", "results.xlsx", "problems.csv", "profile.yaml"]) {
    const saved = page.waitForEvent("download");
    await page.locator(`a[href$='${file}']`).first().click();
    const download = await saved;
    await download.saveAs(`${SHOTS}/${name.replaceAll(/\W+/g, "-")}-${file}`);
  }
  const csv = readFileSync(`${SHOTS}/${name.replaceAll(/\W+/g, "-")}-results.csv`, "utf8");
  if (!csv.includes("'=HYPERLINK")) wrong(`${name}: a formula is not neutralised`);
  await follow(page, page.getByRole("link", { name: "Show all" }));
  await follow(page, page.getByRole("link", { name: "a1 · Bluebird Shoes" }));
  await look(page, `${name} account`);
  await press(page, "Open as a client");
  await titled(page, "Check what we read", `${name} client`);
  if (!(await page.locator("main").innerText()).includes("United States")) wrong(`${name}: the row was not taken over`);
  await press(page, "Show the results");
  await look(page, `${name} client results`, { shot: false });
  // The profile names every column the next time.
  await page.goto(`${BASE}/agency`);
  await page.locator("#profile").setInputFiles(`${SHOTS}/${name.replaceAll(/\W+/g, "-")}-profile.yaml`);
  await give("clients.csv", CLIENTS);
  if (!(await page.locator("main").innerText()).includes("Every column is matched")) wrong(`${name}: the profile is not taken`);
  await page.goto(`${BASE}/agency/0`);
  await look(page, `${name} gone`);
  await context.close();
}

// What cannot be read: nothing is lost, nothing is decided.
async function mistakes(browser) {
  const { context, page } = await open(browser);
  await page.goto(BASE);
  await follow(page, page.locator("form[action='/open'] button"));
  await look(page, "nothing given");
  await page.getByLabel("Paste YAML or JSON").fill("account:\n  contry: US\n  billing: <script>alert(1)</script>\n");
  await follow(page, page.locator("form[action='/open'] button"));
  const text = await page.locator("[role=alert]").innerText();
  for (const part of ["Line 2", "country", "Line 3"]) if (!text.includes(part)) wrong(`mistakes: “${part}” is not told: ${text}`);
  if (!(await page.getByLabel("Paste YAML or JSON").inputValue()).includes("contry: US")) wrong("mistakes: the text is lost");
  await look(page, "mistakes");
  await page.getByLabel("Paste the headers and the row").fill("account.country\taccount.currency\tColour\nUS\tUSD\tred\nTH\tTHB\tblue\n");
  await follow(page, page.locator("form[action='/row'] button"));
  if (!(await page.locator("[role=alert]").innerText()).includes("Colour")) wrong("row: the strange column is not told");
  await look(page, "strange column");
  await page.getByLabel("Leave out the columns that name no detail").check();
  await page.getByLabel("Row", { exact: true }).fill("2");
  await follow(page, page.locator("form[action='/row'] button"));
  await titled(page, "Check what we read", "row");
  if (!(await page.locator("main").innerText()).includes("Thailand")) wrong("row: the second row was not read");
  if (!(await page.locator("main").innerText()).includes("the column “account.country”")) wrong("row: the column is not told");
  await look(page, "row");
  await page.getByText("Add an offer, a campaign or another record").click();
  await follow(page, page.locator("button[name=begin][value=campaigns]"));
  await look(page, "record without a name");
  await page.locator("#key-campaigns").fill("Spring “sale” & more");
  await follow(page, page.locator("button[name=begin][value=campaigns]"));
  if (!(await page.locator("main").innerText()).includes("Campaign: Spring “sale” & more")) wrong("record: it was not begun");
  await look(page, "record begun");
  await page.goto(`${BASE}/results`);
  await titled(page, "Which ad credits", "results without a client");
  await context.close();
}

// The same by keyboard alone: nothing is clicked.
async function keyboard(browser) {
  const { context, page } = await open(browser);
  await page.goto(BASE);
  const to = async (selector) => {
    for (let count = 0; count < 400; count += 1) {
      await page.keyboard.press("Tab");
      if (await page.evaluate((selector) => document.activeElement?.matches(selector), selector)) {
        const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
        if (outline === "none") wrong(`keyboard: the focus on ${selector} cannot be seen`);
        return;
      }
    }
    throw new Error(`the keyboard does not reach ${selector}`);
  };
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  if (!page.url().endsWith("#main")) wrong("keyboard: the first link does not skip to the content");
  await to("#text");
  await page.keyboard.insertText(example("prospect"));
  await to("form[action='/open'] button");
  await page.keyboard.press("Enter");
  await page.waitForURL(`${BASE}/open`);
  await to("button.main[formaction='/results']");
  await page.keyboard.press("Enter");
  await page.waitForURL(`${BASE}/results`);
  const before = await asked(page);
  await to("button[name=unknown]");
  await page.keyboard.press("Space");
  await page.waitForFunction((before) => document.querySelector("legend.q")?.innerText !== before, before);
  await to("details.card > summary");
  await page.keyboard.press("Enter");
  await to("button[formaction='/one']");
  await page.keyboard.press("Enter");
  await page.waitForURL(`${BASE}/one`);
  await to("details > summary");
  await page.keyboard.press("Enter");
  await to("main a[href^='/rules/of/']");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/rules\/of\//);
  await context.close();
}

const parts = {
  rules,
  mistakes,
  charts,
  keyboard,
  prospect: (browser) => prospect(browser, {}, "prospect"),
  agency: (browser) => agency(browser, {}, "agency"),
  table: (browser) => table(browser, {}, "table"),
  "table without scripting": (browser) => table(browser, { javaScriptEnabled: false }, "table without scripting"),
  "prospect without scripting": (browser) => prospect(browser, { javaScriptEnabled: false }, "prospect without scripting"),
  "agency without scripting": (browser) => agency(browser, { javaScriptEnabled: false }, "agency without scripting"),
};

const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
for (const [name, flow] of Object.entries(parts)) {
  if (ONLY && ONLY !== name) continue;
  try {
    await flow(browser);
  } catch (error) {
    wrong(`${name}: ${error.message.split("\n").slice(0, 4).join(" ")}`);
  }
}
await browser.close();
console.log(JSON.stringify(figures));
process.exit(findings.length > 0 ? 1 : 0);
