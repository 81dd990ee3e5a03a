// A browser whose network ends at this machine, and a record of everything
// that went wrong in it. Used by playground.mjs and docs.mjs.
//
//   PLAYWRIGHT_CORE  folder of the installed playwright-core package
//   CHROMIUM         path of the browser, /usr/bin/chromium unless set

import { createRequire } from "node:module";
import process from "node:process";

const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];

/** The one time limit: a page that needs longer than this is broken. */
const patience = 30_000;

/** Whether a request stays on this machine, or asks no machine at all. */
const isLocal = (address) => {
  if (!URL.canParse(address)) {
    return false;
  }
  const { protocol, hostname } = new URL(address);
  return protocol === "data:" || protocol === "blob:" || hostname === "127.0.0.1";
};

/** Records what the page does wrong; what it asks of other hosts is refused. */
const watch = async (page, faults) => {
  page.on("pageerror", (error) => faults.push(`page error: ${error.message}`));
  page.on("console", (line) => {
    if (line.type() === "error" || line.type() === "warning") {
      faults.push(`console ${line.type()}: ${line.text()}`);
    }
  });
  page.on("response", (response) => {
    if (response.status() >= 400) {
      faults.push(`HTTP ${response.status()}: ${response.url()}`);
    }
  });
  page.on("websocket", (socket) => faults.push(`web socket: ${socket.url()}`));

  await page.route("**/*", (route) => {
    const address = route.request().url();
    if (isLocal(address)) {
      return route.continue();
    }
    faults.push(`request to another host: ${address}`);
    return route.abort();
  });
};

/** Opens the address, runs check(page) on it and returns the list of faults. */
const visit = async (address, screenshot, check) => {
  const { chromium } = createRequire(import.meta.url)(process.env.PLAYWRIGHT_CORE);
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: flags,
    timeout: patience,
  });
  const faults = [];
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(patience);
    await watch(page, faults);
    await page.goto(address);
    try {
      await check(page);
    } catch (error) {
      faults.push(error.message);
    }
    if (screenshot) {
      await page.screenshot({ path: screenshot });
    }
  } finally {
    await browser.close();
  }
  return faults;
};

/** Fails the check with these words unless what it is given holds. */
export const must = (holds, words) => {
  if (!holds) {
    throw new Error(words);
  }
};

/** The whole of a script: reads its arguments, visits, says how it went. */
export const run = async (usage, check) => {
  const [address, screenshot] = process.argv.slice(2);
  if (!isLocal(address) || !process.env.PLAYWRIGHT_CORE) {
    console.error(`usage: PLAYWRIGHT_CORE=<folder> node ${usage} [screenshot.png]`);
    console.error("The address must be on 127.0.0.1: no other host can be reached.");
    process.exit(2);
  }
  try {
    const faults = await visit(address, screenshot, check);
    faults.forEach((fault) => console.error(`FAIL ${fault}`));
    if (faults.length === 0) {
      console.log(`ok ${address}`);
    }
    process.exitCode = faults.length === 0 ? 0 : 1;
  } catch (error) {
    console.error(`FAIL ${error.message}`);
    process.exitCode = 1;
  }
};
