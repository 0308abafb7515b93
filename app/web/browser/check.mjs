// Opens pages in Chromium and tells what is wrong with them, as JSON: what
// axe finds, what scrolls sideways, what the security policy stopped, what the
// console complained of. Asked for by browser_test.go, on standard input:
//   { base, chromium, modules, widths: [390, 1440], shots: "dir or empty",
//     pages: [{ name, path, cookies: {name: value}, script: false }] }
import { createRequire } from "node:module";
import { mkdtempSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const job = JSON.parse(readFileSync(0, "utf8"));
const require = createRequire(join(job.modules, "package.json"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const host = new URL(job.base).hostname;

async function visit(browser, page, width) {
  const faults = [];
  const context = await browser.newContext({
    viewport: { width, height: width < 768 ? 844 : 900 },
    javaScriptEnabled: page.script !== false,
    reducedMotion: "reduce",
    locale: "it-IT",
    timezoneId: "Europe/Rome",
  });
  await context.addCookies(Object.entries(page.cookies || {}).map(([name, value]) => ({ name, value, domain: host, path: "/" })));
  const tab = await context.newPage();
  const wanted = page.status || 200;
  tab.on("console", (message) => {
    const theStatus = wanted !== 200 && message.text().includes(`status of ${wanted}`);
    if (message.type() === "error" && !theStatus) faults.push(`console: ${message.text()}`);
  });
  tab.on("pageerror", (error) => faults.push(`script: ${error.message}`));

  const answer = await tab.goto(job.base + page.path, { waitUntil: "load" });
  if (answer.status() !== wanted) faults.push(`status ${answer.status()}, not ${wanted}`);
  await tab.evaluate(() => document.fonts.ready);
  const overflow = await tab.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (overflow > 0) faults.push(`scrolls ${overflow} px sideways`);
  if (job.shots) {
    mkdirSync(job.shots, { recursive: true });
    await tab.screenshot({ path: join(job.shots, `${page.name}-${width}.png`), fullPage: true });
  }
  // Where scripts are off axe has no clock and would never end.
  if (page.script !== false) faults.push(...await audit(tab));
  await context.close();
  return faults;
}

// axe comes in by the debugger's door: the page's policy lets no script tag in.
async function audit(tab) {
  await tab.evaluate(axe);
  const violations = await tab.evaluate(async () => {
    const { violations } = await window.axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
    });
    return violations.map((v) => ({ id: v.id, help: v.help, nodes: v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)) }));
  });
  return violations.map((v) => `axe ${v.id}: ${v.help}: ${v.nodes.join(" | ")}`);
}

const cache = mkdtempSync(join(tmpdir(), "albopec-browser-"));
const browser = await chromium.launch({
  executablePath: job.chromium,
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", `--disk-cache-dir=${cache}`],
});
const ahead = job.pages.flatMap((page) => job.widths.map((width) => ({ page, width })));
const results = [];
async function work() {
  for (let next; (next = ahead.shift());) {
    const faults = await visit(browser, next.page, next.width);
    results.push({ page: next.page.name, width: next.width, faults });
  }
}
await Promise.all(Array.from({ length: 3 }, work));
await browser.close();
rmSync(cache, { recursive: true, force: true });
process.stdout.write(JSON.stringify(results));
