import { quoted } from '../apis/validation/index.ts';
import { allowsImage, imageName } from './image.ts';
import { matchesAny } from './pattern.ts';
import { type Judge, listed } from './refusal.ts';

/** The image of a job: where it comes from, and whether it is pinned. */
export const judgeImage: Judge = function* ({ images }, { spec }) {
  const { image, registryCredential: credential } = spec;
  const at = ['image'];
  if (!images.allow.some((pattern) => allowsImage(pattern, image))) {
    const wrong = `the image ${quoted(image)} is not one of them`;
    yield { rule: 'images.allow', at, wrong, allowed: listed(images.allow) };
  }
  if (credential !== undefined && !matchesAny(images.credentials, credential)) {
    const wrong = `the credential ${quoted(credential)} is not one of them`;
    const allowed = listed(images.credentials);
    yield { rule: 'images.credentials', at: ['registryCredential'], wrong, allowed };
  }
  if (images.requireDigest && imageName(image).digest === undefined) {
    const wrong = `the image ${quoted(image)} has no digest`;
    yield {
      rule: 'images.requireDigest',
      at,
      wrong,
      allowed: 'images with a digest: name@sha256:…',
    };
  }
};
