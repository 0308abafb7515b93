// What every browser test needs: Chromium, and axe.
import { createRequire } from "node:module";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

// job is what the Go test asks for, on standard input.
export const job = JSON.parse(readFileSync(0, "utf8"));

const require = createRequire(join(job.modules, "package.json"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

// withBrowser lends a browser that leaves nothing behind.
export async function withBrowser(use) {
  const cache = mkdtempSync(join(tmpdir(), "albopec-browser-"));
  const browser = await chromium.launch({
    executablePath: job.chromium,
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync", `--disk-cache-dir=${cache}`],
  });
  try {
    return await use(browser);
  } finally {
    await browser.close();
    rmSync(cache, { recursive: true, force: true });
  }
}

// settings of a browser window: an Italian reader on a screen of this width.
export function windowOf(width, script = true) {
  return {
    viewport: { width, height: width < 768 ? 844 : 900 },
    javaScriptEnabled: script,
    reducedMotion: "reduce",
    locale: "it-IT",
    timezoneId: "Europe/Rome",
  };
}

// audit tells what axe has against the page. axe comes in by the debugger's
// door: the page's policy lets no script tag in.
export async function audit(tab) {
  if (!await tab.evaluate(() => "axe" in window)) await tab.evaluate(axe);
  const violations = await tab.evaluate(async () => {
    const { violations } = await window.axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
      resultTypes: ["violations"],
      preload: false, // what it would fetch again serves no rule asked for
    });
    return violations.map((v) => ({ id: v.id, help: v.help, nodes: v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)) }));
  });
  return violations.map((v) => `axe ${v.id}: ${v.help}: ${v.nodes.join(" | ")}`);
}

// overflow is how many pixels the page scrolls sideways.
export function overflow(tab) {
  return tab.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

// A play is what several persons do one after the other; seen keeps what each
// page said, faults what was found at fault.
export const seen = {};
export const faults = [];

// person opens a window and logs in by the form.
export async function person(browser, who, login, width) {
  const tab = await (await browser.newContext(windowOf(width, job.script))).newPage();
  tab.setDefaultTimeout(20000);
  tab.on("pageerror", (error) => faults.push(`${who}: script: ${error.message}`));
  tab.on("console", (message) => {
    const aRefusal = message.text().includes("status of 422"); // a form that comes back
    if (message.type() === "error" && !aRefusal) faults.push(`${who}: console: ${message.text()}`);
  });
  await tab.goto(`${job.base}/accesso`);
  await look(tab, `${who}, accesso`);
  await tab.getByLabel("Casella PEC o e-mail").fill(login);
  await tab.getByLabel("Password").fill(job.password);
  await tab.getByRole("button", { name: "Entra" }).click();
  await arrives(tab, (url) => url.pathname !== "/accesso");
  return tab;
}

// look keeps what a page says once all of it is there; the pages of those who are audited are looked at
// by axe too, where there is script.
export async function look(tab, name) {
  await tab.waitForLoadState("load");
  seen[name] = (await tab.locator("main").innerText()).replace(/\s+/g, " ");
  const wide = await overflow(tab);
  if (wide > 0) faults.push(`${name}: scrolls ${wide} px sideways`);
  if (job.script && name.startsWith(job.audited)) faults.push(...(await audit(tab)).map((fault) => `${name}: ${fault}`));
  if (job.shots) await tab.screenshot({ path: join(job.shots, `${name.replaceAll(/[^a-z0-9]+/gi, "-")}.png`), fullPage: true });
}

export async function follow(tab, link) {
  await link.click();
  await tab.waitForLoadState("load");
}

// arrives waits until the window shows an address, however the journey went:
// a second press breaks off the first one's, which Playwright's own waiting takes
// for a failure.
export async function arrives(tab, address) {
  const there = (url) => (address instanceof RegExp ? address.test(url) : address(new URL(url)));
  const giveUp = Date.now() + 20000;
  for (let seenOn = 0; seenOn < 3; await tab.waitForTimeout(50)) {
    seenOn = there(tab.url()) ? seenOn + 1 : 0;
    if (Date.now() > giveUp) throw new Error(`still on ${tab.url()}, not on ${address}`);
  }
  await tab.waitForLoadState("load");
}

// tickAll accepts whatever is still to be accepted, beside the link in each
// label, which would open the text.
export async function tickAll(tab) {
  for (const box of await tab.locator("input[type=checkbox]").all()) {
    const id = await box.getAttribute("id");
    await tab.locator(`label[for="${id}"]`).click({ position: { x: 10, y: 10 } });
  }
}

// tell ends a play.
export function tell() {
  process.stdout.write(JSON.stringify({ seen, faults }));
}
