import { describe, expect, it } from 'vitest';
import { parseEnvFile } from './env-file.ts';

const of = (text: string, own?: Record<string, string>) =>
  parseEnvFile(text, own === undefined ? undefined : (name) => own[name]);

describe('a file of variables', () => {
  it('is read as docker reads it: values as they stand, comments and empty lines left out', () => {
    const text = [
      '# a comment',
      '',
      'PLAIN=one',
      '  INDENTED=two',
      'EMPTY=',
      'QUOTED="kept"',
      'SPACES= both ',
      'MORE=a=b=c',
      'HASH=x # no comment',
      '\t# another',
    ].join('\r\n');
    expect(of(text)).toEqual({
      env: {
        ...{ PLAIN: 'one', INDENTED: 'two', EMPTY: '', QUOTED: '"kept"', SPACES: ' both ' },
        ...{ MORE: 'a=b=c', HASH: 'x # no comment' },
      },
      problems: [],
    });
  });

  it('has the last of two values of a name, and no mark of its encoding', () => {
    expect(of('\uFEFFA=1\nA=2').env).toEqual({ A: '2' });
  });

  it('takes a name alone from the environment, where it is there', () => {
    expect(of('HOME\nGONE', { HOME: '/root' })).toEqual({ env: { HOME: '/root' }, problems: [] });
  });

  it('tells what is wrong with each line', () => {
    expect(of('=x\nA B=c\nOK=1\nALONE')).toEqual({
      env: { OK: '1' },
      problems: [
        'line 1: a variable must have a name before "="',
        'line 2: the name of a variable must not have spaces in it',
        'line 4: a name alone has no value here: write NAME=value',
      ],
    });
  });
});
