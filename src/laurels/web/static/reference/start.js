// Draws the API's documentation. Signing in there (Authorize) asks the API's own sign-in for a token.
window.addEventListener("DOMContentLoaded", () => {
  SwaggerUIBundle({
    url: document.querySelector("link[rel=describedby]").href,
    dom_id: "#reference",
    deepLinking: true,
    // Sections are folded: with all of 159 operations open at first, version 5.35.0 drew seven and stopped.
    docExpansion: "none",
    displayRequestDuration: true,
    tryItOutEnabled: true,
    validatorUrl: null,
  });
});
