// The yearly report, made while the treasurer does something else, found again and
// taken away; then looked at on a phone. Asked for by document_browser_test.go, on
// standard input:
//   { base, chromium, modules, password, treasurer, script, audited }
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { arrives, follow, job, look, person, seen, tell, withBrowser } from "./common.mjs";

// take downloads a file and tells what it is.
async function take(tab, link, name) {
  const [file] = await Promise.all([tab.waitForEvent("download"), link.click()]);
  const data = readFileSync(await file.path());
  seen[name] = `${file.suggestedFilename()} ${data.subarray(0, 2)} ${createHash("sha256").update(data).digest("hex")}`;
}

await withBrowser(async (browser) => {
  const desk = await person(browser, "tesoriere", job.treasurer, 1440);
  await desk.goto(`${job.base}/report?anno=2018`);
  await look(desk, "tesoriere, report");
  await follow(desk, desk.getByRole("button", { name: "Crea Excel e PDF del 2018" }));
  await arrives(desk, /\/documenti\/1$/);
  await look(desk, "tesoriere, in preparazione");

  // Elsewhere meanwhile.
  await desk.goto(`${job.base}/iscritti`);
  await desk.goto(`${job.base}/documenti`);
  await look(desk, "tesoriere, documenti mentre si prepara");
  await follow(desk, desk.getByRole("link", { name: "Report annuale 2018" }).first());

  // Now it goes on: the page, still open, tells by itself, or when it is asked.
  const other = await desk.context().newPage();
  await other.goto(`${job.base}/prova/avanti`);
  await other.close();
  if (!job.script) {
    await follow(desk, desk.getByRole("link", { name: "Aggiorna" }));
  }
  await desk.getByRole("heading", { name: "Il documento è pronto" }).waitFor();
  await look(desk, "tesoriere, pronto");
  await take(desk, desk.getByRole("link", { name: /^Excel,/ }), "tesoriere, cartella");
  await take(desk, desk.getByRole("link", { name: /^PDF,/ }), "tesoriere, PDF");

  const phone = await person(browser, "tesoriere", job.treasurer, 390);
  for (const [name, path] of Object.entries({
    "documenti": "/documenti", "documento": "/documenti/1", "righe": "/documenti/1/righe?foglio=Caselle", "righe senza cambi": "/documenti/1/righe?foglio=Ordini",
  })) {
    await phone.goto(job.base + path);
    await look(phone, `tesoriere, ${name} sul telefono`);
  }
});

tell();
