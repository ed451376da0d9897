/** Wrong usage: exit code 2. The words are made from `condition`, as for every error. */
export type UsageCondition =
  | 'unknown-option'
  | 'dashed-text'
  | 'missing-value'
  | 'unexpected-value'
  | 'stray-words'
  | 'two-actions'
  | 'given-twice'
  | 'option-without-action'
  | 'starts-with-dash'
  | 'not-a-jid'
  | 'not-a-room'
  | 'not-a-number'
  | 'not-a-date'
  | 'not-a-choice'
  | 'not-a-word'
  | 'missing-parameter'
  | 'missing-text'
  | 'no-lines'
  | 'text-too-long'
  | 'not-utf8'
  | 'missing-password'
  | 'missing-new-password'
  | 'empty-password'
  | 'passwords-differ'
  | 'missing-account'
  | 'account-without-server'
  | 'needs-yes'
  | 'json-is-no-text';

export class UsageError extends Error {
  override name = 'UsageError';
  readonly condition: UsageCondition;
  readonly values: Readonly<Record<string, string | number>>;
  constructor(condition: UsageCondition, values: Record<string, string | number> = {}) {
    super(condition);
    this.condition = condition;
    this.values = values;
  }
}
