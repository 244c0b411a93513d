import { z } from "zod";
import { limits } from "#lib/kernel/limits.ts";

/** RFC 3339 UTC with milliseconds, e.g. `2026-11-20T14:03:00.000Z`. */
export const Timestamp = z.iso.datetime();

/** A time that somebody asks about: one that the database can hold, and the same span before it. */
export const AskedTime = Timestamp.refine(
  // What is no time at all has been told so already.
  (text) => !(Date.parse(text) < 0 || Date.parse(text) >= Date.UTC(9999, 0)),
  "Give a time between the years 1970 and 9998.",
);

/** The closed role list, strongest first. */
export const ROLES = ["owner", "admin", "developer", "viewer"] as const;
export const Role = z.enum(ROLES);
export type Role = z.infer<typeof Role>;

/** A slug: lower-case letters, digits and inner hyphens, 2 to 63 characters (a DNS label). */
export const Slug = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])$/,
    "Use 2 to 63 lower-case letters, digits and inner hyphens.",
  );

/** `page` counts from 1. With `cursor`, `page` is ignored. */
export const PageQuery = z.object({
  page: z.coerce.number().int().min(1).max(1_000_000_000).default(1),
  pageSize: z.coerce.number().int().min(1).max(limits.http.pageSizeMax).default(limits.http.pageSizeDefault),
  cursor: z.string().max(200).optional(),
  /** Pins the pages to rows not newer than this time, so that they do not drift. */
  asOf: AskedTime.optional(),
});
export type PageQuery = z.infer<typeof PageQuery>;

/** A page of a high-volume collection. `total` counts all matching rows as of `asOf`, capped when `totalIsCapped`. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({
    data: z.array(item),
    page: z.number().int(),
    pageSize: z.number().int(),
    total: z.number().int(),
    totalIsCapped: z.boolean(),
    nextCursor: z.string().nullable(),
    asOf: Timestamp,
  });

/** RFC 9457 problem details plus our `code`, `requestId` and `retryable`. `message` repeats `detail`. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  instance: z.string(),
  code: z.string(),
  message: z.string(),
  requestId: z.string(),
  retryable: z.boolean(),
  errors: z.array(z.object({ path: z.string(), code: z.string(), message: z.string() })),
  details: z.record(z.string(), z.unknown()).optional(),
});
export type Problem = z.infer<typeof Problem>;
