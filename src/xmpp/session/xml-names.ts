/** What prefixes stand for where a stream is being read. Namespaces in XML 1.0 §6. */
import { Refused } from './xml-fault.ts';
import { NS_XML, type Tag } from './xml-tag.ts';

/** Stands for `xmlns=''`. */
export const NO_NAMESPACE = 'about:blank';

/** One element's declarations, and those around it. */
interface Scope {
  readonly declared: ReadonlyMap<string, string>;
  readonly around: Scope | undefined;
}

const OUTSIDE: Scope = { declared: new Map([['xml', NS_XML]]), around: undefined };

/** The elements that are open, the stream first. */
export class OpenElements {
  readonly #names: string[] = [];
  readonly #namespaces: string[] = [];
  readonly #scopes: Scope[] = [];

  get depth(): number {
    return this.#names.length;
  }

  /** namespace of the innermost one */
  get namespace(): string | undefined {
    return this.#namespaces.at(-1);
  }

  /** Gives the namespace of what the tag opens. Throws Refused. */
  open({ name, prefix, declared, foreign }: Tag): string {
    const around = this.#scopes.at(-1) ?? OUTSIDE;
    const scope = declared === undefined ? around : { declared, around };
    const namespace = resolve(scope, prefix);
    if (foreign !== undefined) checkForeign(scope, foreign);
    this.#names.push(name);
    this.#scopes.push(scope);
    this.#namespaces.push(namespace);
    return namespace;
  }

  /** Throws Refused where another one is open. */
  close(name: string): void {
    if (this.#names.pop() !== name) throw new Refused('not-well-formed', `</${name}> closes nothing`);
    this.#scopes.pop();
    this.#namespaces.pop();
  }
}

function resolve(scope: Scope, prefix: string): string {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.around) {
    const uri = at.declared.get(prefix);
    if (uri !== undefined) return uri === '' ? NO_NAMESPACE : uri;
  }
  if (prefix !== '') throw new Refused('not-well-formed', `undeclared prefix ${prefix}`);
  return NO_NAMESPACE;
}

/** §6.3: two prefixes may stand for one namespace, and then two attributes for one. */
function checkForeign(scope: Scope, foreign: NonNullable<Tag['foreign']>): void {
  const names = new Set<string>();
  for (const { prefix, local } of foreign) names.add(`${local} ${resolve(scope, prefix)}`);
  if (names.size < foreign.length) throw new Refused('not-well-formed', 'an attribute twice');
}
