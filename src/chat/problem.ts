/** What the domain refuses, as a typed error; the words are made in src/ui from `condition`. */
export class ChatError extends Error {
  override name = 'ChatError';
  readonly condition: string;
  readonly values: Readonly<Record<string, string | number>>;
  constructor(condition: string, values: Record<string, string | number> = {}, options?: ErrorOptions) {
    super(condition, options);
    this.condition = condition;
    this.values = values;
  }
}
