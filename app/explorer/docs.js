"use strict";

const swagger = document.getElementById("swagger-ui");
const redoc = document.getElementById("redoc");

if (swagger) {
  SwaggerUIBundle({ url: swagger.dataset.openapi, domNode: swagger, deepLinking: true, tryItOutEnabled: true });
}
if (redoc) {
  Redoc.init(redoc.dataset.openapi, {}, redoc);
}
