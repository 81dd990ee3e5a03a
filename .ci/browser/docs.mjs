// Opens the docs page of a REST BFF with the network closed and finds every
// operation of its OpenAPI document on it.
//
//   PLAYWRIGHT_CORE=<folder> node docs.mjs http://127.0.0.1:8081/docs [screenshot.png]

import { must, run } from "./closed.mjs";

const methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/** The document's operations, as the page should name them: "GET /users/{id}". */
const operationsOf = (document) =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    methods.filter((method) => method in item).map((method) => `${method.toUpperCase()} ${path}`),
  );

/** The operations on the page; a path is broken up by zero-width spaces there. */
const operationsOn = async (page) => {
  const shown = page.locator(".opblock-summary");
  await shown.first().waitFor();
  return shown.evaluateAll((lines) =>
    lines.map((line) => {
      const method = line.querySelector(".opblock-summary-method").textContent;
      const path = line.querySelector(".opblock-summary-path").textContent;
      return `${method} ${path.replaceAll("\u200b", "")}`;
    }),
  );
};

await run("docs.mjs http://127.0.0.1:8081/docs", async (page) => {
  const answer = await page.request.get(new URL("/openapi.json", page.url()).href);
  const wanted = operationsOf(await answer.json());
  must(wanted.length > 0, "the OpenAPI document has no operations");

  const shown = await operationsOn(page);
  const missing = wanted.filter((operation) => !shown.includes(operation));
  must(missing.length === 0, `not on the page: ${missing.join(", ")}; there are: ${shown.join(", ")}`);
});
