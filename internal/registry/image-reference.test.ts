import { expect, it } from 'vitest';
import { registryName, registryOf, serverAddress, withDigest } from './image-reference.ts';

it.each([
  ['alpine', 'docker.io'],
  ['alpine:3.20', 'docker.io'],
  ['team/app', 'docker.io'],
  ['docker.io/library/alpine', 'docker.io'],
  ['index.docker.io/team/app:1', 'docker.io'],
  ['registry.example.com/team/app', 'registry.example.com'],
  ['registry.example.com:443/app', 'registry.example.com'],
  ['Registry.Example.com/app', 'registry.example.com'],
  ['localhost/app', 'localhost'],
  ['localhost:5000/app:1', 'localhost:5000'],
  ['registry:5000/app', 'registry:5000'],
  ['[::1]:5000/app', '[::1]:5000'],
  ['Team/app', 'team'],
])('%s is of the registry %s', (image, registry) => {
  expect(registryOf(image)).toBe(registry);
});

it.each([
  ['https://index.docker.io/v1/', 'docker.io'],
  ['registry-1.docker.io', 'docker.io'],
  ['https://registry.example.com/v2/', 'registry.example.com'],
  ['http://registry:5000', 'registry:5000'],
])('%s, as somebody wrote it, is %s', (written, registry) => {
  expect(registryName(written)).toBe(registry);
});

it("calls Docker's own registry what docker login calls it", () => {
  expect(serverAddress('docker.io')).toBe('https://index.docker.io/v1/');
  expect(serverAddress('registry:5000')).toBe('registry:5000');
});

it.each([
  ['alpine', 'alpine:latest@sha256:1'],
  ['alpine:3.20', 'alpine:3.20@sha256:1'],
  ['registry:5000/app', 'registry:5000/app:latest@sha256:1'],
  ['registry:5000/app:1', 'registry:5000/app:1@sha256:1'],
])('%s is pinned as %s', (image, pinned) => {
  expect(withDigest(image, 'sha256:1')).toBe(pinned);
});
