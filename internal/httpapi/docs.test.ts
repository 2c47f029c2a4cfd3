import { describe, expect, it } from 'vitest';
import { userRoutes } from './apps.ts';
import { harness } from './testing/harness.ts';

describe('the description of the API', () => {
  it('is open where other calls need a token', async () => {
    const { api } = harness({ tokens: ['secret'] });
    const { body } = await api.get('/openapi.json').expect(200).expect('Content-Type', /json/);
    expect(body).toMatchObject({ openapi: '3.1.0', info: { version: '1.2.3' } });
    const page = await api
      .get('/docs')
      .expect(200)
      .expect('Content-Type', /^text\/html/);
    expect(page.text).toContain('<title>Swarmer 1.2.3: REST API</title>');
  });

  it('names the role that each call of users needs, as the route table has it', async () => {
    const { api, options } = harness();
    const { body } = await api.get('/openapi.json');
    for (const { method, path, access } of userRoutes(options)) {
      const { security } = body.paths[path.replace(/:(\w+)/g, '{$1}')][method];
      if (typeof access === 'object') expect(security).toEqual([{ userToken: [access.role] }]);
    }
    expect((await api.get('/docs')).text).toContain('Needs the role <code>edit</code>.');
  });

  it('is a page that its own security policy lets a browser show', async () => {
    const { headers } = await harness().api.get('/docs');
    expect(headers['content-security-policy']).toMatch(/style-src [^;]*'unsafe-inline'/);
  });

  it('is the same every time', async () => {
    const { api } = harness();
    const texts = [await api.get('/docs'), await api.get('/docs')].map(({ text }) => text);
    expect(texts[0]).toBe(texts[1]);
  });
});
