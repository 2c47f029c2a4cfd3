export { openApiDocument, type RoleOf } from './document.ts';
export { docsPage } from './page/page.ts';
