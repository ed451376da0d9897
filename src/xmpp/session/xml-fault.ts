/** The stream errors that the parser itself finds, RFC 6120 §4.9.3. */
export type XmlFault =
  | 'not-well-formed'
  | 'restricted-xml'
  | 'invalid-namespace'
  | 'policy-violation'
  | 'unsupported-encoding';

/** Ends the reading of a stream. */
export class Refused extends Error {
  readonly condition: XmlFault;
  constructor(condition: XmlFault, text: string) {
    super(text);
    this.condition = condition;
  }
}
