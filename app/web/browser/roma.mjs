// The worked example of Rome, one act at a time, each on its own day. Asked for
// by roma_browser_test.go, on standard input:
//   { base, chromium, modules, password, clerk, member, script, act }
import { arrives, follow, job, look, person, tell, tickAll, withBrowser } from "./common.mjs";

const acts = {
  // 12/10/2017: the mailbox is requested for a member, and the provider activates it.
  async attivazione(browser) {
    const desk = await person(browser, "segreteria", job.clerk, 1440);
    await desk.goto(`${job.base}/iscritti?q=rossetti`);
    await follow(desk, desk.getByRole("link", { name: "Richieda la casella" }));
    await follow(desk, desk.getByRole("button", { name: "Richiedi 1 casella" }));
    await look(desk, "casella richiesta");
    await follow(desk, desk.getByRole("link", { name: "Registra l’attivazione…" }));
    await follow(desk, desk.getByRole("button", { name: "Registra l’attivazione" }));
    await look(desk, "casella attiva");
  },

  // 07/12/2017: a payment at the counter, and 1 GB bought from a phone.
  async acquisto(browser) {
    const desk = await person(browser, "segreteria", job.clerk, 1440);
    await desk.goto(`${job.base}/iscritti?q=rossetti`);
    await follow(desk, desk.getByRole("link", { name: "Registra un pagamento" }));
    await desk.getByLabel("Importo").fill("3,05");
    await desk.getByLabel("Come").selectOption({ label: "Sportello" });
    await desk.getByLabel("Riferimento").fill("ricevuta 12");
    await follow(desk, desk.getByRole("button", { name: "Registra il pagamento" }));
    await look(desk, "pagamento");

    const phone = await person(browser, "iscritto", job.member, 390);
    await follow(phone, phone.getByRole("link", { name: "Acquista spazio" }));
    await look(phone, "acquisto");
    await tickAll(phone);
    await follow(phone, phone.getByRole("button", { name: "Acquista 1 GB per" }));
    await arrives(phone, /\/area\/ordini\/\d+$/);
    await look(phone, "ordine");
  },

  // 13/10/2018: the night's work, pressed by hand, and what both see then.
  async rinnovo(browser) {
    const desk = await person(browser, "segreteria", job.clerk, 1440);
    await desk.goto(`${job.base}/amministrazione/lavori`);
    await follow(desk, desk.getByRole("button", { name: /^Esegui ora.*Rinnovi/ }));
    await look(desk, "lavoro");
    await desk.goto(`${job.base}/caselle?q=rossetti`);
    await follow(desk, desk.getByRole("link", { name: job.member }).first());
    await look(desk, "casella");
    const phone = await person(browser, "iscritto", job.member, 390);
    await look(phone, "area");
  },
};

await withBrowser((browser) => acts[job.act](browser));

tell();
