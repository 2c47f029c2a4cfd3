import { describe, expect, it } from 'vitest';
import { allowsImage, imageName } from './image.ts';
import { refusals } from './testing/judged.ts';

const DIGEST = `sha256:${'ab'.repeat(32)}`;

describe('a reference is read as Docker reads it', () => {
  it.each([
    ['alpine', 'docker.io/library/alpine', undefined],
    ['alpine:3.20', 'docker.io/library/alpine', '3.20'],
    ['team/app', 'docker.io/team/app', undefined],
    ['docker.io/alpine', 'docker.io/library/alpine', undefined],
    ['index.docker.io/library/alpine', 'docker.io/library/alpine', undefined],
    ['localhost/app', 'localhost/app', undefined],
    ['Registry/app', 'registry/app', undefined],
    ['REGISTRY.example.com/a/b:1', 'registry.example.com/a/b', '1'],
    ['registry:5000/app', 'registry:5000/app', undefined],
    ['registry:5000/app:1', 'registry:5000/app', '1'],
  ])('%s', (reference, repository, tag) => {
    expect(imageName(reference)).toEqual({ repository, ...(tag === undefined ? {} : { tag }) });
  });

  it('with tag and digest', () => {
    const repository = 'docker.io/library/a';
    expect(imageName(`a:1@${DIGEST}`)).toEqual({ repository, tag: '1', digest: DIGEST });
  });
});

describe('a pattern allows', () => {
  it.each([
    ['**', 'whatever/it:is'],
    ['alpine', 'alpine:3.20'],
    ['alpine', `docker.io/library/alpine@${DIGEST}`],
    ['alpine:3.*', 'alpine:3.20'],
    ['alpine:latest', 'alpine'],
    ['docker.io/**', 'team/app/part'],
    ['docker.io/*', 'alpine'],
    ['registry.example.com/team/*', 'registry.example.com/team/app:2'],
    ['registry.example.com/**', 'registry.example.com/a/b/c'],
    ['*.example.com/app', 'eu.example.com/app'],
    [`app@${DIGEST}`, `app@${DIGEST}`],
    ['app@sha256:*', `app:1@${DIGEST}`],
  ])('%s: %s', (pattern, reference) => {
    expect(allowsImage(pattern, reference)).toBe(true);
  });
});

describe('a pattern does not allow', () => {
  it.each([
    ['another repository', 'alpine', 'alpine2'],
    ['a repository of the same name elsewhere', 'alpine', 'evil.example.com/library/alpine'],
    ['a user of the same name as a host', 'registry.example.com/**', 'registry-example-com/app'],
    ['a host that only begins so', 'registry.example.com/**', 'registry.example.com.evil.org/app'],
    ['another port', 'registry.example.com/**', 'registry.example.com:5000/app'],
    ['deeper paths than one star', 'registry.example.com/*', 'registry.example.com/a/b'],
    ['another tag', 'alpine:3.20', 'alpine:edge'],
    ['no tag, which is latest', 'alpine:3.20', 'alpine'],
    ['a digest behind an allowed tag', 'alpine:3.20', `alpine:3.20@${DIGEST}`],
    ['another digest', `app@${DIGEST}`, `app@sha256:${'cd'.repeat(32)}`],
    ['the id of an image', 'docker.io/**', 'ab'.repeat(32)],
    ['the beginning of such an id', 'docker.io/**', 'sha256:abab'],
  ])('%s', (_, pattern, reference) => {
    expect(allowsImage(pattern, reference)).toBe(false);
  });
});

it('a refusal names the rule, the field, what is allowed and who can change it', () => {
  expect(refusals({ images: { allow: ['registry.example.com/**'] } }, { image: 'alpine' })).toEqual(
    [
      'spec.image: policy: images.allow: the image "alpine" is not one of them; allowed in namespace ' +
        '"default": registry.example.com/**; the server\'s operator can change that (SWARMER_POLICY)',
    ],
  );
});

it('a digest can be asked for', () => {
  const rules = { images: { requireDigest: true } };
  expect(refusals(rules, { image: `a@${DIGEST}` })).toEqual([]);
  expect(refusals(rules, { image: 'a:1' })).toEqual([
    expect.stringContaining('images.requireDigest'),
  ]);
});
