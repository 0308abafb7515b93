// Renewals by order: a member on a phone renews two mailboxes together and looks
// at another kind, a clerk renews the same two at the counter. Asked for by
// renewals_browser_test.go, on standard input:
//   { base, chromium, modules, password, member, clerk, page, box, script, audited, act }
import { arrives, follow, job, look, person, seen, tell, withBrowser } from "./common.mjs";

// choose ticks what a label names; where there is no script the price is asked for
// by its button.
async function choose(tab, label, address) {
  await tab.locator("label", { hasText: label }).first().click({ position: { x: 10, y: 10 } });
  if (!job.script) await tab.getByRole("button", { name: "Aggiorna il prezzo" }).click();
  await arrives(tab, address);
}

async function accept(tab) {
  for (const box of await tab.locator("input[name^=accetto-]").all()) {
    const id = await box.getAttribute("id");
    await tab.locator(`label[for="${id}"]`).click({ position: { x: 10, y: 10 } });
  }
}

const acts = {
  async iscritto(browser) {
    const phone = await person(browser, "iscritto", job.member, 390);
    await follow(phone, phone.getByRole("link", { name: "Rinnova più caselle insieme" }));
    await look(phone, "iscritto, insieme");
    await phone.getByLabel("Codice destinatario").fill("abc1234");
    await choose(phone, "2 anni", /years=2/);
    await choose(phone, "studio2@", (url) => url.searchParams.getAll("id").length === 1);
    await choose(phone, "studio2@", (url) => url.searchParams.getAll("id").length === 2);
    seen["iscritto, codice"] = await phone.getByLabel("Codice destinatario").inputValue();
    await look(phone, "iscritto, insieme, prezzo");
    await follow(phone, phone.getByRole("button", { name: "Ordina per" }));
    await look(phone, "iscritto, insieme, condizioni");
    await accept(phone);
    await phone.getByRole("button", { name: "Ordina per" }).click();
    await arrives(phone, /\/area\/ricarica$/);
    await look(phone, "iscritto, insieme, ordinati");
    await phone.goto(`${job.base}/area/rinnovi`);
    await look(phone, "iscritto, nulla");

    await phone.goto(`${job.base}/area?casella=${job.box}`);
    await follow(phone, phone.getByRole("link", { name: "Cambia tipologia" }));
    await look(phone, "iscritto, tipologia");
    await choose(phone, "Pro, 20,00", /kind=pro/);
    await look(phone, "iscritto, tipologia, durata");
    await choose(phone, "Solo il cambio di tipologia", /years=0/);
    await look(phone, "iscritto, tipologia, solo il cambio");
  },

  async segreteria(browser) {
    const narrow = await person(browser, "segreteria stretta", job.clerk, 390);
    await narrow.goto(`${job.base}${job.page}/rinnovi`);
    await look(narrow, "segreteria stretta, insieme");
    await narrow.goto(`${job.base}/ordini/rinnovo?casella=studio1@pec.ordine.example`);
    await look(narrow, "segreteria stretta, rinnovo");

    const desk = await person(browser, "segreteria", job.clerk, 1440);
    await desk.goto(`${job.base}${job.page}`);
    await follow(desk, desk.getByRole("link", { name: "Rinnova più caselle insieme" }));
    await look(desk, "segreteria, insieme");
    await desk.getByLabel("Codice destinatario").fill("UFX1Y2");
    await desk.getByRole("button", { name: "Rinnova per" }).dblclick();
    await arrives(desk, /\/ordini\?iscritto=/);
    await look(desk, "segreteria, ordini");
    await follow(desk, desk.locator("tbody th a").first());
    await look(desk, "segreteria, ordine");
  },
};

await withBrowser((browser) => acts[job.act](browser));

tell();
