// A member on a phone asks to pay for a colleague's mailbox, the colleague grants
// it, the member buys 1 GB and renews the mailbox, the colleague takes the access
// back. Asked for by access_browser_test.go, on standard input:
//   { base, chromium, modules, password, guest, holder, script: true }
// Says on standard output what each of them saw, as JSON.
import { follow, job, look, person, tell, tickAll, withBrowser } from "./common.mjs";

await withBrowser(async (browser) => {
  const guest = await person(browser, "ospite", job.guest, 390);
  await follow(guest, guest.getByRole("link", { name: "Chiedi, concedi o revoca un accesso" }));
  await guest.getByLabel("Indirizzo della casella PEC").fill(job.holder);
  await guest.getByRole("button", { name: "Chiedi l’accesso" }).click();
  await guest.getByText("La richiesta è registrata.").waitFor();
  await look(guest, "ospite, richiesta");

  const holder = await person(browser, "titolare", job.holder, 390);
  await look(holder, "titolare, area");
  await follow(holder, holder.getByRole("link", { name: "Risponda" }));
  await holder.getByRole("button", { name: "Concedi" }).click();
  await holder.getByText("L’accesso è concesso.").waitFor();
  await look(holder, "titolare, concesso");

  await guest.goto(`${job.base}/area`);
  await look(guest, "ospite, area");
  await follow(guest, guest.getByRole("link", { name: job.holder }));
  await look(guest, "ospite, casella");
  await follow(guest, guest.getByRole("link", { name: "Acquista spazio" }));
  await look(guest, "ospite, acquisto");
  await tickAll(guest);
  await guest.getByRole("button", { name: "Acquista 1 GB per" }).click();
  await guest.getByText("Acquisto completato.").waitFor();
  await look(guest, "ospite, acquistato");
  await follow(guest, guest.getByRole("link", { name: "Rinnova la casella" }));
  await look(guest, "ospite, rinnovo");
  await guest.getByRole("button", { name: "Rinnova per" }).click();
  await guest.getByText("La casella è rinnovata.").waitFor();
  await look(guest, "ospite, rinnovata");
  await guest.goto(`${job.base}/area/movimenti`);
  await look(guest, "ospite, movimenti");

  await holder.goto(`${job.base}/area/movimenti`);
  await look(holder, "titolare, movimenti");
  await holder.goto(`${job.base}/area/altre`);
  await holder.getByRole("button", { name: "Revoca" }).click();
  await holder.getByText("L’accesso è revocato.").waitFor();
  await look(holder, "titolare, revocato");

  await guest.goto(`${job.base}/area/altre`);
  await look(guest, "ospite, alla fine");
});

tell();
