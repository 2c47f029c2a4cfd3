import { appendFile, open, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { StoreError } from '../store/index.ts';
import { jobText, useBench } from './testing/directory.ts';

const bench = useBench();
const at = (path: string) => join(bench().directory, path);

const HALF = `apiVersion: swarmer/v1
kind: Job
metadata: {name: one}
spec:
  image: busybox
`;
const REST = '  args: [echo, hello]\n  completions: 20\n';
const MINUTE_MS = 60_000;

/** Jobs that were made, each with its arguments. */
const made = () => bench().fake.made.map((name) => [name, bench().fake.job(name).spec.args]);
const WHOLE = [['one', ['echo', 'hello']]];

describe('a file that is being written', () => {
  it('is taken when it is whole, wherever it was cut', async () => {
    await bench().start();
    await bench().write('a.yaml', '');
    for (const line of `${HALF}${REST}`.split(/(?<=\n)/)) {
      await appendFile(at('a.yaml'), line);
      for (let looks = 0; looks < 3; looks++) {
        await bench().hint();
        bench().clock.advance(750);
      }
      expect(made()).toEqual([]);
    }
    await bench().look();
    expect(made()).toEqual(WHOLE);
    expect(bench().fake.job('one').spec.completions).toBe(20);
    expect(bench().log.filter(({ level }) => level >= 40)).toEqual([]);
  });

  it('is left alone for as long as a process has it open for writing, and that is told', async () => {
    await bench().start();
    const file = await open(at('a.yaml'), 'w');
    await file.write(HALF);
    await bench().look();
    await bench().look(2000);
    expect(made()).toEqual([]);
    expect(bench().told(/^file is open for writing/)).toMatchObject([{ manifest: at('a.yaml') }]);
    await file.write(REST);
    await file.close();
    await bench().lookOnce(2000);
    expect(made()).toEqual([]);
    await bench().lookOnce(5000);
    expect(made()).toEqual(WHOLE);
  });

  it('is not taken for its old time: who copies with times sets it when it is half done too', async () => {
    await bench().start();
    await bench().write('a.yaml', HALF);
    await utimes(at('a.yaml'), 1, 1);
    await bench().lookOnce(10_000);
    bench().clock.advance(4999);
    await appendFile(at('a.yaml'), REST);
    await utimes(at('a.yaml'), 1, 1);
    await bench().hint();
    expect(made()).toEqual([]);
    await bench().lookOnce(5000);
    expect(made()).toEqual(WHOLE);
  });

  it('is no longer one when it is taken away, nor when it is begun anew', async () => {
    await bench().start();
    await bench().write('a.yaml', HALF);
    await bench().lookOnce(10_000);
    await rm(at('a.yaml'));
    await bench().lookOnce(5000);
    expect(made()).toEqual([]);
    await bench().write('a.yaml', HALF);
    await bench().lookOnce(10_000);
    await rm(at('a.yaml'));
    await bench().write('a.yaml', `${HALF}${REST}`);
    await bench().look();
    expect(made()).toEqual(WHOLE);
  });

  it('has what it said before wait too', async () => {
    bench().fake.failure = new StoreError('Unavailable', 'connection lost');
    await bench().write('a.yaml', jobText('one'));
    await bench().start();
    await bench().write('a.yaml', HALF);
    await bench().lookOnce(1000);
    bench().fake.failure = undefined;
    await appendFile(at('a.yaml'), REST);
    await bench().lookOnce(5000);
    expect(made()).toEqual([]);
    await bench().lookOnce(5000);
    expect(made()).toEqual(WHOLE);
  });

  it('may be one of variables that a manifest names', async () => {
    await bench().start();
    await bench().write('vars.env', 'A=1\n');
    await bench().write('a.yaml', jobText('one', ', envFile: vars.env'));
    await bench().hint(bench().directory, 'a.yaml', 'placed');
    bench().clock.advance(4000);
    await appendFile(at('vars.env'), 'B=2\n');
    await bench().lookOnce(1000);
    expect(bench().fake.made).toEqual([]);
    await bench().lookOnce(5000);
    expect(bench().fake.job('one').spec.env).toEqual({ A: '1', B: '2' });
  });

  it('may be cut within a character', async () => {
    await bench().start();
    const text = Buffer.from(`${HALF}  args: [é]\n`);
    const cut = text.indexOf(0xc3) + 1;
    await bench().write('a.yaml', text.subarray(0, cut));
    await bench().look();
    await appendFile(at('a.yaml'), text.subarray(cut));
    await bench().look();
    expect(made()).toEqual([['one', ['é']]]);
  });

  it('keeps no other from being taken', async () => {
    await bench().start();
    await bench().write('a.yaml', HALF);
    await bench().write('b.yaml', jobText('two'));
    await bench().lookOnce(10_000);
    await appendFile(at('a.yaml'), REST);
    await bench().lookOnce(5000);
    expect(bench().fake.made).toEqual(['two']);
  });
});

describe('a job of half a file, whose writer paused too long', () => {
  async function halfTaken(): Promise<void> {
    await bench().start();
    await bench().write('a.yaml', HALF);
    await bench().look();
    expect(bench().fake.job('one').spec.args).toBeUndefined();
  }

  it('is replaced when the rest comes, also by another server or after a restart', async () => {
    await halfTaken();
    await bench().stop();
    await appendFile(at('a.yaml'), REST);
    await bench().start();
    expect(bench().fake.made).toEqual(['one', 'one']);
    expect(bench().fake.job('one').spec).toMatchObject({
      args: ['echo', 'hello'],
      completions: 20,
    });
    expect(bench().told('manifest applied')).toMatchObject([
      { result: 'created' },
      { result: 'replaced' },
    ]);
    await bench().look();
    expect(bench().fake.made).toHaveLength(2);
  });

  it('is not replaced by what is added long after: what runs may be meant', async () => {
    await halfTaken();
    bench().clock.advance(10 * MINUTE_MS);
    await appendFile(at('a.yaml'), REST);
    await bench().look();
    expect(bench().fake.made).toEqual(['one']);
    expect(bench().told(/^the object that there is cannot be changed so/)).toHaveLength(1);
  });

  it('is not replaced by another text: that is an edit', async () => {
    await halfTaken();
    await bench().write('a.yaml', `# edited\n${HALF}${REST}`);
    await bench().look();
    expect(bench().fake.made).toEqual(['one']);
  });

  it('is replaced whenever its manifest asks for that, once', async () => {
    await halfTaken();
    bench().clock.advance(60 * MINUTE_MS);
    const annotated = HALF.replace(
      '{name: one}',
      '{name: one, annotations: {swarmer/replace: "true"}}',
    );
    await bench().write('a.yaml', `${annotated}${REST}`);
    await bench().look();
    await bench().look();
    expect(bench().fake.made).toEqual(['one', 'one']);
    expect(bench().fake.job('one').spec.args).toEqual(['echo', 'hello']);
  });
});
