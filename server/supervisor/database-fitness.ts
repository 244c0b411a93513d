/** `server_version_num` of the oldest PostgreSQL that the product's SQL runs on. */
const VERSION_MIN = 150_000;

/** What a database tells about itself and our user. */
export interface DatabaseFacts {
  version: string;
  /** `server_version_num` */
  number: number;
  user: string;
  /** Names as SQL writes them. */
  quoted_user: string;
  quoted_database: string;
  /** A replica that follows another server. */
  standby: boolean;
  read_only: boolean;
  /** Schemas in the database, and tables in `public`. */
  may_create: boolean;
}

/** Why the product cannot work with such a database, as the end of a sentence, with what to do; null when it can. */
export function unfitness(facts: DatabaseFacts): string | null {
  if (facts.number < VERSION_MIN) return `is PostgreSQL ${facts.version}; 15 or newer is needed.`;
  if (facts.standby)
    return "is a replica, which cannot be written to. Set DATABASE_URL to the primary server.";
  if (facts.read_only)
    return "is read-only (default_transaction_read_only). Make it writable, or set DATABASE_URL to another one.";
  if (!facts.may_create)
    return `lets the user ${facts.user} make no tables. Make it the owner, as an administrator of the database: ALTER DATABASE ${facts.quoted_database} OWNER TO ${facts.quoted_user};`;
  return null;
}
