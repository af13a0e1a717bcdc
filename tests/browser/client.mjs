// One client from the first page to what is shared, kept and taken up again.
//
// In: a browser. Out: findings, figures, and the case that was downloaded.
// Owns what these flows expect of the examples beside the rules. Never decides what a verdict should be but for those.

import { readFileSync } from "node:fs";
import { download, figures, file, follow, look, open, press, read, says, titled, wrong } from "./page.mjs";

const { BASE, FILES, ROOT } = process.env;
const example = (name) => readFileSync(`${ROOT}/rules/examples/${name}.yaml`, "utf8");

// What a card of the results says, by decision and record.
const cards = (page) =>
  page.$$eval("[data-verdict]", (all) => Object.fromEntries(all.map((one) => [one.dataset.decision + "/" + (one.dataset.subject ?? ""), one.dataset.verdict])));

// Says whether the results show a question, and which.
export const asked = async (page) => ((await page.locator("legend.q").count()) > 0 ? page.locator("legend.q").innerText() : null);

// The five facts of the example, by the words of their questions, as somebody on the phone would know them.
const FIVE = [
  [/country is the ad account/, "US"],
  [/first created/, "ads manager"],
  [/run any paid ads before/, "no"],
  [/sign up|entry|offer page|page did/i, "official getstarted"],
  [/run a TikTok Shop/, "no"],
];

// Gives an answer to the question that is shown, by a button or in a field.
async function answer(page, said) {
  const button = page.locator("[data-answer]", { hasText: new RegExp(`^${said}$`) });
  if (await button.count()) return follow(page, button);
  const field = page.locator("#answer");
  if ((await field.evaluate((one) => one.tagName)) === "SELECT") await field.selectOption({ label: said });
  else await field.fill(said);
  return follow(page, page.getByRole("button", { name: "Answer" }));
}

// A prospect of whom five facts are known, by answering questions.
export async function prospect(browser, options, name) {
  const { page, close } = await open(browser, options);
  await page.goto(BASE);
  await look(page, `${name} start`);
  await page.getByLabel("What is the ad account called?").fill("Bluebird Shoes");
  await press(page, "Start with the first question");
  await titled(page, "Bluebird Shoes", name);
  await look(page, `${name} first question`);
  const known = [];
  const seen = new Set();
  for (let question = await asked(page); question && seen.size < 60; question = await asked(page)) {
    if (seen.has(question)) {
      wrong(`${name}: asked twice: ${question}`);
      break;
    }
    seen.add(question);
    const fact = FIVE.find(([words]) => words.test(question));
    if (fact) {
      known.push(question);
      await answer(page, fact[1]);
    } else await press(page, "I don’t know");
  }
  if (known.length !== 5) wrong(`${name}: ${known.length} of five known facts were asked for: ${known.join(" / ")}; asked: ${[...seen].join(" / ")}`);
  const verdicts = Object.values(await cards(page));
  if (verdicts.length < 16) wrong(`${name}: only ${verdicts.length} verdicts`);
  if (!/^\d+ [a-z]/.test(await page.locator(".count").innerText())) wrong(`${name}: no line of counts`);
  await says(page, "main", "Nothing is left to ask", `${name}: the end of the questions is not told`);
  await look(page, `${name} results`);
  await press(page, "Check what we read");
  const text = await page.locator("main").innerText();
  if ((text.match(/your answer/g) ?? []).length < 5) wrong(`${name}: the details do not say which were answered`);
  await look(page, `${name} details`);
  figures[name] = { questions: seen.size, verdicts: verdicts.reduce((all, one) => ({ ...all, [one]: (all[one] ?? 0) + 1 }), {}) };
  await close();
}

// The example of an agency, pasted; every page from there.
export async function agency(browser, options, name) {
  const { page, close } = await open(browser, options);
  await read(page, example("agency"));
  await titled(page, "Harbor Outfitters", name);
  await says(page, "main", "line 6 of the document", `${name}: lines are not told`);
  await look(page, `${name} details`);
  await changes(page, name);
  await press(page, "Show the results");
  await results(page, name);
  await compare(page, name);
  await shared(page, name);
  await close();
}

// Details are mistyped, changed, added and removed.
async function changes(page, name) {
  // A slip stays as it was typed, and nothing is decided.
  await page.getByLabel("In which country is the ad account registered?").fill("USA");
  await press(page, "Show the results");
  await titled(page, "Check what we read", `${name} slip`);
  const field = page.getByLabel("In which country is the ad account registered?");
  if ((await field.inputValue()) !== "USA") wrong(`${name}: what was typed is lost`);
  await says(page, ".error", "US", `${name}: the nearest value is not told`);
  await look(page, `${name} slip`);
  await field.fill("US");

  await page.getByLabel("How does the account pay?").selectOption("automatic");
  await press(page, "Save changes");
  await says(page, "main", "entered on this page", `${name}: a change is not told`);
  await page.getByLabel("How does the account pay?").selectOption("manual");

  const added = "How many hours ago did the account last spend?";
  await page.getByLabel("What do you know?").selectOption({ label: added });
  await press(page, "Add it");
  await page.getByLabel(added).fill("12");
  await press(page, "Save changes");
  if ((await page.getByLabel(added).inputValue()) !== "12") wrong(`${name}: a detail that was added is lost`);

  const remove = page.getByRole("button", { name: /^Remove ?: How many recent charges failed/ });
  await follow(page, remove);
  if ((await remove.count()) !== 0) wrong(`${name}: a detail that was removed is still there`);
}

async function results(page, name) {
  await titled(page, "Harbor Outfitters", `${name} results`);
  const credits = await cards(page);
  if (credits["managed_incentive/"] !== "qualifies") wrong(`${name}: managed_incentive is ${credits["managed_incentive/"]}`);
  if (!Object.values(credits).includes("does_not_qualify")) wrong(`${name}: the No group is missing`);
  if (!(await page.getByRole("heading", { name: /^Does not qualify/ }).isVisible())) wrong(`${name}: the No group is hidden`);
  await says(page, "main", "meets the published terms; TikTok decides", `${name}: the promise is missing`);
  await look(page, `${name} results`);
  await page.$$eval("details", (all) => all.forEach((one) => (one.open = true)));
  await look(page, `${name} results unfolded`, { shot: false });
  for (const tab of ["What may be done with them", "Account set-up"]) {
    await press(page, tab);
    await look(page, `${name} ${tab}`);
  }
  await follow(page, page.getByRole("button", { name: "Credits", exact: true }));
  for (const one of ["Managed account incentive", "New advertiser credit"]) {
    const button = page.getByRole("button", { name: new RegExp(`All about this one ?: ${one}`), includeHidden: true }).first();
    await button.evaluate((element) => element.closest("details")?.setAttribute("open", ""));
    await follow(page, button);
    await titled(page, one, `${name} one`);
    await look(page, `${name} one ${one}`);
    await press(page, "Back to the results");
  }
}

async function compare(page, name) {
  await press(page, "Compare with a change");
  await look(page, `${name} compare`);
  await page.getByLabel("What is changed?").selectOption("agreement.type");
  await press(page, "Choose for copy 1");
  await page.locator("#c1").selectOption("none");
  await press(page, "Take this change");
  await says(page, "td.differs", "differs:", `${name}: a difference is not said in words`);
  await look(page, `${name} compared`);
  await press(page, "Add another copy");
  await look(page, `${name} two copies`);
  await press(page, "Back to the results");
}

async function shared(page, name) {
  await press(page, "Share or print");
  await look(page, `${name} share`);
  const mail = await page.locator("#mail").inputValue();
  if (!mail.startsWith("Harbor Outfitters\n")) wrong(`${name}: the e-mail begins with ${mail.slice(0, 40)}`);
  const marks = mail.match(/\*\*|^#|\]\(/gm);
  if (marks) wrong(`${name}: the e-mail is not plain: ${marks.join(" ")}`);
  const markdown = await page.locator("#markdown").inputValue();
  if (!markdown.startsWith("# Harbor Outfitters")) wrong(`${name}: the Markdown begins with ${markdown.slice(0, 40)}`);
  const chat = await page.locator("#chat").inputValue();
  if (chat.length > 4000 || !chat.includes("TikTok decides")) wrong(`${name}: the chat text has ${chat.length} signs`);
  await download(page, page.getByRole("button", { name: "Download the case" }), `${FILES}/${file(name)}.cases.yaml`);
  await press(page, "Sheet to print");
  await titled(page, "Harbor Outfitters", `${name} print`);
  await page.emulateMedia({ media: "print" });
  if (await page.locator("header.top").isVisible()) wrong(`${name}: paper shows the site's menu`);
  await page.emulateMedia({ media: "screen" });
  await look(page, `${name} print`);
}

// A client is kept under a reference and taken up again on another day.
export async function kept(browser, options, name) {
  const { page, close } = await open(browser, options);
  await read(page, example("agency"));
  await press(page, "Show the results");
  await press(page, "Share or print");
  await press(page, "Keep it");
  await titled(page, "The client is not kept", `${name}: a reference is needed`);
  await look(page, `${name} without a reference`);
  await page.getByLabel("Reference").fill(`Harbor ${name}`);
  await press(page, "Keep it");
  await titled(page, `Kept as Harbor ${name}`, name);
  await look(page, name);
  await press(page, "Back to the results");
  await titled(page, "Harbor Outfitters", `${name} results`);

  await page.goto(BASE);
  await page.getByLabel("Its reference").fill("nobody");
  await press(page, "Go on");
  await says(page, "#lost", "No client", `${name}: a reference that is not there is passed over`);
  if ((await page.getByLabel("Its reference").inputValue()) !== "nobody") wrong(`${name}: the reference that was typed is lost`);
  await look(page, `${name} lost`);
  await page.getByLabel("Its reference").fill(`Harbor ${name}`);
  await press(page, "Go on");
  await titled(page, "Check what we read about Harbor Outfitters", `${name} resumed`);
  await press(page, "Show the results");
  const verdict = (await cards(page))["managed_incentive/"];
  if (verdict !== "qualifies") wrong(`${name}: after it was taken up again managed_incentive is ${verdict}`);
  await close();
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
export async function charts(browser) {
  const { page, close } = await open(browser);
  await read(page, ON_TRACK);
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
  await says(page, "main", "line 8 of the document", "charts: where a value came from is not told");
  await look(page, "charts");
  await close();
}

// What cannot be read: nothing is lost, nothing is decided.
export async function mistakes(browser) {
  const { page, close } = await open(browser);
  await page.goto(BASE);
  await follow(page, page.locator("form[action='/open'] button"));
  await look(page, "nothing given");
  await page.getByLabel("Paste YAML or JSON").fill("account:\n  contry: US\n  billing: <script>alert(1)</script>\n");
  await follow(page, page.locator("form[action='/open'] button"));
  for (const part of ["Line 2", "country", "Line 3"]) await says(page, "[role=alert]", part, `mistakes: “${part}” is not told`);
  if (!(await page.getByLabel("Paste YAML or JSON").inputValue()).includes("contry: US")) wrong("mistakes: the text is lost");
  await look(page, "mistakes");
  await page.getByLabel("Paste the headers and the row").fill("account.country\taccount.currency\tColour\nUS\tUSD\tred\nTH\tTHB\tblue\n");
  await follow(page, page.locator("form[action='/row'] button"));
  await says(page, "[role=alert]", "Colour", "row: the strange column is not told");
  await look(page, "strange column");
  await page.getByLabel("Leave out the columns that name no detail").check();
  await page.getByLabel("Row", { exact: true }).fill("2");
  await follow(page, page.locator("form[action='/row'] button"));
  await titled(page, "Check what we read", "row");
  await says(page, "main", "Thailand", "row: the second row was not read");
  await says(page, "main", "the column “account.country”", "row: the column is not told");
  await look(page, "row");
  await page.getByText("Add an offer, a campaign or another record").click();
  await follow(page, page.locator("button[name=begin][value=campaigns]"));
  await look(page, "record without a name");
  await page.locator("#key-campaigns").fill("Spring “sale” & more");
  await follow(page, page.locator("button[name=begin][value=campaigns]"));
  await says(page, "main", "Campaign: Spring “sale” & more", "record: it was not begun");
  await look(page, "record begun");
  await page.goto(`${BASE}/results`);
  await titled(page, "Which ad credits", "results without a client");
  await close();
}
