// The secretariat looks at the pages that print and forecast, on a screen and on
// a phone, and takes the files of a forecast under a pasted agreement, one after
// the other.
import { faults, follow, job, look, person, tell, withBrowser } from "./common.mjs";

const pages = {
  previsione: "/report/previsione", "da fatturare": "/ordini/da-fatturare", gestore: "/report/gestore", lettere: "/lettere",
  etichette: "/iscritti/etichette?tutti=1", conto: "/amministrazione/conto", servizi: "/servizi", "estratto conto": job.statement,
};

// take waits for the file that a button brings.
async function take(tab, name) {
  try {
    const [file] = await Promise.all([tab.waitForEvent("download"), tab.getByRole("button", { name, exact: true }).click()]);
    if (!/^previsione-.*\.(xlsx|pdf)$/.test(file.suggestedFilename())) faults.push(`${name} brings ${file.suggestedFilename()}`);
  } catch (error) {
    faults.push(`${name} brings nothing: ${error.message.split("\n")[0]}`);
  }
}

await withBrowser(async (browser) => {
  for (const width of [1280, 390]) {
    const desk = await person(browser, `segreteria ${width}`, job.clerk, width);
    for (const [name, address] of Object.entries(pages)) {
      await desk.goto(job.base + address);
      await look(desk, `segreteria ${width}, ${name}`);
      const cut = await desk.locator("main .ap-table").evaluateAll((tables) => Math.max(0, ...tables.map((t) => t.scrollWidth - t.clientWidth)));
      if (cut > 0 && (width > 390 || name === "estratto conto")) faults.push(`segreteria ${width}, ${name}: a table is cut by ${cut} px`);
    }
    await desk.goto(`${job.base}/report/previsione`);
    await desk.getByLabel("O il suo testo").fill(job.agreement);
    await follow(desk, desk.getByRole("button", { name: "Confronta con questa" }));
    for (const name of ["Excel", "PDF", "Excel"]) await take(desk, name);
    await follow(desk, desk.getByRole("button", { name: "Confronta con questa" }));
    await look(desk, `segreteria ${width}, in prova`);
  }
});
tell();
