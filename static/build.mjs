// Copies what the pages use out of node_modules into vendor/, from where the
// program embeds it. Nothing else of the packages reaches the browser.
import { cpSync, mkdirSync, rmSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const titillium = "titillium-web-v10-latin-ext_latin";
const files = {
  "bootstrap-italia/dist/css/bootstrap-italia.min.css": "bootstrap-italia.min.css",
  "bootstrap-italia/dist/svg/sprites.svg": "sprites.svg",
  "bootstrap-italia/LICENSE": "bootstrap-italia.LICENSE.txt",
  [`bootstrap-italia/dist/fonts/Titillium_Web/${titillium}-regular.woff2`]: "titillium-400.woff2",
  [`bootstrap-italia/dist/fonts/Titillium_Web/${titillium}-600.woff2`]: "titillium-600.woff2",
  [`bootstrap-italia/dist/fonts/Titillium_Web/${titillium}-700.woff2`]: "titillium-700.woff2",
  "bootstrap-italia/dist/fonts/Titillium_Web/OFL.txt": "titillium.LICENSE.txt",
  "bootstrap-italia/dist/fonts/Roboto_Mono/roboto-mono-v13-latin-ext_latin-regular.woff2": "roboto-mono-400.woff2",
  "bootstrap-italia/dist/fonts/Roboto_Mono/LICENSE.txt": "roboto-mono.LICENSE.txt",
  "htmx.org/dist/htmx.min.js": "htmx.min.js",
  "htmx.org/LICENSE": "htmx.LICENSE.txt",
};

const vendor = join(here, "vendor");
rmSync(vendor, { recursive: true, force: true });
mkdirSync(vendor);
for (const [from, to] of Object.entries(files)) {
  cpSync(join(here, "node_modules", from), join(vendor, to));
}

// The source map is not shipped; without this line browsers ask for it.
const css = join(vendor, "bootstrap-italia.min.css");
writeFileSync(css, readFileSync(css, "utf8").replace(/\/\*# sourceMappingURL=.*?\*\//, ""));
