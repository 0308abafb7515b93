// Opens pages in Chromium and tells what is wrong with them, as JSON: what
// axe finds, what scrolls sideways, what the security policy stopped, what the
// console complained of. Asked for by browser_test.go, on standard input:
//   { base, chromium, modules, widths: [390, 1440], shots: "dir or empty",
//     pages: [{ name, path, cookies: {name: value}, script: false, typed: {name: value} }] }
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { audit, job, overflow, windowOf, withBrowser } from "./common.mjs";

const host = new URL(job.base).hostname;

async function send(tab, typed) {
  for (const [name, value] of Object.entries(typed)) {
    const field = tab.locator(`main [name="${name}"]`);
    if (await field.first().getAttribute("type") === "radio") {
      await tab.locator(`main [name="${name}"][value="${value}"]`).check({ force: true });
    } else {
      await field.fill(value);
    }
  }
  const button = tab.locator("main form[method=post] button[type=submit]").first();
  const [answer] = await Promise.all([tab.waitForNavigation({ waitUntil: "load" }), button.click()]);
  return answer;
}

// look tells what is wrong with an open page at one width.
async function look(tab, page, width) {
  const faults = [];
  await tab.setViewportSize(windowOf(width).viewport);
  const wide = await overflow(tab);
  if (wide > 0) faults.push(`scrolls ${wide} px sideways`);
  if (job.shots) {
    mkdirSync(job.shots, { recursive: true });
    await tab.screenshot({ path: join(job.shots, `${page.name}-${width}.png`), fullPage: true });
  }
  // Where scripts are off axe has no clock and would never end.
  if (page.script !== false) faults.push(...await audit(tab));
  return faults;
}

// visit opens a page once, on the narrowest screen, and looks at it at every width.
async function visit(browser, page) {
  const context = await browser.newContext(windowOf(job.widths[0], page.script !== false));
  await context.addCookies(Object.entries(page.cookies || {}).map(([name, value]) => ({ name, value, domain: host, path: "/" })));
  const tab = await context.newPage();
  const wanted = page.status || 200;
  const faults = [];
  tab.on("console", (message) => {
    const theStatus = wanted !== 200 && message.text().includes(`status of ${wanted}`);
    if (message.type() === "error" && !theStatus) faults.push(`console: ${message.text()}`);
  });
  tab.on("pageerror", (error) => faults.push(`script: ${error.message}`));

  let answer = await tab.goto(job.base + page.path, { waitUntil: "load" });
  if (page.typed) answer = await send(tab, page.typed);
  if (answer.status() !== wanted) faults.push(`status ${answer.status()}, not ${wanted}`);
  await tab.evaluate(() => document.fonts.ready);
  const looks = [];
  for (const width of job.widths) {
    looks.push({ page: page.name, width, faults: await look(tab, page, width) });
  }
  looks[0].faults.push(...faults);
  results.push(...looks);
  await context.close();
}

const ahead = [...job.pages];
const results = [];
await withBrowser((browser) => {
  async function work() {
    for (let page; (page = ahead.shift());) await visit(browser, page);
  }
  return Promise.all(Array.from({ length: 3 }, work));
});
process.stdout.write(JSON.stringify(results));
