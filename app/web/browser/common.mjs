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
  await tab.evaluate(axe);
  const violations = await tab.evaluate(async () => {
    const { violations } = await window.axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
    });
    return violations.map((v) => ({ id: v.id, help: v.help, nodes: v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)) }));
  });
  return violations.map((v) => `axe ${v.id}: ${v.help}: ${v.nodes.join(" | ")}`);
}

// overflow is how many pixels the page scrolls sideways.
export function overflow(tab) {
  return tab.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
