import type { RequestHandler } from 'express';
import { docsPage, openApiDocument, type RoleOf } from '../openapi/index.ts';

/** `GET /openapi.json`: the API in OpenAPI 3.1. */
export function openapi(version: string, roleOf: RoleOf): RequestHandler {
  const text = once(() => JSON.stringify(openApiDocument(version, roleOf)));
  return (_request, response) => {
    response.status(200).type('json').send(text());
  };
}

/** `GET /docs`: the same as a page. */
export function docs(version: string, roleOf: RoleOf): RequestHandler {
  const text = once(() => docsPage(openApiDocument(version, roleOf)));
  return (_request, response) => {
    response.status(200).type('html').send(text());
  };
}

/** What a function makes, made when it is first asked for. */
function once(make: () => string): () => string {
  let made: string | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
