// Globals of the scripts that /docs and /redoc load before docs.js.
declare const Redoc: any;
declare const SwaggerUIBundle: any;
