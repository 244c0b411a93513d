import { customType, timestamp } from "drizzle-orm/pg-core";

/** A point in time, to the millisecond. */
export const at = (name: string) => timestamp(name, { withTimezone: true, mode: "date", precision: 3 });

/** Bytes. */
export const bytea = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => "bytea" });
