// Starts GraphiQL on the examples that the page carries. It is a file of its
// own because the page's Content-Security-Policy allows no inline script.
"use strict";

{
  // The digits of a number are the upstream service's (999.90), and GraphiQL
  // prints what it is given: keep them, where the browser can (JSON.rawJSON).
  const keepDigits = (_key, value, context) =>
    typeof value === "number" && JSON.rawJSON && context ? JSON.rawJSON(context.source) : value;

  const readAnswer = async (answer) => {
    const text = await answer.text();
    try {
      return JSON.parse(text, keepDigits);
    } catch {
      const message = `HTTP ${answer.status}: the answer is not JSON`;
      return { errors: [{ message, extensions: { answer: text } }] };
    }
  };

  // GraphiQL learns the name of a tab's operation 100 ms after the tab opens. A
  // click that is faster would ask for the operation of the tab before.
  const withKnownName = ({ query, variables, operationName }) => {
    const operation = new RegExp(`(query|mutation|subscription)\\s+${operationName}\\b`);
    return operation.test(query) ? { query, variables, operationName } : { query, variables };
  };

  const fetcher = async (params, options) =>
    readAnswer(
      await fetch("/graphql", {
        method: "POST",
        headers: {
          Accept: "application/graphql-response+json, application/json",
          "Content-Type": "application/json",
          ...options?.headers,
        },
        body: JSON.stringify(withKnownName(params)),
      }),
    );

  const examples = JSON.parse(document.getElementById("examples").textContent);

  const playground = React.createElement(
    GraphiQL,
    {
      fetcher,
      defaultTabs: examples.map(({ query, variables }) => ({ query, variables })),
      defaultEditorToolsVisibility: "variables",
      plugins: [GraphiQLPluginExplorer.explorerPlugin()],
      inputValueDeprecation: true,
    },
    React.createElement(GraphiQL.Logo, null, "storefront – web BFF"),
  );

  ReactDOM.createRoot(document.getElementById("playground")).render(playground);
}
