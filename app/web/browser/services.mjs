// What can be added to a premium mailbox, bought, renewed and ended by its holder
// on a phone, one act at a time, each on its own day. Asked for by
// services_browser_test.go, on standard input:
//   { base, chromium, modules, password, member, clerk, script, audited, act }
import { arrives, follow, job, look, person, tell, tickAll, withBrowser } from "./common.mjs";

async function buy(phone, name, quantity, seenAs) {
  await phone.goto(`${job.base}/area`);
  await follow(phone, phone.getByRole("link", { name: /^Acquista/ }));
  await phone.locator("label", { hasText: name }).first().click({ position: { x: 10, y: 10 } });
  await arrives(phone, /product=/);
  if (quantity !== 1) {
    await phone.getByLabel("Quantità").fill(String(quantity));
    await phone.getByRole("button", { name: "Aggiorna il prezzo" }).click();
    await arrives(phone, new RegExp(`quantity=${quantity}`));
  }
  const where = phone.getByLabel("Dove consegnarlo");
  if (await where.count()) await where.fill("Via dei Tigli 7, 00100 Valdoro (VD)");
  await tickAll(phone);
  await look(phone, `${seenAs}, prezzo`);
  await phone.locator("main button[type=submit]").last().click();
  await arrives(phone, /\/area\/ordini\/\d+$/);
  await look(phone, seenAs);
}

async function renew(phone, seenAs) {
  await phone.goto(`${job.base}/area`);
  await follow(phone, phone.getByRole("link", { name: "Rinnova la casella" }));
  await look(phone, `${seenAs}, prezzo`);
  await phone.locator("main button[type=submit]").last().click();
  await arrives(phone, /\/area\/ordini\/\d+$/);
  await look(phone, seenAs);
}

const acts = {
  async acquisti(browser) {
    const phone = await person(browser, "iscritto", job.member, 390);
    await look(phone, "iscritto, area");
    await buy(phone, "Conservazione a norma", 1, "iscritto, conservazione");
    await buy(phone, "Multiutente", 2, "iscritto, multiutente");
    await buy(phone, "Kit di Firma Digitale", 1, "iscritto, kit");
    await follow(phone, phone.getByRole("link", { name: "Torna alla mia PEC" }));
    await look(phone, "iscritto, area dopo");

    const desk = await person(browser, "segreteria", job.clerk, 1440);
    await desk.goto(`${job.base}/ordini?stato=da-consegnare`);
    await follow(desk, desk.locator("tbody th a").first());
    await follow(desk, desk.getByRole("link", { name: "Registra la consegna…" }));
    await look(desk, "segreteria, consegna");
    await follow(desk, desk.getByRole("button", { name: "Registra la consegna" }));
    await look(desk, "segreteria, kit consegnato");
  },

  // The secretariat has switched both on in the provider's panel.
  async gestore(browser) {
    const desk = await person(browser, "segreteria", job.clerk, 1440);
    await desk.goto(`${job.base}/caselle/gestore/servizi`);
    await look(desk, "segreteria, da attivare");
    await desk.getByText("Seleziona tutti quelli di questa pagina").locator("..").click();
    await desk.getByLabel("Fatto il").fill("17/06/2018");
    await follow(desk, desk.getByRole("button", { name: "Segna gli spuntati come fatti" }));
    await look(desk, "segreteria, attivati");
    const phone = await person(browser, "iscritto", job.member, 390);
    await look(phone, "iscritto, area attiva");
  },

  async rinnovo(browser) {
    const phone = await person(browser, "iscritto", job.member, 390);
    await renew(phone, "iscritto, rinnovo");
  },

  // The holder gives one of them up before the next renewal.
  async rinuncia(browser) {
    const phone = await person(browser, "iscritto", job.member, 390);
    await look(phone, "iscritto, area rinnovata");
    await follow(phone, phone.getByRole("link", { name: /Disattiva il rinnovo.*Multiutente/ }));
    await phone.getByText(/^Termina il/).click();
    await phone.locator("main button[type=submit]").last().click();
    await arrives(phone, /\/area\?/);
    await look(phone, "iscritto, rinuncia");
    await renew(phone, "iscritto, secondo rinnovo");
  },

  async fine(browser) {
    const phone = await person(browser, "iscritto", job.member, 390);
    await look(phone, "iscritto, area alla fine");
    const desk = await person(browser, "segreteria", job.clerk, 390);
    await desk.goto(`${job.base}/caselle/gestore/servizi`);
    await look(desk, "segreteria, da togliere");
  },
};

await withBrowser((browser) => acts[job.act](browser));

tell();
