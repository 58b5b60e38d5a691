// Draws the API's documentation. Signing in there (Authorize) asks the API's own sign-in for a token.
window.addEventListener("DOMContentLoaded", () => {
  SwaggerUIBundle({
    url: document.querySelector("link[rel=describedby]").href,
    dom_id: "#reference",
    deepLinking: true,
    // Folded, because with some 140 operations unfolded it stops drawing (docs/decisions/swagger-ui-stands-apart.md).
    docExpansion: "none",
    displayRequestDuration: true,
    tryItOutEnabled: true,
    validatorUrl: null,
  });
});
