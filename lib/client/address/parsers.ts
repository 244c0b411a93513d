/** How one value stands in the query of an address, and what counts when none does. */
export interface Parser<Value, Absent = null> {
  /** The value that `text` says; null when it says none that can be used. */
  parse(text: string): Value | null;
  serialize(value: Value): string;
  readonly absent: Absent;
}

interface OpenParser<Value> extends Parser<Value> {
  /** The same, with a value that counts when the address names none; it is never written. */
  withDefault(value: Value): Parser<Value, Value>;
}

export type Parsers = Readonly<Record<string, Parser<unknown, unknown>>>;

/** The values that an address holds for `parsers`. */
export type ValuesOf<P extends Parsers> = {
  readonly [Name in keyof P]: P[Name] extends Parser<infer Value, infer Absent> ? Value | Absent : never;
};

/** What may change in an address: null takes a value out. */
export type ChangeOf<P extends Parsers> = { readonly [Name in keyof P]?: ValuesOf<P>[Name] | null };

export const createParser = <Value>(
  parser: Pick<Parser<Value>, "parse" | "serialize">,
): OpenParser<Value> => ({
  ...parser,
  absent: null,
  withDefault: (value) => ({ ...parser, absent: value }),
});

export const parseAsString = createParser<string>({ parse: (text) => text, serialize: (text) => text });

export const parseAsInteger = createParser<number>({
  parse: (text) => (/^-?\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : null),
  serialize: String,
});

export const parseAsBoolean = createParser<boolean>({
  parse: (text) => (text === "true" ? true : text === "false" ? false : null),
  serialize: String,
});

export const parseAsStringLiteral = <const Literal extends string>(literals: readonly Literal[]) =>
  createParser<Literal>({
    parse: (text) => literals.find((literal) => literal === text) ?? null,
    serialize: (literal) => literal,
  });

/** Values separated by commas; a comma inside one is written as `%2C`. Those that cannot be used are left out. */
export const parseAsArrayOf = <Value>(item: Pick<Parser<Value>, "parse" | "serialize">) =>
  createParser<Value[]>({
    parse: (text) =>
      text === ""
        ? []
        : text
            .split(",")
            .map((part) => item.parse(part.replaceAll("%2C", ",")))
            .filter((value) => value !== null),
    serialize: (values) => values.map((value) => item.serialize(value).replaceAll(",", "%2C")).join(","),
  });
