// The office against the real hub: who one is after a reload, what is shown while the hub is gone, and that a sign-out ends it.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { evening } from "./lib/evening.mjs";
import { until } from "./lib/until.mjs";

describe("the office", () => {
  const it = evening();
  const toOffice = async (marta, page) => {
    await marta.button("Office").click();
    await marta.button(page).click();
  };

  test("asks who one is after a reload, in place, and goes on", async () => {
    const marta = await it.waiter("Marta");
    const { page } = marta;
    await toOffice(marta, "Bills");
    await page.getByText("No bills on this day").waitFor();
    await marta.reload();
    await page.getByRole("heading", { name: "Sign in again" }).waitFor();
    await page.locator("#pin-1:focus").waitFor();
    for (const digit of "2000") await page.keyboard.press(digit);
    await page.keyboard.press("Enter");
    await page.getByText("No bills on this day").waitFor();
    // What may be changed takes the password, and that is asked for here too.
    await marta.button("Devices").click();
    await page.getByLabel("Password").fill("demo-manager");
    await page.keyboard.press("Enter");
    await page.locator(".office-row").first().waitFor();
    await marta.button("Kitchen", { exact: true }).click();
    await page.locator(".code b").waitFor();
  });

  test("shows with the hub gone what it knew, and from when; and fresh figures as soon as it is back", async () => {
    const [marta, ana] = [await it.waiter("Marta"), await it.waiter("Ana")];
    await toOffice(marta, "Bills");
    await marta.page.getByText("No bills on this day").waitFor();
    marta.net.cut();
    await marta.page.getByText(/^As of \d\d:\d\d: the hub cannot be reached/).waitFor();
    await marta.page.getByText("No bills on this day").waitFor();
    // Another page that was never read says only that.
    await marta.button("Reports").click();
    await marta.page.getByText("Only the hub knows this").waitFor();
    await marta.button("Bills").click();
    await marta.page.getByText(/^As of \d\d:\d\d/).waitFor();
    await ana.openTable("T4", 2);
    await ana.add("Tomato salad");
    await ana.send(1);
    await ana.button("Bill").click();
    await ana.button(/^Exactly/).click();
    await ana.button(/^Take/).click();
    await ana.button("To the floor").click();
    await ana.drained();
    marta.net.mend();
    await marta.button(/^Receipt 1 /).waitFor();
    assert.equal(await marta.page.getByText(/^As of/).count(), 0);
  });

  test("a sign-out ends the session at the hub, and with the hub gone on the device alone", async () => {
    const marta = await it.waiter("Marta");
    const tokens = [];
    marta.context.on("request", async (request) => {
      const said = (await request.allHeaders()).authorization;
      if (said && request.url().includes("/reports/")) tokens.push(said);
    });
    await toOffice(marta, "Today");
    await until(() => tokens.length > 0, { what: "a report that was asked for" });
    const sales = () => fetch(`${it.hub.url}/api/v1/reports/sales?from=2026-01-01&to=2026-01-02&by=day`, { headers: { authorization: tokens[0] } });
    assert.equal((await sales()).status, 200);
    const out = async () => {
      await marta.button(/^Marta: sign out/).click();
      await marta.page.getByRole("dialog").getByRole("button", { name: "Sign out", exact: true }).click();
      await marta.page.getByRole("heading", { name: "Who is working?" }).waitFor();
    };
    await out();
    await until(async () => (await sales()).status === 401, { what: "the token is worth nothing" });
    await marta.signIn("Marta");
    marta.net.cut();
    await out();
    assert.equal((await marta.who()).person, null);
  });

  test("a bill shows all that was done with its check: who, when, and why", async () => {
    const [ana, marta] = [await it.waiter("Ana"), await it.waiter("Marta")];
    await ana.openTable("T4", 2);
    await ana.add("Tomato salad", "Soup of the day");
    await ana.send(2);
    await ana.line("Soup of the day").getByRole("button").click();
    await ana.button("Void…").click();
    await ana.button("Guest changed their mind").click();
    await ana.button("Void 1").click();
    await ana.line("Soup of the day").getByText(/^Voided/).waitFor();
    await ana.button("Bill").click();
    await ana.button(/^Exactly 9\.50/).click();
    await ana.button(/^Take/).click();
    await ana.page.getByText("No change").waitFor();
    await ana.drained();
    await toOffice(marta, "Bills");
    await marta.page.getByRole("searchbox").fill("nobody's");
    await marta.page.getByText("No such bill on this day").waitFor();
    await marta.page.getByRole("searchbox").fill("t4");
    await marta.button(/^Receipt 1 /).click();
    const trail = marta.page.getByRole("dialog").locator(".trail");
    await trail.getByText("Opened T4 · 2 guests").waitFor();
    const said = await trail.locator("li").evaluateAll((steps) =>
      steps.map((step) => [step.querySelector("p").innerText, step.querySelector("small").innerText, step.querySelector("time").innerText]),
    );
    const told = ["Opened T4 · 2 guests", "Added 1 × Tomato salad", "Added 1 × Soup of the day", "Sent 1 × Soup of the day, 1 × Tomato salad", "Voided 1 × Soup of the day", "The bill was asked for", "Took €9.50 · Cash"];
    const sorted = ([what]) => (what.startsWith("Sent ") ? `Sent ${what.slice(5).split(", ").sort().join(", ")}` : what);
    assert.deepEqual(said.map(sorted), told);
    assert.ok(said.every(([, who, time]) => who.startsWith("Ana") && /^\d\d:\d\d$/.test(time)), JSON.stringify(said));
    assert.match(said.find(([what]) => what.startsWith("Voided"))[1], /Guest changed their mind$/);
  });
});
