import { array, assert, constantFrom, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJob } from '../apis/validation/index.ts';
import { expand, INDEX, type Template, templateText } from './expansion.ts';

const variables = new Map<string, Template>([
  ['NAME', ['value']],
  ['INDEX_OF', [INDEX]],
  ['DOLLAR', ['$']],
]);
const lookUp = (name: string) => variables.get(name);
const shown = (template: Template) =>
  template.map((part) => (part === INDEX ? '<index>' : part)).join('');

describe('the expansion of Kubernetes', () => {
  // From the table of k8s.io/kubernetes/third_party/forked/golang/expansion.
  it.each([
    ['$(NAME)', 'value'],
    ['a$(NAME)b$(NAME)', 'avaluebvalue'],
    ['$(OTHER)', '$(OTHER)'],
    ['$$(NAME)', '$(NAME)'],
    ['$$$(NAME)', '$value'],
    ['$$$$(NAME)', '$$(NAME)'],
    ['$NAME $ $', '$NAME $ $'],
    ['$(NAME', '$(NAME'],
    ['$((NAME))', '$((NAME))'],
    ['$(A $(NAME))', '$(A $(NAME))'],
    ['$()', '$()'],
    ['$$', '$'],
    ['$(DOLLAR)(NAME)', '$(NAME)'],
    ['$(INDEX_OF)!', '<index>!'],
  ])('of %s is %s', (text, expanded) => {
    expect(shown(expand(text, lookUp))).toBe(expanded);
  });
});

describe('the text in a manifest', () => {
  it('reaches a task as Kubernetes would have passed it', () => {
    const pieces = constantFrom('$', '(', ')', 'INDEX', 'COMPLETIONS', 'x', INDEX);
    assert(
      property(array(pieces, { maxLength: 12 }), (template) => {
        const text = templateText(template);
        if (text === undefined) return hasDollarBeforeIndex(template);
        return argOf(text) === template.map((part) => (part === INDEX ? '0' : part)).join('');
      }),
      { numRuns: 2000 },
    );
  });

  it('is not escaped where it reads the same without', () => {
    expect(templateText(['echo $(date) $HOME $$'])).toBe('echo $(date) $HOME $$');
  });
});

function hasDollarBeforeIndex(template: Template): boolean {
  return template.some((part, at) => part === INDEX && template[at - 1] === '$');
}

/** The argument that the only task of a job gets. */
function argOf(text: string): string | undefined {
  const manifest = { apiVersion: 'swarmer/v1', kind: 'Job', spec: { image: 'x', args: [text] } };
  const parsed = parseJob(manifest, { outputLimitBytes: 0 });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.value.tasks[0]?.args[0];
}
