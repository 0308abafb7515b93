// A clerk imports a register in which one row is refused, and takes the refused
// rows away as a workbook; in a second play, the row mended, imports that too and
// takes it back. Asked for by import_browser_test.go, on standard input:
//   { base, chromium, modules, password, clerk, script, albo, rejected, mended }
// albo is the file's text, rejected where the workbook is put, mended whether it
// comes back already.
import { readFileSync } from "node:fs";
import { arrives, follow, job, look, person, tell, withBrowser } from "./common.mjs";

async function importFile(desk, name, file) {
  await desk.goto(`${job.base}/importazioni/nuova`);
  await desk.getByLabel("Il file").setInputFiles(file);
  await follow(desk, desk.getByRole("button", { name: "Carica e guarda le colonne" }));
  await look(desk, `${name}, colonne`);
  await follow(desk, desk.getByRole("button", { name: "Continua: anteprima" }));
  await look(desk, `${name}, anteprima`);
  await follow(desk, desk.getByRole("button", { name: /^Importa / }));
  await arrives(desk, /\/importazioni\/\d+\?fatto=1$/);
  await look(desk, `${name}, fatto`);
}

await withBrowser(async (browser) => {
  const desk = await person(browser, "segreteria", job.clerk, 1440);
  if (!job.mended) {
    await importFile(desk, "albo", { name: "albo.csv", mimeType: "text/csv", buffer: Buffer.from(job.albo) });
    const download = desk.waitForEvent("download");
    await desk.getByRole("link", { name: "Righe respinte (Excel)" }).click();
    await (await download).saveAs(job.rejected);
    return;
  }
  await importFile(desk, "corrette", { name: "albo-da-correggere.xlsx", mimeType: "application/octet-stream", buffer: readFileSync(job.rejected) });
  await follow(desk, desk.getByRole("link", { name: "Annulla l’importazione…" }));
  await look(desk, "annullare");
  await follow(desk, desk.getByRole("button", { name: /^Annulla l’importazione/ }));
  await look(desk, "annullata");
  await desk.goto(`${job.base}/iscritti`);
  await look(desk, "iscritti alla fine");
});

tell();
