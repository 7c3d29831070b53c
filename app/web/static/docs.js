"use strict";

SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  // A token that outlives the tab would lie in the browser's storage for anybody to find.
  persistAuthorization: false,
});
