import { expect, test } from 'vitest';
import { valueOfFile } from './file-text.ts';

test.each([
  ['as it is', 'se cret', 'se cret'],
  ['without its line ends', 'secret\r\n\n', 'secret'],
  ['without a byte order mark', '\uFEFFsecret\n', 'secret'],
  ['of several lines', 'a:1\nb:2\n', 'a:1\nb:2'],
])('is taken %s', (_, content, value) => {
  expect(valueOfFile(content)).toBe(value);
});

test.each([
  ['', 'is empty'],
  ['\uFEFF\n', 'is empty'],
  ['secret \n', 'ends with a blank'],
  ['secret\t', 'ends with a blank'],
  ['secret \n\n', 'ends with a blank'],
  [' secret', 'begins with a blank'],
  ['\nsecret', 'begins with a blank or an empty line'],
  [' \n', 'begins with a blank'],
])('%j is refused', (content, why) => {
  expect(() => valueOfFile(content)).toThrow(why);
});
