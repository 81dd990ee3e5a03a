// Starts Swagger UI on this server's own document. It is a file of its own
// because the page's Content-Security-Policy allows no inline script.
"use strict";

SwaggerUIBundle({
  url: "/openapi.json",
  domNode: document.getElementById("docs"),
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  docExpansion: "full",
  tryItOutEnabled: true,
  displayRequestDuration: true,
  // The validator badge would send the document to a service elsewhere.
  validatorUrl: null,
});
