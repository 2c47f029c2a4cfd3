import { describe, expect, it } from 'vitest';
import { headers } from './headers.ts';

describe('headers', () => {
  it.each(['', ',', 'authorization', '=value', 'a b=c', 'a=%zz', 'a=%0a', 'x=1,s3cret'])(
    'are refused by place, and no value is shown: %j',
    (text) => {
      expect(() => headers(text)).toThrow(/^(entry [12] is no|it is set and)/);
      expect(() => headers(text)).not.toThrow(/s3cret/);
    },
  );
});
