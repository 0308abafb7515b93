// Lists with a box on each row, left and come back to: no box may be ticked, on a
// phone's screen. Asked for by domicile_browser_test.go, on standard input:
//   { base, chromium, modules, password, clerk, script, lists: [paths], reginde: path }
// Says on standard output what was seen, as JSON.
import { faults, job, look, person, tell, withBrowser } from "./common.mjs";

const boxes = "tbody input[type=checkbox]";

// back goes back to a list, where nothing may be ticked.
async function back(tab, what) {
  await tab.goBack();
  await tab.locator(boxes).first().waitFor({ state: "attached" });
  await tab.waitForTimeout(200); // a form is filled again after the page is there
  const ticked = await tab.locator(`${boxes}:checked`).evaluateAll((all) => all.map((box) => box.id));
  if (ticked.length > 0) faults.push(`${what}: ticked after going back: ${ticked.join(", ")}`);
}

await withBrowser(async (browser) => {
  const tab = await person(browser, "segreteria", job.clerk, 390);

  // INI-PEC: row 2 is refused; going back ticks no other, and pressing again changes nothing.
  await tab.goto(`${job.base}/domicilio/inipec/1`);
  const no = tab.getByLabel("Respinta, riga 2");
  const place = await no.locator("xpath=..").boundingBox();
  if (!place || place.x < 0 || place.x + place.width > 390) faults.push(`the tick ends at ${place?.x + place?.width} of 390 px`);
  await look(tab, "segreteria, file");
  await no.check({ force: true });
  await tab.getByLabel("Perché la riga 2 è respinta").fill("PEC non attiva");
  await tab.getByRole("button", { name: "Registra le spuntate" }).click();
  await look(tab, "segreteria, respinta");
  await back(tab, "INI-PEC, respinta");
  await tab.getByRole("button", { name: "Registra le spuntate" }).click();
  await tab.getByText("nulla è cambiato").first().waitFor();
  await look(tab, "segreteria, ancora");
  await tab.goto(`${job.base}/domicilio/inipec/1`);
  await look(tab, "segreteria, dopo");

  // It was a mistake: row 2 is accepted; nor does this tick come back.
  await tab.getByLabel("Accettata, riga 2").check({ force: true });
  await tab.getByRole("button", { name: "Registra le spuntate" }).click();
  await look(tab, "segreteria, corretta");
  await back(tab, "INI-PEC, corretta");

  // The others are accepted after the review.
  await tab.goto(`${job.base}/domicilio/inipec/1`);
  await tab.getByLabel("Respinta, riga 1").check({ force: true });
  await tab.getByRole("button", { name: "Accetta tutte le altre" }).click();
  await look(tab, "segreteria, riepilogo");
  await tab.getByRole("button", { name: "Conferma" }).click();
  await tab.getByText("esiti registrati").waitFor();
  await look(tab, "segreteria, confermato");

  // Lists that are left for another page.
  for (const path of job.lists) {
    await tab.goto(`${job.base}${path}`);
    await tab.locator(boxes).first().check({ force: true });
    await tab.goto(`${job.base}/`);
    await back(tab, path);
  }

  // ReGIndE: accepted by hand; pressing again takes nothing back.
  await tab.goto(`${job.base}${job.reginde}`);
  await tab.locator("input[name=lines]").first().check({ force: true });
  await tab.getByRole("button", { name: "Gli spuntati sono accettati" }).click();
  await look(tab, "segreteria, a mano");
  await back(tab, "ReGIndE, accettato");
  await tab.getByRole("button", { name: "non sono più accettati a mano" }).click();
  await tab.getByText("Spunti almeno").first().waitFor();
  await look(tab, "segreteria, a mano ancora");
});

tell();
