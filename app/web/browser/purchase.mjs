// A member on a phone buys with too little credit, the secretariat at a desk
// registers the payment, the order completes by itself. Asked for by
// purchase_browser_test.go, on standard input:
//   { base, chromium, modules, password, member, clerk, script: true }
// Says on standard output what each of them saw, as JSON; a step that cannot be
// taken ends the program with what the page says.
import { arrives, follow, job, look, person, tell, tickAll, withBrowser } from "./common.mjs";

await withBrowser(async (browser) => {
  const phone = await person(browser, "iscritto", job.member, 390);
  await look(phone, "iscritto, area");
  await follow(phone, phone.getByRole("link", { name: "Acquista spazio" }));
  await look(phone, "iscritto, acquisto");

  await phone.getByText("2 GB, in tutto 3 GB").click();
  // With script the choice presses the button; without, the person does.
  if (!job.script) await phone.getByRole("button", { name: "Aggiorna il prezzo" }).click();
  await arrives(phone, /quantity=2/);
  await look(phone, "iscritto, 2 GB");

  const order = phone.getByRole("button", { name: "Ordina 2 GB per" });
  await order.click();
  await phone.locator(".ap-errors").waitFor();
  await look(phone, "iscritto, condizioni mancanti");
  await tickAll(phone);
  await phone.getByRole("button", { name: "Ordina 2 GB per" }).click();
  await arrives(phone, /\/area\/ordini\/\d+$/);
  await look(phone, "iscritto, ordine in attesa");

  const desk = await person(browser, "segreteria", job.clerk, 1440);
  await desk.goto(`${job.base}/ordini?stato=awaiting_payment`);
  await look(desk, "segreteria, ordini");
  await desk.goto(job.base + new URL(phone.url()).pathname.replace("/area", ""));
  await look(desk, "segreteria, ordine in attesa");
  await follow(desk, desk.getByRole("link", { name: "Registra il pagamento" }).first());
  await look(desk, "segreteria, pagamento");
  await follow(desk, desk.getByRole("link", { name: /^Scrivi/ })); // what is missing is an amount only when chosen
  await desk.getByLabel("Come").selectOption({ label: "Bonifico" });
  await desk.getByLabel("Riferimento").fill("CRO 1234567890A");
  await desk.getByRole("button", { name: "Registra il pagamento" }).click();
  await arrives(desk, /\/credito\/\d+/);
  await look(desk, "segreteria, pagamento registrato");
  await desk.goto(job.base + new URL(phone.url()).pathname.replace("/area", ""));
  await look(desk, "segreteria, ordine completato");

  await phone.reload();
  await look(phone, "iscritto, ordine completato");
  await follow(phone, phone.getByRole("link", { name: "Torna alla mia PEC" }));
  await look(phone, "iscritto, area alla fine");
});

tell();
