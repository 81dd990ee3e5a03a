// Opens the GraphQL playground with the network closed, finds the example
// operations in its tabs and runs the first of them.
//
//   PLAYWRIGHT_CORE=<folder> node playground.mjs http://127.0.0.1:8080/ [screenshot.png]

import { must, run } from "./closed.mjs";

/** The tabs are those that the page itself carries as data, in their order. */
const checkTabs = async (page) => {
  const examples = JSON.parse(await page.locator("#examples").textContent());
  must(examples.length > 1, `the page carries ${examples.length} examples, want several`);

  const tabs = page.locator(".graphiql-tab .graphiql-tab-button");
  await tabs.nth(examples.length - 1).waitFor();
  const titles = (await tabs.allTextContents()).map((title) => title.trim());
  const names = examples.map(({ name }) => name);
  must(titles.join() === names.join(), `tabs are [${titles}], want the examples [${names}]`);
};

/** The schema came in: the documentation pane can list its root types. */
const checkSchema = async (page) => {
  await page.getByRole("button", { name: "Show Documentation Explorer" }).click();
  await page.locator(".graphiql-doc-explorer").getByText("Root Types").waitFor();
  await page.getByRole("button", { name: "Hide Documentation Explorer" }).click();
};

const runFirst = async (page) => {
  await page.locator(".graphiql-execute-button").click();

  const pane = page.locator(".result-window");
  await pane.locator(".CodeMirror-line", { hasText: "{" }).first().waitFor();

  // The pane draws only the lines in sight; its editor holds the whole text.
  const text = await pane
    .locator(".CodeMirror")
    .evaluate((element) => element.CodeMirror.getValue());
  const answer = JSON.parse(text);
  must(!("errors" in answer), `the first example answers with errors: ${text}`);
  must(text.includes("John Doe"), `no John Doe in the answer to the first example: ${text}`);
  must(await pane.getByText("John Doe").first().isVisible(), "the answer is not to be seen");
};

await run("playground.mjs http://127.0.0.1:8080/", async (page) => {
  await checkTabs(page);
  await checkSchema(page);
  await runFirst(page);
});
